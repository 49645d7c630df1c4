import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCerbos } from '../../../scripts/lib/cerbos.mjs'
import { type DecisionPoint, decisionPoint } from '../authz/client'
import { closePool } from '../db/pool'
import { warmUp } from '../testing/context'
import { testDatabase } from '../testing/database'
import { allEndpoints } from '../testing/endpoints'
import { bodyFor, call, makeWorld, paramsFor, queryFor } from '../testing/world'
import { handlerOf } from './handle'

let db: pg.Client
let denying: Awaited<ReturnType<typeof startCerbos>>
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'deny-all-'))
const kept = globalThis as typeof globalThis & { bailiwickDecisionPoints?: Map<string, DecisionPoint> }

/** Puts a decision point without a single policy in the place of the real one. */
beforeAll(async () => {
  const { superuserUrl, cerbosAddress } = await testDatabase()
  db = new pg.Client({ connectionString: superuserUrl })
  await db.connect()
  await warmUp((await makeWorld(db)).ctx)
  fs.mkdirSync(path.join(folder, 'policies'))
  denying = await startCerbos({ logs: folder, policies: path.join(folder, 'policies') })
  decisionPoint(cerbosAddress).close()
  kept.bailiwickDecisionPoints?.set(cerbosAddress, decisionPoint(denying.address))
})

afterAll(async () => {
  kept.bailiwickDecisionPoints?.clear()
  await denying.stop()
  fs.rmSync(folder, { recursive: true, force: true })
  await db.end()
  await closePool()
})

/** A digest of every row of an organization, by table. */
async function snapshot(orgId: string): Promise<Record<string, string>> {
  const { rows: tables } = await db.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY 1`,
  )
  const digests: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await db.query(
      `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM "${name}" t WHERE org_id = $1`,
      [orgId],
    )
    digests[name] = rows[0].digest
  }
  const { rows } = await db.query(`SELECT o::text AS row FROM organization o WHERE id = $1`, [orgId])
  const sessions = await db.query(`SELECT s::text AS row FROM session s WHERE active_org_id = $1 ORDER BY id`, [orgId])
  return { ...digests, organization: rows[0].row, session: JSON.stringify(sessions.rows) }
}

const endpoints = await allEndpoints()
const cases = endpoints.map((entry) => [`${entry.endpoint.method} ${entry.endpoint.path}`, entry] as const)

describe('with a decision point that denies everything', () => {
  it.each(cases)('%s changes no row', async (_title, entry) => {
    const world = await makeWorld(db)
    const { orgId } = world.ctx.tenant
    const before = await snapshot(orgId)
    const handler = handlerOf(entry.endpoint, async () => world.ctx)
    const response = await call(handler, entry, paramsFor(entry, world.ids), {
      body: bodyFor(entry, world),
      query: queryFor(entry, world.ids),
    })
    expect(await snapshot(orgId)).toEqual(before)
    const text = await response.text()
    expect([response.status, text]).toEqual([403, text])
  })
})

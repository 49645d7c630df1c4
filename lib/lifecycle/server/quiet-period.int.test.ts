import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { openConnection } from '@/lib/connections/server/open-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret, type Secret } from '@/lib/connectors/secret'
import { closePool } from '@/lib/platform/db/pool'
import { env } from '@/lib/platform/env'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { PolicyRules } from '../policies'
import { applyRun } from './apply-run'
import { createPolicy } from './create-policy'
import { getRun } from './get-run'
import { refreshDue } from './refresh-due'
import { requestDueRotations } from './request-due-rotations'

let org: TestOrganization
let db: pg.Client
let folder: string
const started: RunningSystem[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'quiet-'))
  org = await testOrganization()
  Object.assign(env(), { DELIVERY_FOLDERS: [folder], OUTBOUND_LOOPBACK: true })
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
afterAll(async () => {
  await db.end()
  for (const system of started) await system.stop()
  await closePool()
  await rm(folder, { recursive: true })
})

/** Reads a source with one account of that name, old enough to be rotated by a policy that asks for an hour of quiet. */
async function dueAccount(
  connector: string,
  name: string,
): Promise<{ liveId: string; identity: string; credential: string; secret: Secret }> {
  const system = await systemsUnderTest.find((each) => each.connector === connector)?.start()
  if (!system || 'skipped' in system) throw new Error(`${connector} did not start`)
  started.push(system)
  const secret = makeSecret()
  const { identity } = await system.createAccount(name, secret)
  const { id: liveId } = await createConnection(org.as.admin, {
    ...{ connector, instance: name, name, intervalMinutes: null },
    config: system.config as Config,
  })
  await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: liveId })).id })
  const { rows } = await db.query<{ credential: string }>(
    `UPDATE credential c SET issued_at = NULL, rotated_at = NULL, first_seen_at = now() - interval '200 days'
     FROM identity i WHERE i.org_id = $1 AND i.external_id = $2 AND c.org_id = i.org_id AND c.identity_id = i.id
     RETURNING c.external_id AS credential`,
    [org.orgId, identity],
  )
  const [only] = rows
  if (rows.length !== 1 || only === undefined) throw new Error(`${rows.length} credentials of ${identity}`)
  return { liveId, identity, credential: only.credential, secret }
}

/** The one run that the policy begins. */
async function begin(name: string): Promise<string> {
  const rules = PolicyRules.parse({
    ...{
      intervalDays: 90,
      maxAgeDays: 120,
      overlapHours: 0,
      quietHours: 1,
      holdHours: 0,
      atOnce: 1,
      isAutomatic: true,
    },
    delivery: { way: 'file', path: path.join(folder, '{identity}-{id}') },
  })
  await createPolicy(org.as.security, { name, filter: { q: name }, rules, isActive: true })
  await refreshDue(org.job)
  expect(await requestDueRotations(org.job, new Date())).toBe(1)
  const { rows } = await db.query(`SELECT id FROM lifecycle_run WHERE org_id = $1 ORDER BY id DESC LIMIT 1`, [
    org.orgId,
  ])
  return rows[0].id
}

/** As if everything of the run had happened so much earlier. */
async function letPass(id: string, minutes: number): Promise<void> {
  for (const [table, key, columns] of [
    ['lifecycle_step', 'run_id', ['intended_at', 'ended_at']],
    ['lifecycle_run', 'id', ['wake_at']],
  ] as const)
    await db.query(
      `UPDATE ${table} SET ${columns.map((each) => `${each} = ${each} - make_interval(mins => $3)`)}
       WHERE org_id = $1 AND ${key} = $2`,
      [org.orgId, id, minutes],
    )
}

async function go(id: string): Promise<{ state: string; said: string | null | undefined }> {
  await applyRun(org.job, { id })
  const { state, steps } = await getRun(org.as.security, { id })
  return { state, said: steps.find(({ step }) => step === 'retire')?.attempts.at(-1)?.says }
}

describe('the quiet period of a rotation', () => {
  it('keeps the old key while it is used, and ends it when nobody has used it for so long', async () => {
    const { liveId, identity, credential, secret } = await dueAccount('aws', 'svc-quiet')
    const id = await begin('svc-quiet')
    const { connection } = await openConnection(org.job, { id: liveId, signal: AbortSignal.timeout(60_000) })
    const hands = connection.hands.api_key
    const target = { identity, credential }
    const useIt = () => hands?.verify?.({ target, secret })
    const lastUsed = async () => (await hands?.whoUses?.({ target }))?.lastUsedAt ?? ''

    expect(await useIt()).toMatchObject({ answer: 'accepted' })
    expect(await go(id)).toMatchObject({
      state: 'waiting',
      said: expect.stringMatching(/^The old secret was last used/),
    })
    const first = await lastUsed()
    await letPass(id, 40)
    expect(await useIt()).toMatchObject({ answer: 'accepted' })
    expect(await go(id)).toMatchObject({ state: 'waiting' })
    expect(Date.parse(await lastUsed())).toBeGreaterThan(Date.parse(first))

    // Used again and again, for longer than anybody wants to wait: a person decides.
    await letPass(id, 15 * 24 * 60)
    expect(await useIt()).toMatchObject({ answer: 'accepted' })
    expect(await go(id)).toMatchObject({ state: 'parked' })
    const { needs } = await getRun(org.as.security, { id })
    expect(needs?.says).toMatch(/^Two weeks after its quiet period could have ended, the old secret is still in use/)
    connection.close()
  })

  it('ends one at once that was never used', async () => {
    const { credential } = await dueAccount('aws', 'svc-never')
    const id = await begin('svc-never')
    expect(await go(id)).toMatchObject({ state: 'done' })
    const { rows } = await db.query(`SELECT says FROM lifecycle_step WHERE run_id = $1 AND step = 'retire'`, [id])
    expect(rows).toHaveLength(1)
    expect(credential).toMatch(/^AKIA/)
  })

  it('waits for the whole period where the source does not say who uses it, and says so', async () => {
    await dueAccount('redis', 'svc-unsaid')
    const id = await begin('svc-unsaid')
    expect(await go(id)).toMatchObject({
      state: 'waiting',
      said: 'The source does not say when the old secret was last used, so it stays for 1 hours more than asked.',
    })
    await letPass(id, 40)
    expect(await go(id)).toMatchObject({ state: 'waiting' })
    await letPass(id, 40)
    expect(await go(id)).toMatchObject({ state: 'done' })
  })
})

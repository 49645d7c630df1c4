import { spawn } from 'node:child_process'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findReach } from '../lib/access-graph/server/find-reach'
import { closePool } from '../lib/platform/db/pool'
import { tenantOf } from '../lib/platform/db/tenant'
import { type TestDatabase, testDatabase } from '../lib/platform/testing/database'

let database: TestDatabase
let superuser: pg.Client
beforeAll(async () => {
  database = await testDatabase()
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})
afterAll(async () => {
  await superuser.end()
  await closePool()
})

/** Runs the seed as the launcher does. @returns its standard output */
function seed(): Promise<string> {
  const flags = ['--conditions=react-server', '--import', 'tsx', 'prisma/seed.ts']
  const child = spawn(process.execPath, flags, { env: process.env })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(errors))))
  })
}

const counted = `SELECT
  (SELECT count(*)::int FROM membership) AS members, (SELECT count(*)::int FROM team) AS teams,
  (SELECT count(*)::int FROM sync_run WHERE status = 'applied') AS imports, (SELECT count(*)::int FROM identity) AS identities,
  (SELECT count(DISTINCT kind)::int FROM identity) AS kinds, (SELECT count(*)::int FROM api_key) AS keys,
  (SELECT count(*)::int FROM ownership WHERE state = 'confirmed') AS confirmed`

it('makes the demo organization, and changes nothing when it is run again', { timeout: 300_000 }, async () => {
  const output = await seed()
  const { signIns } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}')
  expect(signIns).toHaveLength(5)
  const first = (await superuser.query(counted)).rows[0]
  expect(first).toMatchObject({ members: 8, teams: 3, imports: 5, keys: 1 })
  expect(first.identities).toBeGreaterThan(300)
  expect(first.kinds).toBeGreaterThan(4)
  expect(first.confirmed).toBeGreaterThan(10)

  // Scores are there from the first moment, and what the database works out of the same edges is the same.
  const scored = await superuser.query<{ org: string; id: string; cells: number[]; identities: number; score: number }>(
    `SELECT i.org_id AS org, i.id, s.cells, s.identities, s.score FROM identity i LEFT JOIN identity_score s ON s.org_id = i.org_id AND s.identity_id = i.id
     ORDER BY s.score DESC NULLS FIRST, i.id`,
  )
  expect(scored.rows.filter(({ cells }) => cells === null)).toEqual([])
  expect(scored.rows.filter(({ score }) => score > 0).length).toBeGreaterThan(50)
  const tried = scored.rows.filter((_, no) => no < 25 || no % 12 === 0)
  for (const { org, id, cells, identities } of tried) {
    const reach = await findReach(tenantOf(org), id)
    expect({ id, cells: reach?.answer.figures.cells, identities: reach?.answer.figures.identities }).toEqual({
      id,
      cells,
      identities,
    })
  }

  await seed()
  expect((await superuser.query(counted)).rows[0]).toEqual(first)
})

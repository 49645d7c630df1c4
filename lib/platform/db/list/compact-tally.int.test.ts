import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeListing } from '../../../../prisma/factories/listing'
import { makeOrganization } from '../../../../prisma/factories/organization'
import { compactTally } from './compact-tally'

let db: pg.Client

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(() => db.end())

describe('the tally', () => {
  const compact = (org: string) =>
    compactTally(async (text, values) => (await db.query(text, values)).rows, org, 'identity_tally')

  it('equals a recount after any writes, rolled back ones and compactions among them', async () => {
    const org = await makeOrganization(db, 'Tally')
    await makeListing(db, org, 400, new Date())
    await db.query(`SELECT set_config('app.current_org', $1, false)`, [org])
    const recount = async () => {
      const { rows: found } = await db.query(
        `SELECT (SELECT jsonb_object_agg(combo_id, n) FROM (SELECT combo_id, count(*) n FROM identity_listing WHERE org_id = $1 GROUP BY 1) c) AS counted,
           (SELECT jsonb_object_agg(combo_id, n) FROM (SELECT combo_id, sum(n) n FROM identity_tally WHERE org_id = $1 GROUP BY 1 HAVING sum(n) <> 0) t) AS tallied,
           (SELECT count(*)::int FROM identity_listing l WHERE org_id = $1
             AND NOT EXISTS (SELECT FROM identity_combo c WHERE c.org_id = $1 AND c.id = l.combo_id)) AS strangers`,
        [org],
      )
      expect(found[0].tallied).toEqual(found[0].counted)
      expect(found[0].strangers).toBe(0)
    }
    const some = (salt: number) => `org_id = '${org}' AND abs(hashtext(identity_id::text || ${salt})) % 5 = 0`
    const write = fc.record({
      sql: fc.integer({ min: 0, max: 4 }),
      salt: fc.integer({ min: 0, max: 1000 }),
      rollback: fc.boolean(),
    })
    const statements = (salt: number) => [
      `UPDATE identity_listing SET environment = (ARRAY['production', 'e${salt}', NULL])[1 + floor(random() * 3)::int] WHERE ${some(salt)}`,
      `UPDATE identity_listing SET status = 'gone', privilege_rank = ${salt % 5} WHERE ${some(salt)}`,
      `DELETE FROM identity_listing WHERE ${some(salt)} AND hashtext(identity_id::text) % 3 = 0`,
      `UPDATE identity_listing SET credential_count = credential_count + 1 WHERE ${some(salt)}`,
      `DELETE FROM identity WHERE org_id = '${org}' AND abs(hashtext(id::text || ${salt})) % 90 = 0`,
    ]
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 5 }), async (writes) => {
        for (const { sql, salt, rollback } of writes) {
          await db.query('BEGIN')
          try {
            await db.query(statements(salt)[sql] ?? '')
            if (salt % 7 === 0) await compact(org)
          } finally {
            await db.query(rollback ? 'ROLLBACK' : 'COMMIT')
          }
        }
        await recount()
      }),
      { numRuns: 10, seed: 3 },
    )
    await compact(org)
    await recount()
  }, 120_000)
})

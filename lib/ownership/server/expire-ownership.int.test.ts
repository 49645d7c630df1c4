import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { refreshMade } from '@/prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource, makeTeam } from '@/prisma/factories/organization'
import { createIdentitySelection } from './create-identity-selection'
import { expireOwnership } from './expire-ownership'
import { listBulkChanges } from './list-bulk-changes'

const size = 2100
let db: pg.Client
let orgId: string
let security: Context
let ids: string[]

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
     SELECT $1, $2, 'robot:' || n, 'bot', 'robot-' || n, 'active' FROM generate_series(1, $3::int) n RETURNING id`,
    [orgId, await makeSource(db, orgId), size],
  )
  ids = rows.map(({ id }) => id)
  await warmUp(security)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

async function events(action: string): Promise<unknown[]> {
  const { rows } = await db.query(`SELECT after FROM audit_event WHERE org_id = $1 AND action LIKE $2 ORDER BY seq`, [
    orgId,
    action,
  ])
  return rows.map(({ after }) => after)
}

describe('what is past its time', () => {
  it('lapses batch by batch, and lists and tasks follow', async () => {
    const key = `team:${await makeTeam(db, orgId, 'Payments')}`
    await db.query(
      `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, valid_until)
       SELECT $1, id, $2, 'Payments', 'technical', 'assigned', now() + (CASE WHEN id = $4 THEN 1 ELSE -1 END) * interval '1 hour'
       FROM unnest($3::uuid[]) id`,
      [orgId, key, ids, ids[0]],
    )
    await refreshMade(db, orgId, 'all')
    await db.query(
      `UPDATE identity_listing SET owner_key = $2, owner_label = 'Payments', owner_state = 'suggested' WHERE org_id = $1`,
      [orgId, key],
    )
    expect(await expireOwnership(orgId)).toBe(size - 1)
    const { rows } = await db.query(
      `SELECT owner_state, owner_key, count(*)::int AS n FROM identity_listing WHERE org_id = $1 GROUP BY 1, 2 ORDER BY n`,
      [orgId],
    )
    expect(rows).toEqual([
      { owner_state: 'suggested', owner_key: key, n: 1 },
      { owner_state: 'none', owner_key: null, n: size - 1 },
    ])
    expect(await events('identity.owner.lapse')).toEqual([{ lapsed: 2000 }, { lapsed: size - 2001 }])
    expect(await expireOwnership(orgId)).toBe(0)
    expect(await events('%')).toHaveLength(2)
  })

  it('stops between two batches when the worker does', async () => {
    await db.query(
      `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, valid_until)
       SELECT $1, id, 'team:none', 'Payments', 'technical', 'assigned', now() FROM unnest($2::uuid[]) id`,
      [orgId, ids],
    )
    expect(await expireOwnership(orgId, AbortSignal.abort())).toBe(0)
  })

  it('is forgotten once: selections, and what the rows of a change were; that they changed stays', async () => {
    await refreshMade(db, orgId, 'all')
    const selection = await createIdentitySelection(security, { filter: { kind: ['bot'] } })
    await db.query(`UPDATE selection SET expires_at = now() WHERE org_id = $1`, [orgId])
    const { rows: made } = await db.query<{ id: string }>(
      `INSERT INTO bulk_change (org_id, actor_key, change, changed, undo_until)
       VALUES ($1, 'user:sam', 'attest', $2::int, now() - interval '2 days') RETURNING id`,
      [orgId, size],
    )
    await db.query(
      `INSERT INTO bulk_change_row (org_id, change_id, ownership_id, identity_id, before)
       SELECT $1, $2, id, id, '{}' FROM unnest($3::uuid[]) id`,
      [orgId, made[0]?.id, ids],
    )
    const left = async () => {
      const { rows } = await db.query(
        `SELECT (SELECT count(*)::int FROM selection_item WHERE org_id = $1) AS items,
           (SELECT count(*)::int FROM selection WHERE org_id = $1) AS selections,
           (SELECT count(before)::int FROM bulk_change_row WHERE org_id = $1) AS known`,
        [orgId],
      )
      return rows[0]
    }
    expect(await left()).toEqual({ items: selection.count, selections: 1, known: size })
    expect(await expireOwnership(orgId)).toBe(0)
    expect(await left()).toEqual({ items: 0, selections: 0, known: 0 })
    expect(await events('%.forget')).toEqual([{ rows: selection.count }, { rows: size }])
    await expireOwnership(orgId)
    expect(await events('%.forget')).toHaveLength(2)
    expect(await listBulkChanges(security, ids[7] ?? '')).toEqual([made[0]?.id])
  })
})

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { makeIdentity, makeResource, makeRole } from '../../../prisma/factories/inventory'
import { makeSource } from '../../../prisma/factories/organization'
import type { StandingHolder } from '../schema'
import { StandingQuery } from '../schema'
import { getStanding, listStanding } from './list-standing'
import { refreshStanding } from './refresh-standing'

let org: TestOrganization
let db: pg.Client
let sourceId: string

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  sourceId = await makeSource(db, org.orgId)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

let made = 0
async function holds(fromId: string, toType: 'role' | 'resource', toId: string, more: Record<string, unknown> = {}) {
  made += 1
  const row = {
    ...{ kind: toType === 'role' ? 'member_of' : 'grants', scopes: '{}', privilege: null, expires_at: null },
    ...{ condition: null, basis: 'entitlement', effect: 'allow', ...more },
  }
  const { rows } = await db.query(
    `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_ref, from_id, to_type, to_ref, to_id, effect, scopes,
       scope_count, privilege, condition, expires_at, basis)
     VALUES ($1, $2, $3, $4, 'identity', $5::text, $5::text::uuid, $6, $7::text, $7::text::uuid, $8, $9::text[], cardinality($9::text[]), $10, $11, $12, $13) RETURNING id`,
    [
      ...[org.orgId, sourceId, `e${made}`, row.kind, fromId, toType, toId],
      ...[row.effect, row.scopes, row.privilege, row.condition, row.expires_at, row.basis],
    ],
  )
  return rows[0].id as string
}

/** The state changes as it does when a source was read. */
const read = () =>
  db.query(`INSERT INTO graph_version (org_id) VALUES ($1)`, [org.orgId]).then(() => refreshStanding(org.job))

async function all(query: Partial<StandingQuery> = {}): Promise<StandingHolder[]> {
  const items: StandingHolder[] = []
  let cursor: string | undefined
  do {
    const page = await listStanding(org.as.auditor, StandingQuery.parse({ ...query, ...(cursor ? { cursor } : {}) }))
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return items
}

describe('who holds access without an end', () => {
  it('lists accounts and people, the weightiest first, and leaves out what ends, is refused or is only inferred', async () => {
    const place = { orgId: org.orgId, sourceId }
    const bucket = await makeResource(db, place, 'bucket')
    const role = await makeRole(db, place, 'reader')
    const accounts: string[] = []
    for (const name of ['a-admin', 'a-writer', 'a-timed', 'a-refused', 'a-inferred', 'a-disabled'])
      accounts.push(await makeIdentity(db, place, { name, ...(name === 'a-disabled' ? { status: 'disabled' } : {}) }))
    const [admin, writer, timed, refused, inferred, gone] = accounts
    await holds(admin ?? '', 'resource', bucket, { privilege: 'admin', scopes: '{own}' })
    await holds(writer ?? '', 'resource', bucket, { privilege: 'write', scopes: '{put}' })
    await holds(writer ?? '', 'role', role)
    await holds(timed ?? '', 'role', role, { expires_at: new Date(Date.now() + 3_600_000) })
    await holds(refused ?? '', 'resource', bucket, { effect: 'deny' })
    await holds(inferred ?? '', 'role', role, { basis: 'inferred' })
    await holds(gone ?? '', 'role', role)
    expect(await read()).toBeGreaterThan(0)
    expect(await refreshStanding(org.job)).toBeNull()
    const found = await all()
    expect(
      found.map(({ kind, name, tier, reason, rights }) => [kind, name.split(' ')[0], tier, reason, rights]),
    ).toEqual(
      expect.arrayContaining([
        ['identity', 'a-admin', 'highest', 'admin', 1],
        ['identity', 'a-writer', 'high', 'untold', 2],
        ['user', 'admin', 'highest', 'product_admin', 1],
        ['user', 'security', 'highest', 'product_admin', 1],
        ['user', 'reviewer', 'high', 'product_decides', 1],
        ['user', 'auditor', 'ordinary', 'product_reads', 1],
      ]),
    )
    expect(found).toHaveLength(6)
    const weights = found.map(({ tier }) => ['highest', 'high', 'ordinary'].indexOf(tier))
    expect(weights).toEqual(weights.toSorted())
    const first = await listStanding(org.as.security, StandingQuery.parse({ source: sourceId }))
    expect(first).toMatchObject({ counts: { highest: 1, high: 1, ordinary: 0 }, can: { replace: true } })
    expect((await all({ tier: 'highest', limit: 1 })).map(({ tier }) => tier)).toEqual([
      'highest',
      'highest',
      'highest',
    ])
    expect((await all({ kind: 'user' })).map(({ role: held }) => held)).toHaveLength(4)
    const detail = await getStanding(org.as.auditor, { id: writer ?? '' })
    expect(detail.rights.map(({ privilege, hindrance }) => [privilege, hindrance])).toEqual([
      ['write', null],
      [null, null],
    ])
  })

  it('follows a right that is taken away, and one that a grant holds', async () => {
    const place = { orgId: org.orgId, sourceId }
    const role = await makeRole(db, place, 'writers')
    const account = await makeIdentity(db, place, { name: 'b-follows' })
    const entitlement = await holds(account, 'role', role)
    await read()
    const isListed = async () => (await all()).some(({ id }) => id === account)
    expect(await isListed()).toBe(true)
    const { rows } = await db.query(
      `INSERT INTO access_grant (org_id, mode, state, task, subject_kind, subject_id, subject_name, subject_ref, live_connection_id, requester_id,
         requester_name, requester_keys, subject_keys, party_keys, tier, seconds, needed, list_hash, impact, lapses_at, started_at, ends_at)
       VALUES ($1, 'provisioned', 'active', 'a task', 'identity', $2, 'b', 'b', $2, $2, 'Ada', '{}', '{}', '{}', 'ordinary', 900, 1, 'h', '{}', now(),
         now(), now() + interval '1 hour') RETURNING id`,
      [org.orgId, account],
    )
    await db.query(
      `INSERT INTO grant_right (org_id, grant_id, no, node_type, node_id, ref, name, edge_kind, state)
       VALUES ($1, $2, 1, 'role', $3::text::uuid, $3::text, 'writers', 'member_of', 'held')`,
      [org.orgId, rows[0].id, role],
    )
    await refreshStanding(org.job)
    expect(await isListed()).toBe(false)
    await db.query(`UPDATE access_grant SET state = 'ending' WHERE id = $1`, [rows[0].id])
    await db.query(`UPDATE grant_right SET state = 'gone' WHERE grant_id = $1`, [rows[0].id])
    await refreshStanding(org.job)
    expect(await isListed()).toBe(true)
    await db.query(`UPDATE entitlement SET deleted_at = now() WHERE id = $1`, [entitlement])
    await read()
    expect(await isListed()).toBe(false)
  })

  it('is nobody’s who owns nothing, and no other organization’s', async () => {
    await expect(listStanding(org.as.member, StandingQuery.parse({}))).rejects.toMatchObject({ code: 'forbidden' })
    const other = await testOrganization()
    await refreshStanding(other.job)
    const page = await listStanding(other.as.admin, StandingQuery.parse({}))
    expect(page.items.every(({ kind }) => kind === 'user')).toBe(true)
    const [mine] = await all({ kind: 'identity' })
    await expect(getStanding(other.as.admin, { id: mine?.id ?? '' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

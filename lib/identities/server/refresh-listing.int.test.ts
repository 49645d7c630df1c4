import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findReach } from '@/lib/access-graph/server/find-reach'
import { closeGraphs } from '@/lib/access-graph/server/serve-graph'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeIdentity, makeResource, makeRole } from '../../../prisma/factories/inventory'
import { makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { privilegeOfRank } from '../rules'
import { refreshListingBy } from './refresh-listing'

let db: pg.Client
let place: { orgId: string; sourceId: string }

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
})

afterAll(async () => {
  await closeGraphs()
  await db.end()
  await closePool()
})

const deny = { effect: 'deny' }
const scoped = (...scopes: string[]) => ({ scopes, scope_count: scopes.length })
const yesterday = new Date(Date.now() - 86_400_000)

/** What a refusal says beside a grant of administration, and what is left of that. */
const cases: [string, { allow?: object; refusal: object; left: string | null }][] = [
  ['everything, of everything', { refusal: deny, left: null }],
  ['more than was given', { allow: scoped('s3:Get*'), refusal: { ...deny, ...scoped('S3:*') }, left: null }],
  ['less than was given', { allow: scoped('s3:*'), refusal: { ...deny, ...scoped('s3:Get*') }, left: 'admin' }],
  ['some scopes of all', { refusal: { ...deny, ...scoped('s3:*') }, left: 'admin' }],
  ['something on a condition', { refusal: { ...deny, condition: 'outside of hours' }, left: 'admin' }],
  ['something that is not known in full', { refusal: { ...deny, not_evaluable: 'a variable' }, left: 'admin' }],
  ['something no more', { refusal: { ...deny, expires_at: yesterday }, left: 'admin' }],
  ['something that its source holds no more', { refusal: { ...deny, deleted_at: yesterday }, left: 'admin' }],
]

const edge = (kind: string, [fromType, from]: string[], [toType, to]: string[], more: object) =>
  makeEdge(db, place, {
    kind,
    from: { type: fromType ?? '', id: from ?? '' },
    to: { type: toType ?? '', id: to ?? '' },
    ...more,
  })

async function privilegeOf(id: string): Promise<string | null> {
  const { rows } = await db.query<{ rank: number }>(
    `SELECT privilege_rank AS rank FROM identity_listing WHERE org_id = $1 AND identity_id = $2`,
    [place.orgId, id],
  )
  return privilegeOfRank(rows[0]?.rank ?? -1)
}

async function expectEverywhere(id: string, left: string | null): Promise<void> {
  await db.query(`SELECT set_config('app.current_org', $1, false)`, [place.orgId])
  const run = async (sql: string, values: unknown[]) => (await db.query(sql, values)).rows
  const told: Record<string, string | null> = {}
  for (const [name, scope] of [
    ['of one', [id]],
    ['of all', 'all'],
  ] as const) {
    // Something else stands there, so that the refresh has to write.
    await db.query(`UPDATE identity_listing SET privilege_rank = 2 WHERE org_id = $1 AND identity_id = $2`, [
      place.orgId,
      id,
    ])
    await db.query('BEGIN')
    await refreshListingBy(run, scope)
    await db.query('COMMIT')
    told[name] = await privilegeOf(id)
  }
  expect(told).toEqual({ 'of one': left, 'of all': left })
  const reach = await findReach(tenantOf(place.orgId), id)
  expect(reach?.answer.figures.resources).toBe(left === null ? 0 : 1)
}

describe('the highest privilege', () => {
  it.each(cases)('is what the graph leaves when a refusal says %s', async (name, { allow = {}, refusal, left }) => {
    const identity = await makeIdentity(db, place, { name })
    const resource = await makeResource(db, place, name)
    await edge('grants', ['identity', identity], ['resource', resource], { privilege: 'admin', ...allow })
    await edge('grants', ['identity', identity], ['resource', resource], refusal)
    await expectEverywhere(identity, left)
  })

  it.each(cases)('is that of a role too, when a refusal of it says %s', async (name, { allow = {}, refusal, left }) => {
    const identity = await makeIdentity(db, place, { name: `role ${name}` })
    const resource = await makeResource(db, place, `role ${name}`)
    const role = await makeRole(db, place, name)
    await edge('member_of', ['identity', identity], ['role', role], {})
    await edge('grants', ['role', role], ['resource', resource], { privilege: 'admin', ...allow })
    await edge('grants', ['role', role], ['resource', resource], refusal)
    await expectEverywhere(identity, left)
  })

  it('is none by a membership that is refused', async () => {
    const identity = await makeIdentity(db, place, { name: 'member' })
    const resource = await makeResource(db, place, 'of members')
    const role = await makeRole(db, place, 'members')
    await edge('grants', ['role', role], ['resource', resource], { privilege: 'admin' })
    await edge('member_of', ['identity', identity], ['role', role], {})
    await expectEverywhere(identity, 'admin')
    await edge('member_of', ['identity', identity], ['role', role], deny)
    await expectEverywhere(identity, null)
  })
})

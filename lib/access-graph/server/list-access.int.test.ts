import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeEdge, makeIdentity, makeResource, makeRole } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { getResource } from './get-resource'
import { getRole } from './get-role'
import { listAccess } from './list-access'
import { listResources } from './list-resources'
import { listRoles } from './list-roles'

let db: pg.Client
let place: { orgId: string; sourceId: string }
let ctx: Context
let stranger: Context
let member: Context
const id: Record<string, string> = {}

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
  ctx = contextOf(orgId, await makeMember(db, orgId, 'reviewer', 'Rea'))
  await warmUp(ctx)
  member = contextOf(orgId, await makeMember(db, orgId, 'member', 'Mia'))
  const other = await makeOrganization(db, 'Other')
  stranger = contextOf(other, await makeMember(db, other, 'admin', 'Olga'))

  id.workload = await makeIdentity(db, place, { name: 'workload', kind: 'workload' })
  id.account = await makeIdentity(db, place, { name: 'account' })
  id.admin = await makeIdentity(db, place, { name: 'admin-role', kind: 'iam_role' })
  id.policy = await makeRole(db, place, 'bucket-readers')
  id.bucket = await makeResource(db, place, 'bucket', { sensitivity: 'restricted', environment: 'production' })
  id.queue = await makeResource(db, place, 'queue')
  const identity = (name: string) => ({ type: 'identity', id: id[name] ?? '' })
  const role = { type: 'role', id: id.policy }
  const bucket = { type: 'resource', id: id.bucket }
  const queue = { type: 'resource', id: id.queue }
  await makeEdge(db, place, { kind: 'runs_as', from: identity('workload'), to: identity('account'), basis: 'declared' })
  await makeEdge(db, place, { kind: 'member_of', from: identity('account'), to: role })
  await makeEdge(db, place, { kind: 'assumes', from: identity('account'), to: identity('admin'), condition: 'mfa' })
  await makeEdge(db, place, { kind: 'assumes', from: identity('admin'), to: identity('account') })
  await makeEdge(db, place, {
    kind: 'assumes',
    from: identity('admin'),
    to: { type: 'identity', id: null, ref: 'arn:aws:iam::9:role/far' },
  })
  await makeEdge(db, place, {
    kind: 'assumes',
    from: { type: 'identity', id: null, ref: 'arn:aws:iam::8:root' },
    to: identity('admin'),
  })
  await makeEdge(db, place, {
    kind: 'grants',
    from: role,
    to: bucket,
    privilege: 'read',
    scopes: ['s3:GetObject'],
    scope_count: 1,
  })
  await makeEdge(db, place, {
    kind: 'grants',
    from: identity('admin'),
    to: bucket,
    privilege: 'admin',
    not_evaluable: 'NotAction',
  })
  await makeEdge(db, place, { kind: 'grants', from: identity('admin'), to: queue, privilege: 'write' })
  await makeEdge(db, place, { kind: 'grants', from: identity('workload'), to: queue, privilege: 'read' })
  await makeEdge(db, place, { kind: 'grants', from: identity('workload'), to: queue, effect: 'deny' })
  await makeEdge(db, place, {
    kind: 'grants',
    from: identity('workload'),
    to: bucket,
    privilege: 'admin',
    expires_at: new Date(Date.now() - 1000),
  })
})

afterAll(async () => {
  await db.end()
  await closePool()
})

describe('listAccess', () => {
  it('follows belonging, running and assuming to the grants, and shows the way', async () => {
    const access = await listAccess(ctx, { id: id.workload ?? '' })
    const rows = access.rows.map((row) => [
      row.privilege,
      row.effect,
      row.resource.name,
      row.route.map((hop) => `${hop.kind} ${hop.to.name}`).join(', '),
    ])
    expect(rows).toEqual([
      ['admin', 'allow', 'bucket', 'runs_as account, assumes admin-role'],
      ['write', 'allow', 'queue', 'runs_as account, assumes admin-role'],
      ['read', 'allow', 'bucket', 'runs_as account, member_of bucket-readers'],
      ['read', 'allow', 'queue', ''],
      [null, 'deny', 'queue', ''],
    ])
    const [first, , third] = access.rows
    expect(first).toMatchObject({
      notEvaluable: 'NotAction',
      resource: { id: id.bucket, sensitivity: 'restricted', environment: 'production' },
    })
    expect(first?.route[0]).toMatchObject({ basis: 'declared', to: { type: 'identity', id: id.account } })
    expect(first?.route[1]).toMatchObject({ condition: 'mfa' })
    expect(third).toMatchObject({ scopes: ['s3:GetObject'], scopeCount: 1 })
    expect(access.first?.openEnds).toMatchObject([
      { hop: { to: { id: null, name: 'arn:aws:iam::9:role/far' } }, route: [{}, { kind: 'assumes' }] },
    ])
    expect(access.truncated).toBe(false)
  })

  it('tells who can become the identity, known or not', async () => {
    const { first } = await listAccess(ctx, { id: id.admin ?? '' })
    expect(first?.canBecomeTotal).toBe(2)
    expect(first?.canBecome.map(({ kind, from }) => [kind, from.name, from.id])).toEqual([
      ['assumes', 'account', id.account],
      ['assumes', 'arn:aws:iam::8:root', null],
    ])
  })

  it('is not for those who may not see the identity', async () => {
    await expect(listAccess(stranger, { id: id.workload ?? '' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listAccess(member, { id: id.workload ?? '' })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('resources and roles', () => {
  it('are listed and read with their sources', async () => {
    const resources = await listResources(ctx, { limit: 1 })
    expect(resources).toMatchObject({ total: 2, items: [{ name: 'bucket' }] })
    const next = await listResources(ctx, { cursor: resources.nextCursor ?? '' })
    expect(next).toMatchObject({ total: null, nextCursor: null, items: [{ name: 'queue' }] })
    expect((await listRoles(ctx, { q: 'READERS' })).items).toMatchObject([{ name: 'bucket-readers' }])
    expect(await getResource(ctx, { id: id.bucket ?? '' })).toMatchObject({ sensitivity: 'restricted', goneAt: null })
    expect(await getRole(ctx, { id: id.policy ?? '' })).toMatchObject({ kind: 'managed_policy' })
  })

  it('are not for others', async () => {
    await expect(getResource(stranger, { id: id.bucket ?? '' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(getRole(stranger, { id: id.policy ?? '' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(listResources(member, {})).rejects.toMatchObject({ code: 'forbidden' })
    await expect(getRole(member, { id: id.policy ?? '' })).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a large access', () => {
  it('is paged: the pages together are the whole, in its order, with exact totals', async () => {
    const many = await makeIdentity(db, place, { name: 'many' })
    const role = await makeRole(db, place, 'night-shift')
    await makeEdge(db, place, {
      kind: 'member_of',
      from: { type: 'identity', id: many },
      to: { type: 'role', id: role },
    })
    await db.query(
      `INSERT INTO resource (org_id, source_id, external_id, kind, name, sensitivity)
       SELECT $1, $2, 'page-' || n, 'table', 'Table ' || (n % 40), (ARRAY['public', 'restricted', NULL])[n % 3 + 1]
       FROM generate_series(1, 60) n`,
      [place.orgId, place.sourceId],
    )
    await db.query(
      `INSERT INTO entitlement (org_id, source_id, external_id, kind, from_type, from_ref, from_id, to_type, to_ref, to_id,
         effect, basis, privilege, scopes)
       SELECT $1, $2, 'many-' || n, 'grants', 'x', 'x', (ARRAY[$3, $4])[n % 2 + 1]::uuid, 'resource', 'page-' || n, r.id, 'allow',
         'entitlement', (ARRAY['read', 'write', 'secret_read', 'admin', NULL])[n % 5 + 1], ARRAY['s3:' || n]
       FROM generate_series(1, 301) n LEFT JOIN resource r ON r.org_id = $1 AND r.external_id = 'page-' || n`,
      [place.orgId, place.sourceId, many, role],
    )
    const collect = async (query: Omit<Parameters<typeof listAccess>[1], 'id'>) => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const page = await listAccess(ctx, { ...query, id: many, cursor })
        expect(page.first === null).toBe(cursor !== undefined)
        found.push(...page.rows.map((row) => row.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      return found
    }
    const { rows: all } = await db.query<{ id: string }>(
      `SELECT e.id FROM entitlement e LEFT JOIN resource t ON t.id = e.to_id
       WHERE e.from_id = ANY ($1) AND e.kind = 'grants'
       ORDER BY coalesce(array_position('{read,write,secret_read,admin}', e.privilege), 0) DESC,
         coalesce(array_position('{public,internal,confidential,restricted}', t.sensitivity), 0) DESC,
         lower(coalesce(t.name, e.to_ref)) COLLATE "C", e.id`,
      [[many, role]],
    )
    const whole = all.map((row) => row.id)
    expect(whole).toHaveLength(301)
    expect(await collect({ limit: 43 })).toEqual(whole)
    expect(await collect({ limit: 100 })).toEqual(whole)
    const { first, rows } = await listAccess(ctx, { id: many })
    expect(rows).toHaveLength(50)
    expect(first).toMatchObject({ total: 301, all: 301 })
    expect(first?.privileges.toSorted((a, b) => a.value.localeCompare(b.value))).toEqual([
      { value: 'admin', count: 60 },
      { value: 'read', count: 60 },
      { value: 'secret_read', count: 60 },
      { value: 'write', count: 61 },
    ])

    const admins = await collect({ privilege: ['admin', 'write'], limit: 50 })
    expect(admins).toHaveLength(121)
    expect(whole.filter((found) => admins.includes(found))).toEqual(admins)
    expect((await listAccess(ctx, { id: many, privilege: ['admin'], find: 'night' })).first).toMatchObject({
      total: 30,
      all: 301,
    })
    expect(await collect({ find: 'S3:300' })).toHaveLength(1)
    expect(await collect({ find: 'table 7' })).toHaveLength(2)
    expect(await collect({ find: '100%_' })).toEqual([])
    const one = await listAccess(ctx, { id: many, grant: whole[200] ?? '' })
    expect(one.rows.map((row) => row.id)).toEqual([whole[200]])
    expect((await listAccess(ctx, { id: id.workload ?? '', grant: whole[200] ?? '' })).rows).toEqual([])
    const { nextCursor } = await listAccess(ctx, { id: many })
    await expect(listAccess(ctx, { id: many, find: 'other', cursor: nextCursor ?? '' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })
})

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { builtInViews } from '../rules'
import { createView } from './create-view'
import { createViews } from './create-views'
import { deleteView } from './delete-view'
import { exportViews } from './export-views'
import { getView } from './get-view'
import { getViewCounts } from './get-view-counts'
import { listViews } from './list-views'
import { resolveView } from './resolve-view'
import { restoreView } from './restore-view'
import { updatePreferences } from './update-preferences'
import { updateView } from './update-view'

let db: pg.Client
let orgId: string
let members: Record<'admin' | 'security' | 'reviewer' | 'auditor' | 'member' | 'sam', MadeMember>
let admin: Context
let security: Context
let auditor: Context
let member: Context
let foreign: Context

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const make = (role: string, name: string) => makeMember(db, orgId, role, name)
  members = {
    admin: await make('admin', 'Ada'),
    security: await make('security', 'Sol'),
    reviewer: await make('reviewer', 'Rae'),
    auditor: await make('auditor', 'Otto'),
    member: await make('member', 'Mia'),
    sam: await make('security', 'Sam'),
  }
  admin = contextOf(orgId, members.admin)
  security = contextOf(orgId, members.security)
  auditor = contextOf(orgId, members.auditor)
  member = contextOf(orgId, members.member)
  const other = await makeOrganization(db, 'Other')
  foreign = contextOf(other, await makeMember(db, other, 'admin', 'Zed'))
  await warmUp(admin)
})

beforeEach(async () => {
  await db.query(`DELETE FROM saved_view`)
  await db.query(`DELETE FROM view_preference`)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const robots = { list: 'identities' as const, name: 'Robots', query: { kind: 'bot,workload', sort: 'lastUsed' } }
const own = async (ctx: Context) => (await listViews(ctx)).items.filter((view) => view.origin !== 'builtin')
const events = async (action: string) =>
  (
    await db.query(`SELECT before, after FROM audit_event WHERE org_id = $1 AND action = $2 ORDER BY seq DESC`, [
      orgId,
      action,
    ])
  ).rows

describe('a personal view', () => {
  it('is saved, read, changed, deleted and taken back by its author, and leaves a trail', async () => {
    const made = await createView(security, { ...robots, query: { sort: 'lastUsed', kind: 'bot,workload,bot' } })
    expect(made).toMatchObject({ ...robots, origin: 'personal', isMine: true, can: { update: true, delete: true } })
    expect(await getView(security, { id: made.id })).toEqual(made)
    const renamed = await updateView(security, { id: made.id, name: 'Machines', query: { kind: 'bot' } })
    expect(renamed).toMatchObject({ name: 'Machines', query: { kind: 'bot' } })
    await deleteView(security, { id: made.id })
    await expect(getView(security, { id: made.id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await own(security)).toEqual([])
    expect(await restoreView(security, { id: made.id })).toMatchObject({ id: made.id, name: 'Machines' })
    expect(await events('view.update')).toMatchObject([{ before: { name: 'Robots' }, after: { name: 'Machines' } }])
    expect((await events('view.delete')).length).toBe(1)
    expect((await events('view.restore')).length).toBe(1)
  })

  it('is nobody else’s, not even an administrator’s', async () => {
    const { id } = await createView(security, robots)
    for (const ctx of [admin, auditor, member]) {
      expect(await own(ctx)).toEqual([])
      await expect(getView(ctx, { id })).rejects.toMatchObject({ code: 'forbidden' })
      await expect(updateView(ctx, { id, name: 'Mine now' })).rejects.toMatchObject({ code: 'forbidden' })
      await expect(deleteView(ctx, { id })).rejects.toMatchObject({ code: 'forbidden' })
    }
  })

  it('of another organization is not there', async () => {
    const { id } = await createView(security, { ...robots, isShared: true })
    await expect(getView(foreign, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteView(foreign, { id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(resolveView(foreign, { list: 'identities', view: id, isPlain: true })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('has a name of its own, in either case, among those of its author and list', async () => {
    const { id } = await createView(security, robots)
    await expect(createView(security, { ...robots, name: 'ROBOTS' })).rejects.toMatchObject({ code: 'conflict' })
    await createView(admin, robots)
    await createView(security, { ...robots, list: 'credentials', query: {} })
    const second = await createView(security, { ...robots, name: 'Second' })
    await expect(updateView(security, { id: second.id, name: 'robots' })).rejects.toMatchObject({ code: 'conflict' })
    await deleteView(security, { id })
    await createView(security, robots)
    await expect(restoreView(security, { id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('takes no parameter that the list does not have, and says which', async () => {
    const query = { kind: 'robot', cursor: 'x', owner: 'none' }
    await expect(createView(security, { ...robots, query })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'query.cursor': expect.stringContaining('not a parameter'), 'query.kind': expect.any(String) },
    })
  })
})

describe('a shared view', () => {
  it('is seen by everybody, changed by its author and by administrators', async () => {
    const { id } = await createView(security, { ...robots, isShared: true })
    for (const ctx of [admin, auditor, member])
      expect(await own(ctx)).toMatchObject([{ id, origin: 'shared', isMine: false }])
    const sam = contextOf(orgId, members.sam)
    for (const ctx of [sam, auditor, member]) {
      expect((await own(ctx))[0]?.can).toEqual({ update: false, share: false, delete: false })
      await expect(updateView(ctx, { id, name: 'Other' })).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await updateView(admin, { id, name: 'Tended' })).toMatchObject({ name: 'Tended', author: { name: 'Sol' } })
    expect(await updateView(security, { id, isShared: false })).toMatchObject({ origin: 'personal' })
    expect(await own(admin)).toEqual([])
  })

  it('is not made by members and auditors, who keep views for themselves', async () => {
    for (const ctx of [member, auditor]) {
      await expect(createView(ctx, { ...robots, isShared: true })).rejects.toMatchObject({ code: 'forbidden' })
      const { id } = await createView(ctx, robots)
      await expect(updateView(ctx, { id, isShared: true })).rejects.toMatchObject({ code: 'forbidden' })
      expect((await listViews(ctx)).can).toEqual({ create: true, share: false })
    }
  })
})

describe('what a person chose', () => {
  it('is one default for each list, and an order; others keep theirs', async () => {
    const { id } = await createView(security, robots)
    await updatePreferences(security, { list: 'identities', defaultView: 'no-owner' })
    await updatePreferences(security, { list: 'identities', defaultView: id, order: ['break-glass', id] })
    const { items } = await listViews(security)
    expect(items.filter((view) => view.isDefault).map((view) => view.id)).toEqual([id])
    expect(items.slice(0, 2).map((view) => view.id)).toEqual(['break-glass', id])
    expect((await listViews(admin)).items.some((view) => view.isDefault)).toBe(false)
    expect(await resolveView(security, { list: 'identities', view: undefined, isPlain: true })).toBe(
      `/inventory?kind=bot,workload&sort=lastUsed&from=${id}`,
    )
    expect(await resolveView(security, { list: 'identities', view: undefined, isPlain: false })).toBeUndefined()
    expect(await resolveView(security, { list: 'credentials', view: undefined, isPlain: true })).toBeUndefined()
    await deleteView(security, { id })
    expect(await resolveView(security, { list: 'identities', view: undefined, isPlain: true })).toBeUndefined()
    await updatePreferences(security, { list: 'identities', defaultView: null })
    expect((await listViews(security)).items.some((view) => view.isDefault)).toBe(false)
  })

  it('is a view of that list which they may open', async () => {
    const { id } = await createView(admin, robots)
    const choose = (defaultView: string) => updatePreferences(security, { list: 'identities', defaultView })
    await expect(choose(id)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(choose('no-such-view')).rejects.toMatchObject({ code: 'not_found' })
    await expect(choose('all-credentials')).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('a file of views', () => {
  it('comes back as it went, and once only', async () => {
    await createView(security, robots)
    await createView(security, { ...robots, name: 'Keys', list: 'credentials', query: { age: '365d' }, isShared: true })
    const file = await exportViews(security)
    expect(file.views).toHaveLength(2)
    const taken = await createViews(foreign, file)
    expect(taken.already).toEqual([])
    expect(await exportViews(foreign)).toEqual(file)
    const again = await createViews(foreign, file)
    expect([again.created, again.already.toSorted()]).toEqual([[], ['Keys', 'Robots']])
  })

  it('gives a number to a name that is taken, and shares nothing for whoever may not', async () => {
    await createView(member, robots)
    const views = [{ ...robots, query: { kind: 'bot' }, isShared: true }]
    const { created } = await createViews(member, { format: 'bailiwick-views', version: 1, views })
    expect(created).toMatchObject([{ name: 'Robots 2', origin: 'personal' }])
  })

  it('is refused whole, with the name of each wrong field', async () => {
    const views = [robots, { ...robots, name: 'Bad', query: { kind: 'robot', age: 'old' } }]
    await expect(createViews(security, { format: 'bailiwick-views', version: 1, views })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { 'views.1.query.kind': expect.any(String), 'views.1.query.age': expect.any(String) },
    })
    expect(await own(security)).toEqual([])
    const many = Array.from({ length: 201 }, (_, n) => ({ ...robots, name: `View ${n}` }))
    await expect(createViews(security, { format: 'bailiwick-views', version: 1, views: many })).rejects.toThrow(/200/)
  })
})

describe('counts', () => {
  it('are there for every view at once, and differ with rights', async () => {
    const place = { orgId, sourceId: await makeSource(db, orgId) }
    const bots = [await makeIdentity(db, place, { kind: 'bot' }), await makeIdentity(db, place, { kind: 'bot' })]
    await makeIdentity(db, place, { kind: 'workload' })
    await makeOwnership(db, orgId, bots[0] ?? '', { owner_key: `user:${members.member.userId}`, state: 'assigned' })
    const { id } = await createView(security, { ...robots, query: { kind: 'bot' }, isShared: true })
    const seen = async (ctx: Context) => (await getViewCounts(ctx, {})).counts
    const all = await seen(security)
    expect(Object.keys(all).sort()).toEqual([id, ...builtInViews.map((view) => view.id)].sort())
    expect([all[id]?.total, all['all-identities']?.total]).toEqual([2, 3])
    expect((await seen(auditor))[id]?.total).toBe(2)
    const few = await seen(member)
    expect([few[id]?.total, few['all-identities']?.total]).toEqual([1, 1])
    expect(Object.keys((await getViewCounts(member, { list: 'credentials' })).counts)).not.toContain(id)
  })
})

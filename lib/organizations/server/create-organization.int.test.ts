import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePool } from '@/lib/platform/db/pool'
import { type TestDatabase, testDatabase } from '@/lib/platform/testing/database'
import { contextIn, type FoundedOrganization, makeFoundedOrganization, makePerson } from '@/prisma/factories/membership'
import { createOrganization, foundOrganization } from './create-organization'
import { getOrganization } from './get-organization'
import { listOrganizations } from './list-organizations'
import { switchOrganization } from './switch-organization'
import { updateOrganization } from './update-organization'

let database: TestDatabase
let org: FoundedOrganization
beforeAll(async () => {
  database = await testDatabase()
  org = await makeFoundedOrganization('Home')
})
afterAll(closePool)

describe('createOrganization', () => {
  it('makes its founder the administrator and begins its own audit chain', async () => {
    const ctx = await org.join('admin', 'Fay Founder')
    const made = await createOrganization(ctx, { name: 'Second Home' })
    expect(made).toMatchObject({ name: 'Second Home', role: 'admin' })
    const there = await contextIn(made.id, ctx.person)
    expect(await there.db.auditEvent.findMany()).toMatchObject([{ seq: 1n, action: 'organization.create' }])
    const { items } = await listOrganizations(ctx)
    expect(items.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [org.id, true],
      [made.id, false],
    ])
  })

  it('numbers the address of a name that is taken', async () => {
    const founder = await makePerson('Founder')
    const name = `Acme ${randomUUID().slice(0, 8)}`
    const first = await foundOrganization(founder, { name }, { id: randomUUID() })
    const second = await foundOrganization(founder, { name }, { id: randomUUID() })
    expect(second.slug).toBe(`${first.slug}-2`)
  })

  it('is refused to everybody but administrators', async () => {
    for (const role of ['security', 'reviewer', 'auditor', 'member'] as const) {
      const ctx = await org.join(role)
      await expect(createOrganization(ctx, { name: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})

describe('updateOrganization', () => {
  it('changes limits and tells the audit trail only what changed', async () => {
    const before = await getOrganization(org.admin)
    const days = { rotateAfterDays: 45, attestAfterDays: 30 }
    const after = await updateOrganization(org.admin, { name: before.name, ...days })
    expect(after).toEqual({ ...before, ...days })
    expect(await org.admin.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'organization.update',
      before: { rotateAfterDays: 90, attestAfterDays: 180 },
      after: days,
    })
  })

  it('writes nothing when nothing changes', async () => {
    const count = () => org.admin.db.auditEvent.count()
    const [before, { name }] = [await count(), await getOrganization(org.admin)]
    await updateOrganization(org.admin, { name })
    expect(await count()).toBe(before)
  })

  it('does not lock everybody out', async () => {
    await expect(updateOrganization(org.admin, { passwordSignIn: false })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
  })

  it('is refused to others, who may read', async () => {
    const ctx = await org.join('member')
    await expect(updateOrganization(ctx, { name: 'Mine' })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await getOrganization(ctx)).toMatchObject({ can: { update: false, create: false } })
  })
})

describe('switchOrganization', () => {
  it('moves the session to another organization of the person, and to no other', async () => {
    const ctx = await org.join('admin', 'Switcher')
    const sessionId = randomUUID()
    const superuser = new pg.Client({ connectionString: database.superuserUrl })
    await superuser.connect()
    await superuser.query(
      `INSERT INTO session (id, user_id, active_org_id, method, expires_at) VALUES ($1, $2, $3, 'password', now() + interval '1 hour')`,
      [sessionId, ctx.person.id, org.id],
    )
    const activeOrg = async () =>
      (await superuser.query('SELECT active_org_id FROM session WHERE id = $1', [sessionId])).rows[0].active_org_id
    const here = await contextIn(org.id, ctx.person, sessionId)
    const second = await createOrganization(here, { name: 'Elsewhere' })
    expect(await switchOrganization(here, { id: second.id })).toMatchObject({ id: second.id, isCurrent: true })
    expect(await activeOrg()).toBe(second.id)

    const foreign = await makeFoundedOrganization('Foreign')
    for (const id of [foreign.id, randomUUID()]) {
      await expect(switchOrganization(here, { id })).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await activeOrg()).toBe(second.id)
    await superuser.end()
  })
})

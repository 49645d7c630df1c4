import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { contextIn, type FoundedOrganization, makeFoundedOrganization } from '@/prisma/factories/membership'
import { getMember } from './get-member'
import { listMembers } from './list-members'
import { updateMember } from './update-member'

let org: FoundedOrganization

beforeAll(async () => {
  await testDatabase()
  org = await makeFoundedOrganization()
})
afterAll(closePool)

async function memberIdOf(ctx: Context, email: string): Promise<string> {
  const { items } = await listMembers(ctx)
  return items.find((member) => member.email === email)?.id ?? ''
}

async function lastAudit(ctx: Context) {
  return ctx.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } })
}

describe('updateMember', () => {
  it('changes a role, which counts at once, and says so in the audit trail', async () => {
    const rae = await org.join('reviewer', 'Rae')
    const id = await memberIdOf(org.admin, rae.person.email)
    const member = await updateMember(org.admin, { id, role: 'auditor' })
    expect(member).toMatchObject({ role: 'auditor', isYou: false, can: { changeRole: true, disable: true } })
    expect((await contextIn(org.id, rae.person)).actor).toMatchObject({ role: 'auditor' })
    expect(await lastAudit(org.admin)).toMatchObject({
      action: 'member.role.change',
      targetLabel: rae.person.email,
      before: { role: 'reviewer' },
      after: { role: 'auditor' },
    })
  })

  it('keeps the last active administrator, whatever way is tried', async () => {
    const alone = await makeFoundedOrganization()
    const [self] = (await listMembers(alone.admin)).items
    const id = self?.id ?? ''
    await expect(updateMember(alone.admin, { id, role: 'member' })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
    await expect(updateMember(alone.admin, { id, status: 'disabled' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await getMember(alone.admin, { id })).toMatchObject({ role: 'admin', status: 'active' })
  })

  it('lets only one of two administrators who demote each other at once succeed', async () => {
    for (let round = 0; round < 5; round += 1) {
      const pair = await makeFoundedOrganization()
      const second = await pair.join('admin', 'Second Admin')
      const { items } = await listMembers(pair.admin)
      const ids = items.map((member) => member.id)
      const outcomes = await Promise.allSettled([
        updateMember(pair.admin, { id: ids[1] ?? '', role: 'member' }),
        updateMember(second, { id: ids[0] ?? '', role: 'member' }),
      ])
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1)
      const left = await pair.admin.db.membership.count({ where: { role: 'admin', status: 'active' } })
      expect(left).toBe(1)
    }
  })

  it('ends the way in of a disabled member and opens it again', async () => {
    const mia = await org.join('member', 'Mia')
    const id = await memberIdOf(org.admin, mia.person.email)
    expect(await updateMember(org.admin, { id, status: 'disabled' })).toMatchObject({ status: 'disabled' })
    await expect(contextIn(org.id, mia.person)).rejects.toThrow('no active member')
    await updateMember(org.admin, { id, status: 'active' })
    expect((await contextIn(org.id, mia.person)).actor).toMatchObject({ role: 'member' })
  })

  it('refuses everybody but administrators, and changes nothing', async () => {
    const target = await memberIdOf(org.admin, org.admin.actor.kind === 'user' ? org.admin.actor.email : '')
    for (const role of ['security', 'reviewer', 'auditor', 'member'] as const) {
      const ctx = await org.join(role)
      await expect(updateMember(ctx, { id: target, role: 'member' })).rejects.toMatchObject({ code: 'forbidden' })
    }
    expect(await getMember(org.admin, { id: target })).toMatchObject({ role: 'admin' })
  })

  it('does not know members of another organization', async () => {
    const other = await makeFoundedOrganization()
    const [theirs] = (await listMembers(other.admin)).items
    for (const id of [theirs?.id ?? '', randomUUID()]) {
      await expect(updateMember(org.admin, { id, role: 'member' })).rejects.toMatchObject({ code: 'not_found' })
      await expect(getMember(org.admin, { id })).rejects.toMatchObject({ code: 'not_found' })
    }
  })
})

describe('listMembers', () => {
  it('pages without gap or repetition', async () => {
    const all = (await listMembers(org.admin)).items.map((member) => member.id)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listMembers(org.admin, { limit: 2, cursor })
      seen.push(...page.items.map((member) => member.id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(all)
  })

  it('is refused to roles that may not see the settings', async () => {
    const ctx = await org.join('reviewer')
    await expect(listMembers(ctx)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '@/lib/audit/server/list-events'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { contextIn, type FoundedOrganization, makeFoundedOrganization } from '@/prisma/factories/membership'
import { assignTeamMember } from './assign-team-member'
import { createTeam } from './create-team'
import { deleteTeam } from './delete-team'
import { deleteTeamMember } from './delete-team-member'
import { getTeam } from './get-team'
import { listMembers } from './list-members'
import { listTeams } from './list-teams'
import { searchOwners } from './search-owners'
import { updateMember } from './update-member'
import { updateTeam } from './update-team'
import { updateTeamMember } from './update-team-member'

let org: FoundedOrganization
beforeAll(async () => {
  await testDatabase()
  org = await makeFoundedOrganization()
})
afterAll(closePool)

async function joined(role: 'member' | 'reviewer' = 'member', name?: string) {
  const ctx = await org.join(role, name)
  const found = (await listMembers(org.admin)).items.find((member) => member.email === ctx.person.email)
  return { ctx, person: ctx.person, id: found?.id ?? '' }
}

/** How each of them was refused; `done` for one that was not. */
async function codesOf(attempts: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(attempts)
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.code) : 'done'))
}

describe('teams', () => {
  it('are made with members, who get the team’s keys at their next request', async () => {
    const { id, person } = await joined()
    const team = await createTeam(org.admin, { name: 'Payments', description: '', memberIds: [id] })
    expect(team).toMatchObject({
      name: 'Payments',
      description: null,
      members: [{ id }],
      can: { update: true, delete: true },
    })
    expect((await contextIn(org.id, person)).actor).toMatchObject({ teamIds: [team.id] })

    const without = await deleteTeamMember(org.admin, { id: team.id, memberId: id })
    expect(without.members).toEqual([])
    expect((await contextIn(org.id, person)).actor).toMatchObject({ teamIds: [] })
    await expect(deleteTeamMember(org.admin, { id: team.id, memberId: id })).rejects.toMatchObject({
      code: 'not_found',
    })

    const again = await assignTeamMember(org.admin, { id: team.id, memberId: id })
    expect(await assignTeamMember(org.admin, { id: team.id, memberId: id })).toEqual(again)
  })

  it('say who leads them, which is in the trail, and ends with the membership', async () => {
    const { id, ctx } = await joined()
    const team = await createTeam(org.admin, { name: 'Led', memberIds: [id] })
    expect(team.members).toMatchObject([{ id, isLead: false }])
    const led = await updateTeamMember(org.admin, { id: team.id, memberId: id, isLead: true })
    expect(led.members).toMatchObject([{ id, isLead: true }])
    expect(await updateTeamMember(org.admin, { id: team.id, memberId: id, isLead: true })).toEqual(led)
    const { items } = await listEvents(org.admin, { targetKind: 'team', targetId: team.id, limit: 10 })
    expect(items.filter(({ action }) => action === 'team.member.update')).toMatchObject([
      { before: { isLead: false }, after: { isLead: true, member: ctx.person.email } },
    ])
    await expect(updateTeamMember(ctx, { id: team.id, memberId: id, isLead: false })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await deleteTeamMember(org.admin, { id: team.id, memberId: id })
    await expect(updateTeamMember(org.admin, { id: team.id, memberId: id, isLead: true })).rejects.toMatchObject({
      code: 'not_found',
    })
    const again = await assignTeamMember(org.admin, { id: team.id, memberId: id })
    expect(again.members).toMatchObject([{ id, isLead: false }])
  })

  it('take no disabled members', async () => {
    const { id } = await joined()
    const team = await createTeam(org.admin, { name: 'No ghosts' })
    await updateMember(org.admin, { id, status: 'disabled' })
    await expect(assignTeamMember(org.admin, { id: team.id, memberId: id })).rejects.toMatchObject({
      code: 'precondition_failed',
    })
  })

  it('have one name each, in one organization', async () => {
    const team = await createTeam(org.admin, { name: 'Data' })
    const taken = { code: 'conflict', fields: { name: expect.any(String) } }
    await expect(createTeam(org.admin, { name: 'Data' })).rejects.toMatchObject(taken)
    const second = await createTeam(org.admin, { name: 'Data 2' })
    await expect(updateTeam(org.admin, { id: second.id, name: 'Data' })).rejects.toMatchObject(taken)
    expect(await updateTeam(org.admin, { id: team.id, name: 'Data', description: 'Warehouse' })).toMatchObject({
      description: 'Warehouse',
    })
    const other = await makeFoundedOrganization()
    expect(await createTeam(other.admin, { name: 'Data' })).toMatchObject({ name: 'Data' })
  })

  it('are deleted with what they were in the audit trail, and once only', async () => {
    const team = await createTeam(org.admin, { name: 'Short-lived' })
    await deleteTeam(org.admin, { id: team.id })
    await expect(getTeam(org.admin, { id: team.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteTeam(org.admin, { id: team.id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await org.admin.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'team.delete',
      before: { name: 'Short-lived' },
    })
  })

  it('are changed by administrators only', async () => {
    const team = await createTeam(org.admin, { name: 'Guarded' })
    const { ctx, id } = await joined('reviewer')
    const attempts = [
      createTeam(ctx, { name: 'Mine' }),
      updateTeam(ctx, { id: team.id, name: 'Mine' }),
      deleteTeam(ctx, { id: team.id }),
      assignTeamMember(ctx, { id: team.id, memberId: id }),
      listTeams(ctx),
      getTeam(ctx, { id: team.id }),
    ]
    expect(await codesOf(attempts)).toEqual(attempts.map(() => 'forbidden'))
    expect(await getTeam(org.admin, { id: team.id })).toMatchObject({ name: 'Guarded', members: [] })
  })

  it('of other organizations, and members of other organizations, are not known', async () => {
    const other = await makeFoundedOrganization()
    const theirs = await createTeam(other.admin, { name: 'Theirs' })
    const [theirAdmin] = (await listMembers(other.admin)).items
    const ours = await createTeam(org.admin, { name: 'Ours' })
    const memberId = theirAdmin?.id ?? ''
    const attempts = [
      getTeam(org.admin, { id: theirs.id }),
      updateTeam(org.admin, { id: theirs.id, name: 'x' }),
      deleteTeam(org.admin, { id: theirs.id }),
      assignTeamMember(org.admin, { id: ours.id, memberId }),
      createTeam(org.admin, { name: 'Mixed', memberIds: [memberId] }),
      getTeam(org.admin, { id: randomUUID() }),
    ]
    expect(await codesOf(attempts)).toEqual(attempts.map(() => 'not_found'))
  })
})

describe('searchOwners', () => {
  it('finds teams and active members by part of their name, for every role', async () => {
    const { ctx, person } = await joined('member', 'Zenobia Quill')
    const team = await createTeam(org.admin, { name: 'Quillers' })
    const { items } = await searchOwners(ctx, { query: 'quill' })
    expect(items).toEqual([
      { key: `team:${team.id}`, kind: 'team', label: 'Quillers', hint: null },
      { key: `user:${person.id}`, kind: 'user', label: 'Zenobia Quill', hint: person.email },
    ])
    expect((await searchOwners(ctx, { query: '%' })).items).toEqual([])
  })
})

import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { assignOwner } from '@/lib/identities/server/assign-owner'
import { getIdentity } from '@/lib/identities/server/get-identity'
import { applyOwnerChange } from '@/lib/ownership/server/apply-owner-change'
import { createTaskSelection } from '@/lib/ownership/server/create-task-selection'
import { getOwnershipTask } from '@/lib/ownership/server/get-ownership-task'
import { listOwnershipTasks } from '@/lib/ownership/server/list-ownership-tasks'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { updateUserStatus } from '@/lib/users/server/update-user-status'
import { makeCredential, makeEdge, makeIdentity, makeOwnership, makeResource } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource, makeTeam } from '@/prisma/factories/organization'
import { deleteTeam } from './delete-team'
import { leaveOrganization } from './leave-organization'
import { previewDeparture, previewOwnDeparture } from './preview-departure'
import { updateMember } from './update-member'

let db: pg.Client
let orgId: string
let place: { orgId: string; sourceId: string }
let admin: Context
let adminMember: MadeMember
let mia: MadeMember
let asMia: Context
let bob: MadeMember
const key = (member: MadeMember) => `user:${member.userId}`
const owned = (identityId: string, owner_key: string, columns = {}) =>
  makeOwnership(db, orgId, identityId, { owner_key, label: 'x', state: 'confirmed', ...columns })

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  place = { orgId, sourceId: await makeSource(db, orgId) }
  adminMember = await makeMember(db, orgId, 'admin', 'Ada')
  admin = contextOf(orgId, adminMember)
  mia = await makeMember(db, orgId, 'member', 'Mia')
  asMia = contextOf(orgId, mia)
  bob = await makeMember(db, orgId, 'member', 'Bob')
  await warmUp(admin)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

async function stateOf(id: string): Promise<string> {
  const { rows } = await db.query(`SELECT owner_state FROM identity_listing WHERE identity_id = $1`, [id])
  return rows[0].owner_state
}

describe('somebody who leaves', () => {
  it('leaves what they owned to their backup, and the rest to be taken over, in one transaction', async () => {
    const alone = await makeIdentity(db, place, { name: 'alone' })
    const backed = await makeIdentity(db, place, { name: 'backed' })
    const both = await makeIdentity(db, place, { name: 'both' })
    for (const id of [alone, backed, both]) await owned(id, key(mia))
    await owned(both, key(adminMember), { duty: 'business' })
    await owned(backed, key(bob), { label: 'Bob', duty: 'backup' })
    await expect(updateMember(admin, { id: mia.membershipId, status: 'disabled' })).rejects.toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('2 identities'),
    })
    expect(await stateOf(alone)).toBe('confirmed')
    const preview = await previewDeparture(admin, { id: mia.membershipId })
    expect(preview).toMatchObject({
      ended: 3,
      unowned: 2,
      isLastAdmin: false,
      samples: [{ name: 'alone' }, { name: 'backed' }],
    })
    expect(preview.tasks.map(({ to }) => to).toSorted()).toEqual(['Bob', null])
    expect(await stateOf(alone)).toBe('confirmed')

    await updateMember(admin, { id: mia.membershipId, status: 'disabled', reason: 'end of contract' })
    expect([await stateOf(alone), await stateOf(backed), await stateOf(both)]).toEqual(['left', 'left', 'confirmed'])
    expect((await getIdentity(admin, { id: alone })).formerOwner).toMatchObject({ reason: 'disabled', hasTask: true })
    expect((await getIdentity(admin, { id: both })).formerOwner).toBeNull()
    const forBob = await listOwnershipTasks(contextOf(orgId, bob))
    expect(forBob.items).toMatchObject([
      { from: 'Mia', to: 'Bob', isYours: true, identities: 1, open: 1, note: 'end of contract' },
    ])
    expect((await listOwnershipTasks(admin)).items).toHaveLength(2)
    await assignOwner(admin, { identityId: alone, ownerKey: key(bob) })
    expect((await listOwnershipTasks(admin)).items).toMatchObject([{ to: 'Bob' }])
    expect((await getIdentity(admin, { id: alone })).formerOwner).toBeNull()
    expect((await listOwnershipTasks(admin, { state: 'done' })).items).toMatchObject([{ to: null, open: 0 }])
  })

  it('hands over what nobody else answers for', async () => {
    const id = await makeIdentity(db, place)
    await owned(id, key(mia), { duty: 'business' })
    await leaveOrganization(asMia, { handOverTo: key(bob) })
    const { rows } = await db.query(
      `SELECT owner_key, duty, state, ended_reason FROM ownership WHERE identity_id = $1 ORDER BY id`,
      [id],
    )
    expect(rows).toEqual([
      { owner_key: key(mia), duty: 'business', state: 'confirmed', ended_reason: 'left' },
      { owner_key: key(bob), duty: 'business', state: 'assigned', ended_reason: null },
    ])
    expect(await stateOf(id)).toBe('suggested')
    expect((await listOwnershipTasks(admin)).items).toEqual([])
  })

  it('hands nothing to the leaver, nor to a team in which nobody else is active', async () => {
    const id = await makeIdentity(db, place)
    await owned(id, key(mia))
    const alone = await makeTeam(db, orgId, 'Alone')
    const shared = await makeTeam(db, orgId, 'Shared')
    for (const [team, { membershipId }] of [
      [alone, mia],
      [shared, mia],
      [shared, bob],
    ] as const) {
      await db.query(`INSERT INTO team_member (org_id, team_id, membership_id) VALUES ($1, $2, $3)`, [
        orgId,
        team,
        membershipId,
      ])
    }
    const { cannotTakeOver, emptyTeams } = await previewOwnDeparture(asMia)
    expect(cannotTakeOver).toEqual([key(mia), `team:${alone}`])
    expect(emptyTeams).toEqual([])
    const disabled = { id: mia.membershipId, status: 'disabled' } as const
    for (const [handOverTo, says] of [
      [key(mia), 'Whoever leaves cannot take over.'],
      [`team:${alone}`, 'The team Alone would have no active member, so it cannot take over.'],
    ] as const) {
      const refused = { code: 'invalid_input', message: expect.stringContaining(says) }
      await expect(leaveOrganization(asMia, { handOverTo })).rejects.toMatchObject(refused)
      await expect(updateUserStatus(admin, { ...disabled, handOverTo })).rejects.toMatchObject(refused)
      await expect(updateMember(admin, { ...disabled, handOverTo })).rejects.toMatchObject(refused)
    }
    expect(await stateOf(id)).toBe('confirmed')
    const own = { id: shared, handOverTo: `team:${shared}` }
    await expect(deleteTeam(admin, own)).rejects.toMatchObject({ message: expect.stringContaining('Whoever leaves') })
    await leaveOrganization(asMia, { handOverTo: `team:${shared}` })
    expect(await stateOf(id)).toBe('suggested')
  })

  it('is told of the secrets that they could have read, and of what nobody knows', async () => {
    const id = await makeIdentity(db, place, { name: 'reader' })
    await owned(id, key(mia))
    const own = await makeCredential(db, place, { identity_id: id })
    const store = await makeResource(db, place, 'vault', { kind: 'secret_store' })
    const dark = await makeResource(db, place, 'dark', { kind: 'secret_store' })
    const kept = await makeCredential(db, place, { identity_id: await makeIdentity(db, place) })
    await makeCredential(db, place, { identity_id: await makeIdentity(db, place) })
    const from = { type: 'identity', id }
    for (const [to, privilege] of [
      [store, 'secret_read'],
      [dark, 'admin'],
    ] as const) {
      await makeEdge(db, place, { kind: 'grants', from, to: { type: 'resource', id: to }, privilege })
    }
    await makeEdge(db, place, {
      kind: 'stores',
      from: { type: 'resource', id: store },
      to: { type: 'credential', id: kept },
    })
    expect(await previewOwnDeparture(asMia)).toMatchObject({ secrets: 2, unknown: 1 })
    await leaveOrganization(asMia, { reason: 'retires' })
    const [task] = (await listOwnershipTasks(admin)).items
    const detail = await getOwnershipTask(admin, { id: task?.id ?? '' })
    expect(detail.identityItems).toEqual([{ id, name: 'reader' }])
    const secrets = detail.secretItems.map(({ route, credential, store: place }) => [
      route,
      credential?.id ?? null,
      place?.name ?? null,
    ])
    expect(secrets).toEqual(
      expect.arrayContaining([
        ['owned', own, null],
        ['store', kept, 'vault'],
        ['store', null, 'dark'],
      ]),
    )
    expect(secrets).toHaveLength(3)
    for (const ask of [getOwnershipTask, createTaskSelection]) {
      await expect(ask(contextOf(orgId, bob), { id: task?.id ?? '' })).rejects.toMatchObject({ code: 'forbidden' })
    }
    const all = await createTaskSelection(admin, { id: task?.id ?? '' })
    expect(all.count).toBe(1)
    const done = await applyOwnerChange(admin, { change: 'assign', selectionId: all.id, ownerKey: key(bob) })
    expect(done).toMatchObject({ changes: { count: 1, samples: [{ id }] } })
    expect((await listOwnershipTasks(admin)).items).toEqual([])
    expect((await createTaskSelection(admin, { id: task?.id ?? '' })).count).toBe(0)
  })

  it('cannot be the last administrator', async () => {
    await expect(leaveOrganization(admin, { reason: 'tired' })).rejects.toMatchObject({ code: 'precondition_failed' })
    expect(await previewOwnDeparture(admin)).toMatchObject({ isLastAdmin: true })
  })

  it('counts when the account is disabled, and when a team goes', async () => {
    const [a, b] = [await makeIdentity(db, place), await makeIdentity(db, place)]
    const team = await makeTeam(db, orgId, 'Payments')
    await owned(a, key(mia))
    await owned(b, `team:${team}`)
    const account = { id: mia.membershipId, status: 'disabled' } as const
    await expect(updateUserStatus(admin, account)).rejects.toMatchObject({ code: 'precondition_failed' })
    await updateUserStatus(admin, { ...account, reason: 'gone' })
    await expect(deleteTeam(admin, { id: team })).rejects.toMatchObject({ code: 'precondition_failed' })
    await deleteTeam(admin, { id: team, reason: 'merged' })
    expect([await stateOf(a), await stateOf(b)]).toEqual(['left', 'left'])
  })

  it('never keeps an identity that is assigned at the same moment', async () => {
    for (let round = 0; round < 8; round += 1) {
      const member = await makeMember(db, orgId, 'member', `Leaver ${round}`)
      const id = await makeIdentity(db, place)
      const [assigned, left] = await Promise.allSettled([
        assignOwner(admin, { identityId: id, ownerKey: key(member) }),
        updateMember(admin, { id: member.membershipId, status: 'disabled', reason: 'gone' }),
      ])
      expect(left.status).toBe('fulfilled')
      const { rows } = await db.query(`SELECT FROM ownership WHERE identity_id = $1 AND ended_at IS NULL`, [id])
      expect(rows).toHaveLength(0)
      expect(await stateOf(id)).toBe(assigned.status === 'fulfilled' ? 'left' : 'none')
    }
  })
})

import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeCredential, makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import {
  type MadeMember,
  makeMember,
  makeOrganization,
  makeSource,
  makeTeam,
} from '../../../prisma/factories/organization'
import { assignOwner } from './assign-owner'
import { confirmOwner } from './confirm-owner'
import { deleteOwner } from './delete-owner'
import { getCredential } from './get-credential'
import { getIdentity } from './get-identity'
import { listIdentityHistory } from './list-identity-history'
import { transferOwner } from './transfer-owner'

let db: pg.Client
let orgId: string
let sourceId: string
let teamId: string
let security: Context
let auditor: Context
let mia: MadeMember
let stranger: Context
const key = (member: MadeMember) => `user:${member.userId}`

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  sourceId = await makeSource(db, orgId)
  teamId = await makeTeam(db, orgId, 'Payments')
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  mia = await makeMember(db, orgId, 'member', 'Mia')
  await warmUp(security)
  const otherOrg = await makeOrganization(db, 'Other')
  stranger = contextOf(otherOrg, await makeMember(db, otherOrg, 'admin', 'Olga'))
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const identity = (columns = {}) => makeIdentity(db, { orgId, sourceId }, columns)

async function stateOf(id: string) {
  const { rows } = await db.query(
    `SELECT l.owner_state, i.owner_hints FROM identity i
     JOIN identity_listing l ON l.org_id = i.org_id AND l.identity_id = i.id WHERE i.id = $1`,
    [id],
  )
  return rows[0]
}

async function eventsOf(id: string): Promise<string[]> {
  const { rows } = await db.query('SELECT action FROM audit_event WHERE org_id = $1 AND target_id = $2 ORDER BY seq', [
    orgId,
    id,
  ])
  return rows.map(({ action }) => action)
}

describe('the ownership of an identity', () => {
  it('goes from assigned over confirmed to the next owner, each step with its event', async () => {
    const id = await identity()
    const assigned = await assignOwner(security, { identityId: id, ownerKey: key(mia), reason: 'built it' })
    expect(assigned.ownerships).toMatchObject([{ label: 'Mia', state: 'assigned', evidence: 'built it' }])
    expect(assigned.owner).toEqual({
      state: 'suggested',
      first: { label: 'Mia', kind: 'person', state: 'assigned' },
      count: 1,
      suggested: 0,
    })
    expect((await stateOf(id)).owner_state).toBe('suggested')

    const asMia = contextOf(orgId, mia)
    const ownershipId = assigned.ownerships[0]?.id ?? ''
    const confirmed = await confirmOwner(asMia, { identityId: id, ownershipId })
    expect(confirmed.ownerships).toMatchObject([{ state: 'confirmed', confirmedBy: 'Mia' }])
    expect(Date.parse(confirmed.ownerships[0]?.confirmedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect((await stateOf(id)).owner_state).toBe('confirmed')

    const moved = await transferOwner(security, {
      identityId: id,
      ownershipId,
      toOwnerKey: `team:${teamId}`,
      reason: 'changed teams',
    })
    expect(moved.ownerships).toMatchObject([{ ownerKey: `team:${teamId}`, label: 'Payments', state: 'assigned' }])
    expect((await stateOf(id)).owner_state).toBe('suggested')
    await expect(getIdentity(asMia, { id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await eventsOf(id)).toEqual(['identity.owner.assign', 'identity.owner.confirm', 'identity.owner.transfer'])
    const history = await listIdentityHistory(auditor, { id })
    expect(history.items.map(({ event }) => event?.action)).toEqual((await eventsOf(id)).toReversed())
    expect(history.items[0]).toMatchObject({ event: { reason: 'changed teams' }, before: { label: 'Mia' } })
  })

  it('resolves a suggestion of text only when told who is meant, and then forgets the hint', async () => {
    const id = await identity({ owner_hints: [{ value: 'The Payments Folk', from: 'tag:owner' }] })
    const ownershipId = await makeOwnership(db, orgId, id, { owner_key: 'hint:the payments folk' })
    await expect(confirmOwner(security, { identityId: id, ownershipId })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { ownerKey: expect.stringContaining('person or team') },
    })
    const detail = await confirmOwner(security, { identityId: id, ownershipId, ownerKey: `team:${teamId}` })
    expect(detail.ownerships).toMatchObject([{ ownerKey: `team:${teamId}`, label: 'Payments', state: 'confirmed' }])
    expect((await stateOf(id)).owner_hints).toEqual([])
  })

  it('drops a rejected suggestion with its hint, and leaves other hints', async () => {
    const id = await identity({
      owner_hints: [
        { value: mia.email.toUpperCase(), from: 'tag:owner' },
        { value: 'payments', from: 'tag:team' },
      ],
    })
    const ownershipId = await makeOwnership(db, orgId, id, { owner_key: key(mia) })
    await deleteOwner(security, { identityId: id, ownershipId })
    expect(await stateOf(id)).toEqual({ owner_state: 'none', owner_hints: [{ value: 'payments', from: 'tag:team' }] })
    expect(await eventsOf(id)).toEqual(['identity.owner.reject'])
  })

  it('refuses an owner who left, and a second time what is so already', async () => {
    const id = await identity()
    const gone = await makeMember(db, orgId, 'member', 'Gone')
    await db.query(`UPDATE membership SET status = 'disabled' WHERE id = $1`, [gone.membershipId])
    for (const ownerKey of [key(gone), `user:${randomUUID()}`, `team:${randomUUID()}`]) {
      await expect(assignOwner(security, { identityId: id, ownerKey })).rejects.toMatchObject({
        code: 'invalid_input',
        fields: { ownerKey: expect.any(String) },
      })
    }
    await assignOwner(security, { identityId: id, ownerKey: key(mia) })
    await expect(assignOwner(security, { identityId: id, ownerKey: key(mia) })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await eventsOf(id)).toEqual(['identity.owner.assign'])
  })

  it('lets one of two decisions at the same time win; the other is a conflict and leaves no trace', async () => {
    const id = await identity()
    const { ownerships } = await assignOwner(security, { identityId: id, ownerKey: key(mia) })
    const ownershipId = ownerships[0]?.id ?? ''
    const outcomes = await Promise.allSettled([
      confirmOwner(security, { identityId: id, ownershipId }),
      confirmOwner(contextOf(orgId, mia), { identityId: id, ownershipId }),
      transferOwner(security, { identityId: id, ownershipId, toOwnerKey: `team:${teamId}`, reason: 'r' }),
      deleteOwner(security, { identityId: id, ownershipId }),
    ])
    const won = outcomes.filter(({ status }) => status === 'fulfilled')
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(won).toHaveLength(1)
    for (const reason of lost) expect(reason).toMatchObject({ code: 'conflict' })
    expect(await eventsOf(id)).toHaveLength(2)
    await expect(confirmOwner(security, { identityId: id, ownershipId: randomUUID() })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('is not changed by those who may not, and not seen from elsewhere', async () => {
    const id = await identity()
    const credentialId = await makeCredential(db, { orgId, sourceId }, { identity_id: id })
    const { ownerships } = await assignOwner(security, { identityId: id, ownerKey: `team:${teamId}` })
    const ownershipId = ownerships[0]?.id ?? ''
    const asMia = contextOf(orgId, mia)
    for (const [ctx, code] of [
      [auditor, 'forbidden'],
      [asMia, 'forbidden'],
      [stranger, 'not_found'],
    ] as const) {
      await expect(assignOwner(ctx, { identityId: id, ownerKey: key(mia) })).rejects.toMatchObject({ code })
      await expect(confirmOwner(ctx, { identityId: id, ownershipId })).rejects.toMatchObject({ code })
      await expect(deleteOwner(ctx, { identityId: id, ownershipId })).rejects.toMatchObject({ code })
      await expect(
        transferOwner(ctx, { identityId: id, ownershipId, toOwnerKey: key(mia), reason: 'r' }),
      ).rejects.toMatchObject({ code })
    }
    for (const read of [getIdentity, listIdentityHistory]) {
      await expect(read(stranger, { id })).rejects.toMatchObject({ code: 'not_found' })
      await expect(read(asMia, { id })).rejects.toMatchObject({ code: 'forbidden' })
    }
    await expect(getCredential(stranger, { id: credentialId })).rejects.toMatchObject({ code: 'not_found' })
    await expect(getCredential(asMia, { id: credentialId })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await getCredential(contextOf(orgId, mia, [teamId]), { id: credentialId })).id).toBe(credentialId)
    expect(await eventsOf(id)).toEqual(['identity.owner.assign'])
  })
})

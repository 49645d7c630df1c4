import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { confirmOwner } from '@/lib/identities/server/confirm-owner'
import { getIdentity } from '@/lib/identities/server/get-identity'
import { listIdentityHistory } from '@/lib/identities/server/list-identity-history'
import { listOwnerAssertions } from '@/lib/identities/server/list-owner-assertions'
import { resolveOwnerConflict } from '@/lib/identities/server/resolve-owner-conflict'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity, makeOwnership } from '@/prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource, makeTeam } from '@/prisma/factories/organization'
import type { AppliedOwnerChange, OwnerChange } from '../schema'
import { applyOwnerChange as apply, previewOwnerChange } from './apply-owner-change'
import { createIdentitySelection } from './create-identity-selection'
import { expireOwnership } from './expire-ownership'
import { listMyOwnerships } from './list-my-ownerships'
import { restoreOwners } from './restore-owners'

let db: pg.Client
let orgId: string
let sourceId: string
let security: Context
let auditor: Context
let mia: MadeMember
let asMia: Context
let noa: MadeMember
let teamId: string
const key = (member: MadeMember) => `user:${member.userId}`
const identity = (columns = {}) => makeIdentity(db, { orgId, sourceId }, columns)

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})
beforeEach(async () => {
  orgId = await makeOrganization(db)
  sourceId = await makeSource(db, orgId)
  teamId = await makeTeam(db, orgId, 'Payments')
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  auditor = contextOf(orgId, await makeMember(db, orgId, 'auditor', 'Aud'))
  mia = await makeMember(db, orgId, 'member', 'Mia')
  noa = await makeMember(db, orgId, 'member', 'Noa')
  asMia = contextOf(orgId, mia)
  await warmUp(security)
})
afterAll(async () => {
  await db.end()
  await closePool()
})

/** So few are changed at once. */
async function applyOwnerChange(ctx: Context, input: OwnerChange): Promise<AppliedOwnerChange> {
  const done = await apply(ctx, input)
  if ('startedBy' in done) throw new Error('it was left to the worker')
  return done
}

/** Everything that holds now, for comparing before and after. */
async function liveRows() {
  const { rows } = await db.query(
    `SELECT identity_id, owner_key, duty, state, label, asserted_by, confirmed_at, attested_at, valid_until FROM ownership
     WHERE org_id = $1 AND ended_at IS NULL ORDER BY identity_id, owner_key, duty`,
    [orgId],
  )
  return rows
}

async function statesOf(ids: string[]): Promise<string[]> {
  const { rows } = await db.query(
    `SELECT identity_id AS id, owner_state FROM identity_listing WHERE identity_id = ANY ($1)`,
    [ids],
  )
  return ids.map((id) => rows.find((row) => row.id === id)?.owner_state)
}

describe('changing the owners of many', () => {
  it('does what its preview said, in one event, and is taken back exactly', async () => {
    const [a, b, c] = [await identity({ name: 'a' }), await identity({ name: 'b' }), await identity({ name: 'c' })]
    await makeOwnership(db, orgId, a, { owner_key: key(mia), label: 'Mia', source: 'tag', confidence: 70 })
    await makeOwnership(db, orgId, c, { owner_key: key(mia), label: 'Mia', state: 'assigned' })
    const elsewhere = await makeOrganization(db, 'Third')
    const foreign = await makeIdentity(db, { orgId: elsewhere, sourceId: await makeSource(db, elsewhere) })
    const before = await liveRows()
    const input: OwnerChange = { change: 'assign', ids: [a, b, c, foreign, a], ownerKey: key(mia), reason: 'took over' }
    const preview = await previewOwnerChange(security, input)
    expect(preview).toEqual({
      ownerLabel: 'Mia',
      validUntil: null,
      changes: {
        count: 2,
        samples: [
          { id: a, name: 'a' },
          { id: b, name: 'b' },
        ],
      },
      already: { count: 1, samples: [{ id: c, name: 'c' }] },
      refused: [{ reason: 'There is no such identity.', count: 1, samples: [{ id: foreign, name: 'unknown' }] }],
    })
    expect(await liveRows()).toEqual(before)
    const done = await applyOwnerChange(security, input)
    expect(done).toMatchObject(preview)
    expect(await statesOf([a, b, c])).toEqual(['suggested', 'suggested', 'suggested'])
    expect((await getIdentity(security, { id: b })).ownerships).toMatchObject([
      { label: 'Mia', state: 'assigned', assertedBy: 'Sam' },
    ])
    expect(await restoreOwners(security, { id: done.id })).toEqual({ restored: 2, refused: 0 })
    expect(await liveRows()).toEqual(before)
    expect(await statesOf([a, b, c])).toEqual(['suggested', 'none', 'suggested'])
    await expect(restoreOwners(security, { id: done.id })).rejects.toMatchObject({ code: 'conflict' })
    const { rows } = await db.query(`SELECT action FROM audit_event WHERE org_id = $1 ORDER BY seq`, [orgId])
    expect(rows.map(({ action }) => action)).toEqual(['identity.owner.assign', 'identity.owner.restore'])
    const timeline = await listOwnerAssertions(auditor, { id: b })
    expect(timeline.items).toMatchObject([{ label: 'Mia', endedReason: 'undone' }])
    const { items } = await listIdentityHistory(security, { id: b })
    expect(items.map(({ event, after }) => [event?.action, after])).toEqual([
      ['identity.owner.restore', { change: 'assign' }],
      [
        'identity.owner.assign',
        { change: done.id, label: 'Mia', ownerKey: key(mia), duty: 'technical', validUntil: null },
      ],
    ])
    expect((await listIdentityHistory(security, { id: c })).items).toEqual([])
  })

  it('assigns until a day, says so, and forgets the day when it is taken back', async () => {
    const [a, b, c] = [await identity({ name: 'a' }), await identity({ name: 'b' }), await identity({ name: 'c' })]
    await makeOwnership(db, orgId, a, { owner_key: key(mia), label: 'Mia', source: 'tag', confidence: 70 })
    await makeOwnership(db, orgId, c, { owner_key: key(mia), label: 'Mia', state: 'assigned' })
    const before = await liveRows()
    const validUntil = new Date(Date.now() + 86_400_000).toISOString()
    const input: OwnerChange = { change: 'assign', ids: [a, b, c], ownerKey: key(mia), validUntil }
    const wrong = { ...input, validUntil: new Date(Date.now() - 1000).toISOString() }
    const refusal = { code: 'invalid_input', fields: { validUntil: expect.stringContaining('past') } }
    await expect(previewOwnerChange(security, wrong)).rejects.toMatchObject(refusal)
    await expect(apply(security, wrong)).rejects.toMatchObject(refusal)
    expect(await previewOwnerChange(security, input)).toMatchObject({ validUntil, changes: { count: 2 } })
    const done = await applyOwnerChange(security, input)
    expect(done).toMatchObject({ validUntil, changes: { count: 2 }, already: { count: 1 } })
    const ends = async (id: string) => (await getIdentity(security, { id })).ownerships.map((each) => each.validUntil)
    expect([await ends(a), await ends(b), await ends(c)]).toEqual([[validUntil], [validUntil], [null]])
    expect((await listIdentityHistory(security, { id: b })).items).toMatchObject([{ after: { validUntil } }])
    expect(await restoreOwners(security, { id: done.id })).toEqual({ restored: 2, refused: 0 })
    expect(await liveRows()).toEqual(before)

    await applyOwnerChange(security, input)
    await db.query(`UPDATE ownership SET valid_until = now() WHERE org_id = $1 AND valid_until IS NOT NULL`, [orgId])
    expect(await expireOwnership(orgId)).toBe(2)
    expect(await statesOf([a, b, c])).toEqual(['none', 'none', 'suggested'])
  })

  it('leaves alone, when taken back, what somebody changed since, and says how many', async () => {
    const [a, b] = [await identity(), await identity()]
    const done = await applyOwnerChange(security, { change: 'assign', ids: [a, b], ownerKey: key(mia) })
    const [made] = (await getIdentity(asMia, { id: a })).ownerships
    await confirmOwner(asMia, { identityId: a, ownershipId: made?.id ?? '' })
    expect(await restoreOwners(security, { id: done.id })).toEqual({ restored: 1, refused: 1 })
    expect(await statesOf([a, b])).toEqual(['confirmed', 'none'])
  })

  it('is taken back by nobody else and not after its time', async () => {
    const done = await applyOwnerChange(security, { change: 'assign', ids: [await identity()], ownerKey: key(mia) })
    await expect(restoreOwners(asMia, { id: done.id })).rejects.toMatchObject({ code: 'not_found' })
    await db.query(`UPDATE bulk_change SET undo_until = now() - interval '1 second' WHERE id = $1`, [done.id])
    await expect(restoreOwners(security, { id: done.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('is refused as a whole to whoever may change none', async () => {
    const input: OwnerChange = { change: 'assign', ids: [await identity()], ownerKey: key(mia) }
    await expect(applyOwnerChange(auditor, input)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(applyOwnerChange(asMia, input)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('takes a selection of all that match, kept for its maker alone', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `robot-${n}`)
    for (const name of names) await identity({ name, kind: 'bot' })
    await identity({ name: 'other', kind: 'workload' })
    const chosen = await createIdentitySelection(security, { filter: { kind: ['bot'], q: 'robot-1' } })
    expect(chosen.count).toBe(11)
    const preview = await previewOwnerChange(security, {
      change: 'assign',
      selectionId: chosen.id,
      ownerKey: `team:${teamId}`,
    })
    expect(preview.changes).toMatchObject({ count: 11, samples: { length: 10 } })
    const other = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sol'))
    const input = { change: 'assign', selectionId: chosen.id, ownerKey: `team:${teamId}` } as const
    await expect(previewOwnerChange(other, input)).rejects.toMatchObject({ code: 'not_found' })
    expect((await applyOwnerChange(security, input)).changes.count).toBe(11)
    await db.query(`UPDATE selection SET expires_at = now() WHERE id = $1`, [chosen.id])
    await expect(applyOwnerChange(security, input)).rejects.toMatchObject({ code: 'not_found' })
    await expireOwnership(orgId)
    const { rows } = await db.query(`SELECT FROM selection_item WHERE org_id = $1`, [orgId])
    expect(rows).toHaveLength(0)
  })
})

describe('what is mine', () => {
  it('is attested, handed over and given up by its owner, each to be taken back', async () => {
    const [a, b, c] = [await identity({ name: 'a' }), await identity({ name: 'b' }), await identity({ name: 'c' })]
    const foreign = await identity({ name: 'theirs' })
    for (const id of [a, b, c])
      await makeOwnership(db, orgId, id, { owner_key: key(mia), label: 'Mia', state: 'assigned' })
    expect(await listMyOwnerships(asMia, {})).toMatchObject({ total: 3, due: 3, items: { length: 3 } })
    const before = await liveRows()

    const attested = await applyOwnerChange(asMia, { change: 'attest', ids: [a, b, foreign] })
    expect(attested).toMatchObject({ changes: { count: 2 }, refused: [{ count: 1 }] })
    expect(await statesOf([a, b, c])).toEqual(['confirmed', 'confirmed', 'suggested'])
    expect(await listMyOwnerships(asMia, { due: 'true' })).toMatchObject({
      due: 1,
      items: [{ identity: { name: 'c' }, attestation: 'never' }],
    })
    expect(await restoreOwners(asMia, { id: attested.id })).toEqual({ restored: 2, refused: 0 })
    expect(await liveRows()).toEqual(before)

    const moved = await applyOwnerChange(asMia, {
      change: 'transfer',
      ids: [a, b],
      ownerKey: key(noa),
      reason: 'new job',
    })
    expect(await listMyOwnerships(asMia, {})).toMatchObject({ total: 1 })
    expect(await listMyOwnerships(contextOf(orgId, noa), {})).toMatchObject({ total: 2 })
    expect(await restoreOwners(asMia, { id: moved.id })).toEqual({ restored: 2, refused: 0 })
    expect(await liveRows()).toEqual(before)

    const released = await applyOwnerChange(asMia, { change: 'release', ids: [c], reason: 'never was' })
    expect(released.changes.count).toBe(1)
    expect(await statesOf([c])).toEqual(['none'])
    const timeline = await listOwnerAssertions(auditor, { id: c })
    expect(timeline.items).toMatchObject([{ endedReason: 'not_mine', endedBy: 'Mia', endedNote: 'never was' }])
    await expect(getIdentity(asMia, { id: c })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is to be attested again after the days that the organization set', async () => {
    const id = await identity()
    const attested = { state: 'confirmed', attested_at: new Date(Date.now() - 100 * 86_400_000) }
    const ownership = await makeOwnership(db, orgId, id, { owner_key: key(mia), label: 'Mia', ...attested })
    const read = async () => {
      const { items, due, attestEveryDays } = await listMyOwnerships(asMia, {})
      const mine = items.find((item) => item.ownership.id === ownership)
      return { attestation: mine?.attestation, due, days: attestEveryDays }
    }
    const before = await read()
    expect(before).toMatchObject({ attestation: 'fresh', days: 180 })
    await db.query(`UPDATE organization SET attest_after_days = 90 WHERE id = $1`, [orgId])
    expect(await read()).toEqual({ attestation: 'due', due: before.due + 1, days: 90 })
    expect(await listOwnerAssertions(auditor, { id })).toMatchObject({ attestEveryDays: 90 })
    await db.query(`UPDATE organization SET attest_after_days = 180 WHERE id = $1`, [orgId])
  })

  it('lapses on its day', async () => {
    const id = await identity()
    const until = new Date(Date.now() - 1000)
    await makeOwnership(db, orgId, id, { owner_key: key(mia), label: 'Mia', state: 'assigned', valid_until: until })
    await expect(getIdentity(asMia, { id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await expireOwnership(orgId)).toBe(1)
    expect(await statesOf([id])).toEqual(['none'])
  })
})

describe('sources that disagree', () => {
  it('show as a conflict until one of them is chosen', async () => {
    const id = await identity()
    const tag = { owner_key: key(mia), label: 'Mia', source: 'tag', confidence: 70, evidence: 'tag:owner' }
    const chosen = await makeOwnership(db, orgId, id, tag)
    await makeOwnership(db, orgId, id, {
      owner_key: `team:${teamId}`,
      label: 'Payments',
      source: 'annotation',
      confidence: 65,
    })
    const before = await listOwnerAssertions(security, { id })
    expect(before.conflict).toHaveLength(2)
    expect((await getIdentity(security, { id })).traits).toContain('owner_conflict')
    const after = await resolveOwnerConflict(security, { identityId: id, ownershipId: chosen })
    expect(after).toMatchObject({
      traits: [],
      ownerships: [{ label: 'Mia', state: 'confirmed', source: 'tag', confidence: 70 }],
    })
    expect((await listOwnerAssertions(security, { id })).items).toHaveLength(2)
    await expect(resolveOwnerConflict(security, { identityId: id, ownershipId: chosen })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(resolveOwnerConflict(security, { identityId: id, ownershipId: randomUUID() })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

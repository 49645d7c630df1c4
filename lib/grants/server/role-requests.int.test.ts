import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listEvents } from '@/lib/audit/server/list-events'
import { createInvitation } from '@/lib/organizations/server/create-invitation'
import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { resolveSession } from '@/lib/platform/auth/resolve-session'
import { type Context, makeContext, type Role } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { toProblem } from '@/lib/platform/http/problem'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { AskableRole } from '../values'
import { activateGrant } from './activate-grant'
import { applyGrant } from './apply-grant'
import { decideGrant } from './approve-grant'
import { releaseGrant } from './end-grant'
import { getGrant, listGrants } from './list-grants'
import { listRoles, requestRole } from './request-role'

let org: TestOrganization
let db: pg.Client

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(async () => {
  await db.end()
  await closePool()
})

/** As the next request of this person would have it, with what the database says by then. */
async function nextRequestOf(role: Role): Promise<Context> {
  const { userId } = org.users[role]
  const { rows } = await db.query(`SELECT id FROM session WHERE user_id = $1`, [userId])
  const person = await resolveSession({ sessionId: rows[0].id, userId })
  if (!person?.active) throw new Error('nobody is signed in')
  return contextOfPerson(person, person.active, { id: randomUUID() })
}

const readsTrail = (ctx: Context) => listEvents(ctx, { limit: 1 }).then(() => true)
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => toProblem(error, 'r1'),
  )

async function active(role: AskableRole, by: Context[], asker: Role = 'member'): Promise<string> {
  const { id, listHash } = await requestRole(org.as[asker], {
    role,
    task: 'Look into the trail of last night',
    seconds: 900,
  })
  for (const ctx of by) await decideGrant(ctx, { id, listHash, verdict: 'approved' })
  await activateGrant(org.as[asker], { id })
  return id
}

describe('a role for a time', () => {
  it('is what a denial offers, is agreed to by somebody else, counts at the next request, and ends by itself', async () => {
    const denial = await refusalOf(readsTrail(org.as.member))
    expect(denial).toMatchObject({
      code: 'forbidden',
      missing: { permission: 'audit_event:list', roles: expect.arrayContaining(['auditor', 'admin']) },
      access_request: { template: 'role_for_a_time' },
    })
    expect(denial?.access_request?.form_url).toContain('/ask?role=')
    const wanted = { role: 'auditor' as const, task: 'Look into the trail of last night', seconds: 900 }
    const { id, listHash, state, tier } = await requestRole(org.as.member, wanted)
    expect([state, tier]).toEqual(['requested', 'high'])
    await expect(requestRole(org.as.member, wanted)).rejects.toMatchObject({ code: 'conflict' })
    await expect(decideGrant(org.as.member, { id, listHash, verdict: 'approved' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(activateGrant(org.as.member, { id })).rejects.toMatchObject({ code: 'forbidden' })
    const inbox = await listGrants(org.as.security, { view: 'inbox', limit: 50 })
    expect(inbox.items.map((grant) => grant.id)).toContain(id)
    await decideGrant(org.as.security, { id, listHash, verdict: 'approved' })
    expect(await refusalOf(nextRequestOf('member').then(readsTrail))).toBeDefined()
    expect((await activateGrant(org.as.member, { id })).state).toBe('active')
    const elevated = await nextRequestOf('member')
    expect(elevated.actor).toMatchObject({ role: 'member', grantedRoles: ['auditor'] })
    expect(await readsTrail(elevated)).toBe(true)
    expect((await listRoles(elevated)).items.find(({ role }) => role === 'auditor')).toMatchObject({
      isHeld: true,
      openId: id,
    })
    // Its end is the database's clock, with or without a worker.
    await db.query(`UPDATE access_grant SET ends_at = clock_timestamp(), wake_at = now() WHERE id = $1`, [id])
    expect((await nextRequestOf('member')).actor).toMatchObject({ grantedRoles: [] })
    expect(await refusalOf(nextRequestOf('member').then(readsTrail))).toMatchObject({ code: 'forbidden' })
    await applyGrant(org.job, { id })
    expect(await getGrant(org.as.auditor, { id })).toMatchObject({
      state: 'ended',
      endReason: 'expired',
      proof: 'runtime',
    })
  })

  it('of the highest weight needs two, and appoints nobody who would outlive it', async () => {
    const { id, listHash } = await requestRole(org.as.reviewer, {
      role: 'admin',
      task: 'Mend the settings',
      seconds: 900,
    })
    await decideGrant(org.as.admin, { id, listHash, verdict: 'approved' })
    await expect(activateGrant(org.as.reviewer, { id })).rejects.toMatchObject({ code: 'forbidden' })
    await decideGrant(org.as.security, { id, listHash, verdict: 'approved' })
    await activateGrant(org.as.reviewer, { id })
    const elevated = await nextRequestOf('reviewer')
    expect(await readsTrail(elevated)).toBe(true)
    const invite = (ctx: Context) => createInvitation(ctx, { email: `x-${randomUUID()}@example.org`, role: 'admin' })
    expect(await refusalOf(invite(elevated))).toMatchObject({ code: 'forbidden' })
    expect(await refusalOf(invite(org.as.admin))).toBeUndefined()
    await releaseGrant(org.as.reviewer, { id, reason: 'done' })
    expect((await nextRequestOf('reviewer')).actor).toMatchObject({ grantedRoles: [] })
  })

  it('counts in its own organization alone, and not for a key', async () => {
    await active('security', [org.as.admin])
    const { userId } = org.users.member
    const other = await testOrganization()
    await db.query(`INSERT INTO membership (org_id, user_id, role) VALUES ($1, $2, 'member')`, [other.orgId, userId])
    const { rows } = await db.query(`SELECT id FROM session WHERE user_id = $1`, [userId])
    const person = await resolveSession({ sessionId: rows[0].id, userId })
    const roles = new Map(person?.organizations.map(({ orgId, grantedRoles }) => [orgId, grantedRoles]))
    expect(roles.get(org.orgId)).toEqual(['security'])
    expect(roles.get(other.orgId)).toEqual([])
    const key = {
      kind: 'api_key' as const,
      id: randomUUID(),
      name: 'k',
      ownerId: userId,
      role: 'member' as const,
      teamIds: [],
    }
    const ctx = makeContext({ ...key, scopes: ['grants:write'] }, tenantOf(org.orgId), { id: 'r' })
    await expect(requestRole(ctx, { role: 'admin', task: 'Take over', seconds: 900 })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('is bounded, and nobody’s who keeps apart', async () => {
    const wanted = { role: 'admin' as const, task: 'Mend the settings', seconds: 5 * 3600 }
    await expect(requestRole(org.as.security, wanted)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(requestRole(org.as.auditor, { ...wanted, seconds: 900 })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await listRoles(org.as.auditor)).can.request).toBe(false)
  })
})

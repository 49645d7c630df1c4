import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { activateGrant } from '@/lib/grants/server/activate-grant'
import { applyGrant } from '@/lib/grants/server/apply-grant'
import { decideGrant } from '@/lib/grants/server/approve-grant'
import { releaseGrant } from '@/lib/grants/server/end-grant'
import { requestGrant } from '@/lib/grants/server/request-grant'
import { declareIncident } from '@/lib/incidents/server/create-incident'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { resolveSession } from '@/lib/platform/auth/resolve-session'
import { checkAction } from '@/lib/platform/authz/check'
import type { Context, Role } from '@/lib/platform/context'
import { hashPassword } from '@/lib/platform/crypto/password'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { confirmSession } from '@/lib/users/server/confirm-session'
import { type InvokeInput, PreviewUseInput } from '../schema'
import { confirmationWords } from '../values'
import { reviewUse } from './certify-use'
import { invokeBreakGlass } from './create-use'
import { getUse, listOpenUses, listUses } from './list-uses'
import { markSeen } from './mark-seen'
import { previewUse } from './preview-use'
import { refreshUse } from './refresh-uses'

const password = 'correct horse battery staple'
let db: pg.Client
let org: TestOrganization

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

afterAll(async () => {
  await db.end()
  await closePool()
})

beforeEach(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  await db.query(
    `UPDATE user_account SET password_hash = $2 WHERE id IN (SELECT user_id FROM membership WHERE org_id = $1)`,
    [org.orgId, await hashPassword(password)],
  )
})

/** What a next request of somebody has, as their session says by then. */
async function nextRequestOf(role: Role): Promise<Context> {
  const { actor } = org.as[role]
  if (actor.kind !== 'user') throw new Error('a person is needed')
  const found = await resolveSession({ sessionId: actor.sessionId, userId: actor.id })
  if (!found?.active) throw new Error('the session does not hold')
  return contextOfPerson(found, found.active, { id: randomUUID() })
}

const reasons = { reason: 'Nobody who is an administrator answers.', reference: 'OPS-77' }

async function invoke(ctx: Context, more: Partial<InvokeInput> = {}) {
  const wanted = { role: 'security' as const, ...(more.incidentId ? { incidentId: more.incidentId } : {}) }
  const { listHash } = await previewUse(ctx, wanted)
  return invokeBreakGlass(ctx, {
    ...{ role: 'security', ...reasons, seconds: 900, listHash, confirmation: confirmationWords },
    ...more,
  })
}

const confirmed = async (ctx: Context) => {
  await confirmSession(ctx, { password })
  return ctx
}

async function end(id: string): Promise<void> {
  await releaseGrant(org.as.member, { id, reason: 'done' })
  await applyGrant(org.job, { id })
  await refreshUse(org.job, { id })
}

const said = 'Looked at it with the team.'
const findings = { necessity: said, scope: said, changes: said, followUp: said }

describe('break-glass', () => {
  it('is begun by whoever proved just now that it is they, and by nobody else', async () => {
    const { member } = org.as
    await expect(invoke(member)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('Prove') })
    await expect(confirmSession(member, { password: 'not this one, sorry' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(invoke(member)).rejects.toMatchObject({ code: 'forbidden' })
    const use = await invoke(await confirmed(member))
    expect(use).toMatchObject({ state: 'active', what: 'The role security', grant: { needed: 0, approvals: [] } })
    // What was proved is used up.
    await expect(invoke(member, { isDrill: true })).rejects.toMatchObject({ code: 'forbidden' })
    // And it does not hold for ever.
    await confirmed(member)
    await db.query(`UPDATE session SET confirmed_at = now() - interval '6 minutes' WHERE user_id = $1`, [
      org.users.member.userId,
    ])
    await expect(invoke(member)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('wants the typed words, an incident or a reference, and four hours at most', async () => {
    const member = await confirmed(org.as.member)
    await expect(invoke(member, { confirmation: 'yes' })).rejects.toThrow(/Type/)
    await expect(invoke(member, { reference: null })).rejects.toThrow(/Name the incident/)
    await expect(invoke(member, { seconds: 5 * 3600 })).rejects.toThrow(/4 hours/)
    await expect(invoke(member, { isDrill: true, seconds: 3600 })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('counts at the next request, marks what is done with it, and ends by itself', async () => {
    const use = await invoke(await confirmed(org.as.member))
    const elevated = await nextRequestOf('member')
    expect(elevated.actor).toMatchObject({ grantedRoles: ['security'], breakGlassId: use.id })
    await declareIncident(elevated, { title: 'The shop is down', severity: 'sev2' })
    const [deed] = (await getUse(org.as.admin, { id: use.id })).deeds ?? []
    expect(deed).toMatchObject({ what: 'incident.declare', by: org.users.member.name })
    await db.query(
      `UPDATE access_grant SET started_at = started_at - interval '1 hour', ends_at = ends_at - interval '1 hour' WHERE id = $1`,
      [use.id],
    )
    expect((await nextRequestOf('member')).actor).toMatchObject({ grantedRoles: [], breakGlassId: null })
    await applyGrant(org.job, { id: use.id })
    expect(await getUse(org.as.admin, { id: use.id })).toMatchObject({ state: 'to_review', grant: { state: 'ended' } })
  })

  it('stays in the worst incident, which narrows what people agreed to', async () => {
    const use = await invoke(await confirmed(org.as.member))
    await declareIncident(org.as.admin, { title: 'Everything leaks', severity: 'sev1' })
    const target = {
      kind: 'access_grant',
      id: use.id,
      attr: { ...grantAttr(use.grant), incident: 'sev1', forIncident: 'none' },
    }
    expect((await checkAction(org.job.actor, 'keep', target)).allowed).toBe(true)
    const ordinary = { ...target, attr: { ...target.attr, breakGlass: false, agreed: 2, agreedOutside: 1, needed: 2 } }
    expect((await checkAction(org.job.actor, 'keep', ordinary)).allowed).toBe(false)
  })

  it('tells everybody whose word was not waited for, and one of them says that they have seen it', async () => {
    const { admin, member } = org.as
    const use = await invoke(await confirmed(member))
    expect(use.skipped.map(({ id }) => id).sort()).toEqual([org.users.admin.userId, org.users.security.userId].sort())
    for (const role of ['admin', 'security', 'auditor'] as const) {
      const [told] = (await listNotifications(org.as[role], { limit: 10 })).items
      expect(told).toMatchObject({ kind: 'break_glass', path: `/break-glass/${use.id}` })
    }
    expect((await listOpenUses(admin)).map(({ id }) => id)).toEqual([use.id])
    await expect(markSeen(member, { id: use.id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await markSeen(admin, { id: use.id })).toMatchObject({
      seenBy: org.users.admin.name,
      can: { acknowledge: false },
    })
    await expect(markSeen(org.as.security, { id: use.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('tells more people when nobody has seen it, once', async () => {
    const use = await invoke(await confirmed(org.as.member))
    await refreshUse(org.job, { id: use.id })
    expect((await getUse(org.as.admin, { id: use.id })).escalatedAt).toBeNull()
    await db.query(`UPDATE break_glass_use SET alert_due_at = now() - interval '1 second' WHERE id = $1`, [use.id])
    await Promise.all([refreshUse(org.job, { id: use.id }), refreshUse(org.job, { id: use.id })])
    const {
      escalatedAt,
      grant: { events },
    } = await getUse(org.as.admin, { id: use.id })
    expect(escalatedAt).not.toBeNull()
    expect(events.filter(({ what }) => what === 'escalate')).toHaveLength(1)
  })

  it('is reviewed once, by somebody who had no part in it', async () => {
    const { admin, auditor, member } = org.as
    const use = await invoke(await confirmed(member))
    await expect(reviewUse(admin, { id: use.id, verdict: 'justified', findings })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await end(use.id)
    await expect(reviewUse(member, { id: use.id, verdict: 'justified', findings })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await reviewUse(auditor, { id: use.id, verdict: 'unjustified', findings })).toMatchObject({
      ...{ state: 'reviewed', verdict: 'unjustified', reviewer: org.users.auditor.name, findings },
    })
    await expect(reviewUse(admin, { id: use.id, verdict: 'justified', findings })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(db.query(`UPDATE break_glass_use SET verdict = 'justified' WHERE id = $1`, [use.id])).rejects.toThrow(
      /stays/,
    )
    const [told] = (await listNotifications(member, { limit: 5 })).items
    expect(told?.subject).toContain('unjustified')
  })

  it('needs a second person before the last use was reviewed', async () => {
    const { admin, member } = org.as
    const first = await invoke(await confirmed(member))
    await end(first.id)
    const second = await invoke(await confirmed(member))
    expect(second).toMatchObject({
      state: 'waiting',
      exception: 'second_use',
      grant: { state: 'requested', needed: 1 },
    })
    expect((await nextRequestOf('member')).actor).toMatchObject({ grantedRoles: [] })
    const { listHash } = second.grant
    await expect(decideGrant(member, { id: second.id, listHash, verdict: 'approved' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await decideGrant(admin, { id: second.id, listHash, verdict: 'approved' })
    await activateGrant(member, { id: second.id })
    expect(await getUse(admin, { id: second.id })).toMatchObject({ state: 'active' })
    // Whoever agreed has a part in it.
    await end(second.id)
    expect((await getUse(admin, { id: second.id })).can.review).toBe(false)
    expect((await getUse(org.as.security, { id: second.id })).can.review).toBe(true)
  })

  it('is blocked while a review is overdue, but for a new incident of severity 1 and with a second person', async () => {
    const { admin, member, reviewer } = org.as
    const use = await invoke(await confirmed(member))
    await end(use.id)
    await db.query(`UPDATE break_glass_use SET review_due_at = now() - interval '1 minute' WHERE id = $1`, [use.id])
    await refreshUse(org.job, { id: use.id })
    expect((await listNotifications(admin, { limit: 1 })).items[0]?.subject).toContain('overdue')
    await confirmed(reviewer)
    await expect(invoke(reviewer)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('overdue'),
    })
    const lesser = await declareIncident(admin, { title: 'A little leak', severity: 'sev2' })
    await expect(invoke(reviewer, { incidentId: lesser.id })).rejects.toMatchObject({ code: 'forbidden' })
    const worst = await declareIncident(admin, { title: 'Everything leaks', severity: 'sev1' })
    expect(await invoke(reviewer, { incidentId: worst.id })).toMatchObject({
      state: 'waiting',
      exception: 'overdue_review',
    })
    await reviewUse(org.as.auditor, { id: use.id, verdict: 'justified', findings })
    expect(
      await invoke(await confirmed(org.as.security), { role: 'admin', listHash: await hashOf('admin') }),
    ).toMatchObject({ state: 'active' })
  })

  it('as a drill takes the same way, blocks nobody, and fails by an alert that nobody saw', async () => {
    const { admin, member } = org.as
    const use = await invoke(await confirmed(member), { isDrill: true })
    await db.query(`UPDATE break_glass_use SET alert_due_at = now() - interval '1 second' WHERE id = $1`, [use.id])
    await end(use.id)
    expect((await getUse(admin, { id: use.id })).drillFailures).toEqual(['Nobody has seen the alert.'])
    await db.query(`UPDATE break_glass_use SET review_due_at = now() - interval '1 minute' WHERE id = $1`, [use.id])
    expect(await invoke(await confirmed(member))).toMatchObject({ state: 'active', exception: null })
    const good = await invoke(await confirmed(org.as.reviewer), { isDrill: true })
    await markSeen(admin, { id: good.id })
    await releaseGrant(org.as.reviewer, { id: good.id, reason: 'done' })
    await applyGrant(org.job, { id: good.id })
    expect(await reviewUse(org.as.auditor, { id: good.id, verdict: 'justified', findings })).toMatchObject({
      drillFailures: [],
    })
  })

  it('is asked for by people alone, seen by those who look after security, and of nobody else', async () => {
    const use = await invoke(await confirmed(org.as.member))
    await expect(previewUse(org.job, { role: 'admin' })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await listUses(org.as.member, { limit: 10 })).items.map(({ id }) => id)).toEqual([use.id])
    expect((await listUses(org.as.reviewer, { limit: 10 })).items).toEqual([])
    expect((await listUses(org.as.auditor, { limit: 10 })).items.map(({ id }) => id)).toEqual([use.id])
    const other = await testOrganization()
    await expect(getUse(other.as.admin, { id: use.id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('leaves the ordinary way as it was: what people agree to needs people', async () => {
    const { id } = await invoke(await confirmed(org.as.member))
    await expect(db.query(`UPDATE access_grant SET break_glass = false WHERE id = $1`, [id])).rejects.toThrow(/check/)
    await expect(db.query(`UPDATE access_grant SET seconds = 86400 WHERE id = $1`, [id])).rejects.toThrow(/check/)
    expect(PreviewUseInput.safeParse({ role: 'member' }).success).toBe(false)
    await expect(
      requestGrant(org.as.member, { rights: [], task: 'look at it', seconds: 900, listHash: 'x' }),
    ).rejects.toThrow(/what is needed/)
  })
})

const hashOf = async (role: 'admin' | 'security') => (await previewUse(org.as.security, { role })).listHash

function grantAttr(grant: { tier: string; needed: number }) {
  return {
    tier: grant.tier,
    needed: grant.needed,
    agreed: 0,
    agreedOutside: 0,
    denied: 0,
    breakGlass: true,
    preapproved: false,
  }
}

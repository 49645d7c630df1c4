import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { resolveContext } from '@/lib/decisions/server/resolve-context'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import { type Context, makeContext } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { warmUp } from '@/lib/platform/testing/context'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import type { RequestGrantInput } from '../schema'
import { activateGrant } from './activate-grant'
import { applyGrant } from './apply-grant'
import { decideGrant } from './approve-grant'
import { closeTicket, releaseGrant, revokeGrant } from './end-grant'
import { getGrant, listGrants } from './list-grants'
import { previewGrant } from './preview-grant'
import { requestDueGrants } from './request-due-grants'
import { requestGrant } from './request-grant'

let org: TestOrganization
let shop: ShopAccounts
let readers: string

const names = [
  'svc_task',
  'svc_standing',
  'svc_killed',
  'svc_late',
  'svc_early',
  'svc_policy',
  'svc_ticket',
  'svc_group',
]
const takesRole = 'SET ROLE readers'

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  shop = await startShopAccounts(org, names)
  const { rows } = await shop.db.query(`SELECT id FROM role WHERE org_id = $1 AND external_id = 'role:readers'`, [
    org.orgId,
  ])
  readers = rows[0].id
  await shop.onServer('SET ROLE bailiwick; GRANT readers TO svc_standing')
  const lives = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])
  await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: lives.rows[0].id })).id })
})

afterAll(async () => {
  await shop.stop()
  await closePool()
})

const idOf = (name: string) => shop.ids.get(name) ?? ''
const passwordOf = (name: string) => shop.passwords.get(name) ?? ''
const may = (name: string) => shop.may(name, passwordOf(name), takesRole)
const apply = (id: string) => applyGrant(org.job, { id })
const stateOf = async (id: string) => (await getGrant(org.as.auditor, { id })).state

async function asked(
  name: string,
  more: Partial<RequestGrantInput> = {},
  ctx: Context = org.as.security,
): Promise<string> {
  const wanted = { identityId: idOf(name), rights: [{ nodeId: readers }] }
  const { listHash } = await previewGrant(ctx, wanted)
  return (await requestGrant(ctx, { ...wanted, task: 'Read the orders of yesterday', seconds: 900, listHash, ...more }))
    .id
}

async function agreed(id: string, ctx: Context = org.as.admin): Promise<void> {
  const { listHash } = await getGrant(ctx, { id })
  await decideGrant(ctx, { id, listHash, verdict: 'approved' })
}

async function active(name: string, more: Partial<RequestGrantInput> = {}, secret?: string): Promise<string> {
  const id = await asked(name, more)
  await agreed(id)
  await activateGrant(org.as.security, { id, ...(secret ? { secret } : {}) })
  await apply(id)
  expect(await stateOf(id)).toBe('active')
  return id
}

/** The grants of a subject that the decision point counts at this moment. */
async function counting(id: string, type = 'identity') {
  const context = await resolveContext(org.job.tenant, [
    { subject: { type, id }, resource: { type: 'bucket', id: 'any' } },
  ])
  return context.subject({ type, id }).live.activeGrants
}

/** Its end was so many seconds ago: nobody waits for it. */
const endsEarlier = (id: string, seconds: number) =>
  shop.db.query(
    `UPDATE access_grant SET started_at = started_at - interval '2 hours', ends_at = now() - make_interval(secs => $2), wake_at = now() WHERE id = $1`,
    [id, seconds],
  )

/** A member of the organization with a role and teams of their own. */
async function colleague(role: 'admin' | 'security', teamIds: string[]): Promise<Context> {
  const actor = {
    kind: 'user' as const,
    id: randomUUID(),
    name: `another ${role}`,
    email: 'x@example.org',
    role,
    teamIds,
    sessionId: randomUUID(),
  }
  return makeContext(actor, tenantOf(org.orgId), { id: randomUUID() })
}

describe('a grant', () => {
  it('is asked for, agreed to, given at the source, ends by its clock and is tried from outside', async () => {
    expect(await may('svc_task')).toBe(false)
    const preview = await previewGrant(org.as.security, { identityId: idOf('svc_task'), rights: [{ nodeId: readers }] })
    expect(preview).toMatchObject({
      problem: null,
      rights: [{ verdict: 'gets', name: 'readers' }],
      proposedSeconds: 1800,
    })
    const id = await asked('svc_task')
    await expect(activateGrant(org.as.security, { id })).rejects.toMatchObject({ code: 'forbidden' })
    const [told] = (await listNotifications(org.as.admin, { limit: 10 })).items
    expect(told).toMatchObject({ kind: 'grant_waits', path: `/grants/${id}` })
    await agreed(id)
    expect(await may('svc_task')).toBe(false)
    const secret = passwordOf('svc_task')
    expect((await activateGrant(org.as.security, { id, secret })).startedAt).toBeNull()
    await apply(id)
    const begun = await getGrant(org.as.auditor, { id })
    expect(begun).toMatchObject({ state: 'active', rights: [{ state: 'held' }] })
    expect(Date.parse(begun.endsAt ?? '') - Date.parse(begun.startedAt ?? '')).toBe(900_000)
    expect(await may('svc_task')).toBe(true)
    expect(await counting(idOf('svc_task'))).toEqual([id])
    await endsEarlier(id, 2)
    expect(await counting(idOf('svc_task'))).toEqual([])
    expect(await requestDueGrants()).toBeGreaterThan(0)
    await shop.db.query(`UPDATE access_grant SET wake_at = now() WHERE id = $1`, [id])
    await apply(id)
    expect(await may('svc_task')).toBe(false)
    const ended = await getGrant(org.as.auditor, { id })
    expect(ended).toMatchObject({ state: 'ended', endReason: 'expired', proof: 'refused_attempt', overrunSeconds: 0 })
    expect(ended.rights).toMatchObject([{ state: 'gone' }])
    expect(ended.events.at(-1)?.says).toMatch(/PostgreSQL refused SET ROLE "?readers"? \(42501\)/)
    expect(ended.events.map(({ no }) => no)).toEqual(ended.events.map((_, at) => at + 1))
    const { rows } = await shop.db.query(`SELECT sealed, wake_at FROM access_grant WHERE id = $1`, [id])
    expect(rows).toEqual([{ sealed: null, wake_at: null }])
    expect(JSON.stringify(ended)).not.toContain(secret)
    await expect(shop.db.query(`UPDATE access_grant SET state = 'active' WHERE id = $1`, [id])).rejects.toThrow(
      /stays ended/,
    )
    const audit = await shop.db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND target_id = $2 ORDER BY seq`,
      [org.orgId, id],
    )
    expect(audit.rows.map(({ action }) => action)).toEqual([
      ...[
        'grant.request',
        'grant.approve',
        'grant.activate',
        'grant.right.intended',
        'grant.right.held',
        'grant.start',
      ],
      ...['grant.expire', 'grant.right.withdrawing', 'grant.right.gone', 'grant.end'],
    ])
  })

  it('leaves alone what the account had before, and says so beforehand', async () => {
    const wanted = { identityId: idOf('svc_standing'), rights: [{ nodeId: readers }] }
    const preview = await previewGrant(org.as.security, wanted)
    expect(preview).toMatchObject({ problem: 'It has all of this already.', rights: [{ verdict: 'has_already' }] })
    const input = { ...wanted, task: 'Read the orders', seconds: 900, listHash: preview.listHash }
    await expect(requestGrant(org.as.security, input)).rejects.toMatchObject({ code: 'conflict' })
    // The inventory did not know of it yet.
    await shop.db.query(`UPDATE entitlement SET deleted_at = now() WHERE org_id = $1 AND from_id = $2`, [
      org.orgId,
      idOf('svc_standing'),
    ])
    const id = await asked('svc_standing')
    await agreed(id)
    await activateGrant(org.as.security, { id })
    await apply(id)
    expect(await getGrant(org.as.auditor, { id })).toMatchObject({
      state: 'refused',
      rights: [{ state: 'had_before' }],
    })
    expect(await may('svc_standing')).toBe(true)
  })

  it.each([
    ['before the source heard of it', false],
    ['after the source had done it', true],
  ])('goes on when its worker was killed %s', async (_, isDone) => {
    const id = await asked('svc_killed')
    await agreed(id)
    await activateGrant(org.as.security, { id })
    await shop.db.query(`UPDATE grant_right SET state = 'intended', told = 1 WHERE grant_id = $1`, [id])
    if (isDone) await shop.onServer('SET ROLE bailiwick; GRANT readers TO svc_killed')
    await apply(id)
    expect(await getGrant(org.as.auditor, { id })).toMatchObject({ state: 'active', rights: [{ state: 'held' }] })
    expect(await may('svc_killed')).toBe(true)
    await releaseGrant(org.as.security, { id, reason: 'done' })
    expect(await counting(idOf('svc_killed'))).toEqual([])
    // Killed again, after the source took it away.
    await shop.db.query(`UPDATE grant_right SET state = 'withdrawing', told = 2 WHERE grant_id = $1`, [id])
    if (isDone) await shop.onServer('SET ROLE bailiwick; REVOKE readers FROM svc_killed')
    await apply(id)
    const ended = await getGrant(org.as.auditor, { id })
    expect(ended).toMatchObject({ state: 'ended', endReason: 'released', proof: 'source_says' })
    expect(ended.events.at(-1)?.says).toMatch(/Nobody tried it/)
    expect(await may('svc_killed')).toBe(false)
  })

  it('is carried on by one worker at a time', async () => {
    const id = await asked('svc_killed')
    await agreed(id)
    await activateGrant(org.as.security, { id })
    await Promise.all([apply(id), apply(id), apply(id)])
    const { events } = await getGrant(org.as.auditor, { id })
    expect(events.filter(({ what }) => what === 'right_held')).toHaveLength(1)
    await revokeGrant(org.as.admin, { id, reason: 'enough' })
    await apply(id)
    expect(await stateOf(id)).toBe('ended')
  })

  it('that outlives its end is counted, told of, and taken away as soon as the source lets us', async () => {
    const id = await active('svc_late')
    await shop.onServer(
      'ALTER ROLE bailiwick NOCREATEROLE; REVOKE ADMIN OPTION FOR readers FROM bailiwick CASCADE; GRANT readers TO svc_late',
    )
    await endsEarlier(id, 95)
    await apply(id)
    const late = await getGrant(org.as.auditor, { id })
    expect(late).toMatchObject({ state: 'ending', proof: null })
    expect(late.overrunSeconds).toBeGreaterThanOrEqual(95)
    expect(late.problem).not.toBeNull()
    expect(await may('svc_late')).toBe(true)
    const [told] = (await listNotifications(org.as.admin, { limit: 10 })).items
    expect(told).toMatchObject({ kind: 'grant_overran', path: `/grants/${id}` })
    await shop.onServer(
      'REVOKE readers FROM svc_late; ALTER ROLE bailiwick CREATEROLE; GRANT readers TO bailiwick WITH ADMIN OPTION',
    )
    await shop.db.query(`UPDATE access_grant SET wake_at = now() WHERE id = $1`, [id])
    await apply(id)
    const ended = await getGrant(org.as.auditor, { id })
    expect(ended).toMatchObject({ state: 'ended', proof: 'source_says' })
    expect(ended.overrunSeconds).toBeGreaterThanOrEqual(late.overrunSeconds)
    expect(await may('svc_late')).toBe(false)
  })

  it('is not given when the policies say no by then, though it was agreed to', async () => {
    const id = await asked('svc_policy')
    await agreed(id)
    await activateGrant(org.as.security, { id })
    await shop.db.query(
      `INSERT INTO grant_approval (org_id, grant_id, user_id, name, verdict, is_outside, list_hash) VALUES ($1, $2, $3, 'Late', 'denied', true, 'x')`,
      [org.orgId, id, randomUUID()],
    )
    await apply(id)
    const refused = await getGrant(org.as.auditor, { id })
    expect(refused).toMatchObject({
      state: 'refused',
      problem: 'The policies do not allow it any more. Nothing was given.',
    })
    expect(await may('svc_policy')).toBe(false)
  })

  it('ends with its ticket', async () => {
    const id = await active('svc_ticket', { ticket: 'OPS-7' })
    const waiting = await asked('svc_policy', { ticket: 'OPS-7' })
    await agreed(waiting)
    const { ended } = await closeTicket(org.as.admin, { ticket: 'OPS-7', reason: 'closed' })
    expect(ended.toSorted()).toEqual([id, waiting].toSorted())
    await apply(id)
    expect(await getGrant(org.as.auditor, { id })).toMatchObject({ state: 'ended', endReason: 'ticket_closed' })
    expect(await stateOf(waiting)).toBe('denied')
    expect(await may('svc_ticket')).toBe(false)
  })

  it('lapses when nobody decides, and when it is not activated', async () => {
    const [one, two] = [await asked('svc_early'), await asked('svc_early')]
    await agreed(two)
    await shop.db.query(`UPDATE access_grant SET lapses_at = now() - interval '1 second' WHERE id = ANY ($1)`, [
      [one, two],
    ])
    await expect(agreed(one)).rejects.toMatchObject({ code: 'conflict' })
    await expect(activateGrant(org.as.security, { id: two })).rejects.toMatchObject({ code: 'conflict' })
    await Promise.all([apply(one), apply(two)])
    expect([await stateOf(one), await stateOf(two)]).toEqual(['lapsed', 'lapsed'])
  })
})

describe('duties', () => {
  it('nobody agrees to their own request, nor who answers for the account by name', async () => {
    const id = await asked('svc_early')
    await expect(agreed(id, org.as.security)).rejects.toMatchObject({ code: 'forbidden' })
    await shop.db.query(
      `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state) VALUES ($1, $2, $3, 'Ada', 'technical', 'assigned')`,
      [org.orgId, idOf('svc_early'), `user:${org.users.admin.userId}`],
    )
    // Also who came to answer for it after it was asked for.
    await expect(agreed(id)).rejects.toMatchObject({ code: 'forbidden' })
    await agreed(id, await colleague('admin', []))
    expect(await stateOf(id)).toBe('approved')
  })

  it('a group does not agree alone to what one of it asks for', async () => {
    const team = randomUUID()
    const [asker, mate] = [await colleague('security', [team]), await colleague('admin', [team])]
    const id = await asked('svc_group', {}, asker)
    await expect(agreed(id, mate)).rejects.toMatchObject({ code: 'forbidden' })
    await agreed(id, org.as.admin)
    expect((await getGrant(asker, { id })).approvals).toMatchObject([{ isOutside: true }])
    // Where two are needed, one of them may be of the group, but not the one who settles it alone.
    const second = await asked('svc_group', {}, asker)
    await shop.db.query(`UPDATE access_grant SET needed = 2 WHERE id = $1`, [second])
    await agreed(second, mate)
    expect(await stateOf(second)).toBe('requested')
    const another = await colleague('security', [team])
    await expect(agreed(second, another)).rejects.toMatchObject({ code: 'forbidden' })
    await agreed(second, org.as.admin)
    expect(await stateOf(second)).toBe('approved')
  })

  it('an agreement is to one list, and counted once', async () => {
    const id = await asked('svc_group')
    const no = decideGrant(org.as.admin, { id, listHash: 'another', verdict: 'approved' })
    await expect(no).rejects.toMatchObject({ code: 'precondition_failed' })
    const { listHash } = await getGrant(org.as.admin, { id })
    const both = await Promise.allSettled(
      [1, 2].map(() => decideGrant(org.as.admin, { id, listHash, verdict: 'approved' })),
    )
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('a member sees and asks for what is theirs alone', async () => {
    const own = { mode: 'runtime' as const, rights: [{ nodeId: readers }] }
    const { listHash } = await previewGrant(org.as.member, own)
    const { id } = await requestGrant(org.as.member, { ...own, task: 'Look at the orders', seconds: 900, listHash })
    const mine = await listGrants(org.as.member, { view: 'all', limit: 50 })
    expect(mine.items.map((grant) => grant.id)).toEqual([id])
    const inbox = await listGrants(org.as.security, { view: 'inbox', limit: 50 })
    expect(inbox.items.find((grant) => grant.id === id)?.can).toMatchObject({ approve: true, deny: true })
    await agreed(id, org.as.security)
    await activateGrant(org.as.member, { id })
    expect(await counting(org.users.member.userId, 'user')).toEqual([id])
    await releaseGrant(org.as.member, { id, reason: 'done' })
    expect(await counting(org.users.member.userId, 'user')).toEqual([])
    await apply(id)
    expect(await getGrant(org.as.member, { id })).toMatchObject({ state: 'ended', proof: 'runtime' })
    const others = { identityId: idOf('svc_task'), rights: [{ nodeId: readers }] }
    await expect(previewGrant(org.as.member, others)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(getGrant((await testOrganization()).as.admin, { id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('more time is a new request, and none is beyond the bound', async () => {
    await expect(asked('svc_group', { seconds: 14 * 86_400 })).rejects.toMatchObject({ code: 'invalid_input' })
    const first = await asked('svc_group')
    expect(await getGrant(org.as.auditor, { id: await asked('svc_group', { parentId: first }) })).toMatchObject({
      parentId: first,
    })
    await expect(asked('svc_early', { parentId: first })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

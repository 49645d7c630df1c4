import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import type { RequestGrantInput } from '@/lib/grants/schema'
import { activateGrant } from '@/lib/grants/server/activate-grant'
import { applyGrant } from '@/lib/grants/server/apply-grant'
import { decideGrant } from '@/lib/grants/server/approve-grant'
import { getGrant } from '@/lib/grants/server/list-grants'
import { previewGrant } from '@/lib/grants/server/preview-grant'
import { requestGrant } from '@/lib/grants/server/request-grant'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import { checkAction } from '@/lib/platform/authz/check'
import { decisionPoint } from '@/lib/platform/authz/client'
import { type Context, makeContext } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type ShopAccounts, startShopAccounts } from '@/lib/platform/testing/shop-accounts'
import { declareIncident } from './create-incident'
import { endIncident } from './end-incident'
import { getIncident, listIncidents, listScopeChoices } from './list-incidents'
import { listOpenIncidents } from './list-open-incidents'
import { refreshGrants } from './refresh-grants'
import { changeIncident } from './update-incident'

let org: TestOrganization
let shop: ShopAccounts
let readers: string
let source: string
const names = [
  'svc_open',
  'svc_responder',
  'svc_approved',
  'svc_given',
  'svc_elsewhere',
  'svc_down',
  'svc_killed',
  'svc_late',
]

beforeAll(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
  shop = await startShopAccounts(org, names)
  const { rows } = await shop.db.query(
    `SELECT id, source_id FROM role WHERE org_id = $1 AND external_id = 'role:readers'`,
    [org.orgId],
  )
  readers = rows[0].id
  source = rows[0].source_id
  const lives = await shop.db.query(`SELECT id FROM live_connection WHERE org_id = $1`, [org.orgId])
  await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id: lives.rows[0].id })).id })
})

afterAll(async () => {
  await shop.stop()
  await closePool()
})

const may = (name: string) => shop.may(name, shop.passwords.get(name) ?? '', 'SET ROLE readers')
const apply = (id: string) => applyGrant(org.job, { id })
const look = (id: string) => refreshGrants(org.job, { id })
const grantOf = (id: string) => getGrant(org.as.auditor, { id })

async function agreedTo(name: string, more: Partial<RequestGrantInput> = {}): Promise<string> {
  const wanted = { identityId: shop.ids.get(name) ?? '', rights: [{ nodeId: readers }] }
  const { listHash } = await previewGrant(org.as.security, wanted)
  const { id } = await requestGrant(org.as.security, {
    ...{ ...wanted, task: 'Read the orders of yesterday', seconds: 900, listHash },
    ...more,
  })
  await decideGrant(org.as.admin, { id, listHash, verdict: 'approved' })
  return id
}

async function active(name: string, more: Partial<RequestGrantInput> = {}): Promise<string> {
  const id = await agreedTo(name, more)
  await activateGrant(org.as.security, { id })
  await apply(id)
  expect(await grantOf(id)).toMatchObject({ state: 'active' })
  return id
}

const declared = async (more: Partial<Parameters<typeof declareIncident>[1]> = {}, ctx: Context = org.as.admin) =>
  (await declareIncident(ctx, { title: 'Keys are leaking', severity: 'sev1', ...more })).id

const over = async (id: string) => {
  await endIncident(org.as.admin, { id, learned: 'Keys belong into the store.' })
  await look(id)
}

describe('an incident', () => {
  it('ends every open grant that the policies no longer allow, lists it with the reason, and is seen to end at the source', async () => {
    const open = await active('svc_open')
    const waiting = await agreedTo('svc_approved')
    expect(await may('svc_open')).toBe(true)
    const id = await declared()
    // A responder's: what is asked for it, by the same way as always.
    const responder = await active('svc_responder', { incidentId: id })
    expect((await getIncident(org.as.auditor, { id })).isLooking).toBe(true)
    await look(id)
    const page = await getIncident(org.as.auditor, { id })
    expect(page.isLooking).toBe(false)
    expect(page.grants?.ended.map((each) => each.id).toSorted()).toEqual([open, waiting].toSorted())
    expect(page.grants?.ended[0]?.why).toBe(
      'Incident Keys are leaking (severity 1) reaches what it gives. Until it is over only what is for it stays, and what is of ordinary weight.',
    )
    expect(page.grants?.asked).toMatchObject([{ id: responder, state: 'active', title: 'readers for svc_responder' }])
    expect(page.events.map(({ what }) => what)).toEqual(['declared', 'looked'])
    expect(page.events[1]?.says).toBe('3 open grants put to the policies again: 2 ended, 1 left as they are.')
    expect(await grantOf(open)).toMatchObject({ state: 'ending', endReason: 'incident', endedByIncident: id })
    expect(await grantOf(waiting)).toMatchObject({ state: 'denied', endedByIncident: id })
    await apply(open)
    expect(await grantOf(open)).toMatchObject({ state: 'ended', endReason: 'incident', proof: 'source_says' })
    expect([await may('svc_open'), await may('svc_responder')]).toEqual([false, true])
    const told = (await listNotifications(org.as.security, { limit: 20 })).items
    expect(told.filter(({ kind }) => kind === 'grant_decided').map(({ path }) => path)).toEqual(
      expect.arrayContaining([`/grants/${open}`, `/grants/${waiting}`]),
    )

    // Leaving it: what was for it ends too.
    await over(id)
    const left = await getIncident(org.as.auditor, { id })
    expect(left).toMatchObject({ state: 'ended', learned: 'Keys belong into the store.', isLooking: false })
    expect(left.grants?.ended[0]).toMatchObject({
      id: responder,
      why: 'It was for an incident that is over: Keys are leaking.',
    })
    await apply(responder)
    expect(await may('svc_responder')).toBe(false)
    const audit = await shop.db.query(
      `SELECT action FROM audit_event WHERE org_id = $1 AND target_id = $2 ORDER BY seq`,
      [org.orgId, id],
    )
    expect(audit.rows.map(({ action }) => action)).toEqual([
      ...['incident.declare', 'incident.look_at_grants', 'incident.end', 'incident.look_at_grants'],
    ])
  })

  it('lets nothing begin that it would end, not even what is being given', async () => {
    const [waiting, given] = [await agreedTo('svc_approved'), await agreedTo('svc_given')]
    await activateGrant(org.as.security, { id: given })
    const id = await declared({ severity: 'sev2' })
    await expect(activateGrant(org.as.security, { id: waiting })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await grantOf(waiting)).can.activate).toBe(false)
    await apply(given)
    expect(await grantOf(given)).toMatchObject({
      state: 'refused',
      problem: 'The policies do not allow it any more. Nothing was given.',
    })
    expect(await may('svc_given')).toBe(false)
    await over(id)
  })

  it('leaves alone what it does not reach, and reaches it when it becomes worse', async () => {
    const grant = await active('svc_elsewhere')
    const far = await declared({ environments: ['a place of its own'], severity: 'sev1' })
    await shop.db.query(`UPDATE identity SET environment = 'production' WHERE id = $1`, [shop.ids.get('svc_elsewhere')])
    await look(far)
    expect(await grantOf(grant)).toMatchObject({ state: 'active' })
    const near = await declared({ sourceIds: [source], severity: 'sev3' })
    await look(near)
    expect(await grantOf(grant)).toMatchObject({ state: 'active' })
    await changeIncident(org.as.security, { id: near, severity: 'sev2', reason: 'more than it looked' })
    await look(near)
    expect(await grantOf(grant)).toMatchObject({ state: 'ending', endedByIncident: near })
    const { events } = await getIncident(org.as.auditor, { id: near })
    expect(events.map(({ what, says }) => [what, says])).toEqual([
      ['declared', expect.stringContaining('severity 3')],
      ['looked', '1 open grant put to the policies again: 0 ended, 1 left as they are.'],
      ['changed', expect.stringMatching(/from severity 3 to severity 2\. more than it looked$/)],
      ['looked', '1 open grant put to the policies again: 1 ended, 0 left as they are.'],
    ])
    for (const each of [far, near]) await over(each)
  })

  it('ends nothing while the decision point is silent, and goes on afterwards', async () => {
    const grant = await active('svc_down')
    const id = await declared()
    const deaf: Context = {
      ...org.job,
      authorize: (action, target) =>
        action === 'keep' ? silent(org.job)(action, target) : org.job.authorize(action, target),
    }
    await expect(refreshGrants(deaf, { id })).rejects.toMatchObject({ code: 'upstream_failed' })
    expect(await grantOf(grant)).toMatchObject({ state: 'active' })
    expect((await getIncident(org.as.auditor, { id })).isLooking).toBe(true)
    await look(id)
    expect(await grantOf(grant)).toMatchObject({ state: 'ending', endedByIncident: id })
    await over(id)
  })

  it('tells of what it ended also when its worker was killed on the way, and of each look once', async () => {
    const [first, second] = [await active('svc_killed'), await active('svc_late')]
    const id = await declared()
    // Killed after the first of them.
    await shop.db.query(
      `UPDATE access_grant SET state = 'ending', end_reason = 'incident', end_note = 'x', end_asked_at = now(), ended_by_incident = $2, ended_in_round = 1 WHERE id = $1`,
      [first, id],
    )
    await Promise.all([look(id), look(id), look(id)])
    const { events, grants } = await getIncident(org.as.auditor, { id })
    expect(grants?.ended.map((each) => each.id).toSorted()).toEqual([first, second].toSorted())
    const looked = events.filter(({ what }) => what === 'looked')
    expect(looked).toHaveLength(1)
    expect(looked[0]?.says).toContain('2 ended, 0 left')
    expect(events.map(({ no }) => no)).toEqual(events.map((_, at) => at + 1))
    await over(id)
  })
})

describe('a grant for an incident', () => {
  it('is for one that is open and reaches what is asked for', async () => {
    const id = await declared({ environments: ['a place of its own'] })
    await shop.db.query(`UPDATE identity SET environment = 'production' WHERE id = $1`, [shop.ids.get('svc_responder')])
    await expect(agreedTo('svc_responder', { incidentId: id })).rejects.toMatchObject({
      code: 'invalid_input',
      fields: { incidentId: 'is about other systems or environments' },
    })
    await over(id)
    await expect(agreedTo('svc_responder', { incidentId: id })).rejects.toMatchObject({
      fields: { incidentId: 'is no open incident' },
    })
    const foreign = await testOrganization()
    const theirs = await declareIncident(foreign.as.admin, { title: 'Keys are leaking there', severity: 'sev1' })
    await expect(agreedTo('svc_responder', { incidentId: theirs.id })).rejects.toMatchObject({
      fields: { incidentId: 'is no open incident' },
    })
  })
})

describe('duties', () => {
  it('everybody sees what is up; security and administrators declare; whoever commands may change and end it', async () => {
    const { member, reviewer, auditor, security, admin } = org.as
    for (const ctx of [member, reviewer, auditor])
      await expect(declared({}, ctx)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listScopeChoices(member)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await listScopeChoices(security)).systems).toMatchObject([{ id: source }])
    const id = await declared({ commanderId: org.users.member.userId, title: 'Somebody commands it' }, security)
    expect(await listOpenIncidents(member)).toMatchObject([{ id, commanderId: org.users.member.userId }])
    const seen = await getIncident(member, { id })
    expect(seen).toMatchObject({ can: { change: true, end: true }, commander: { name: org.users.member.name } })
    expect((await getIncident(reviewer, { id })).can).toEqual({ change: false, end: false })
    await expect(changeIncident(reviewer, { id, severity: 'sev4', reason: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(endIncident(auditor, { id, learned: 'Nothing at all.' })).rejects.toMatchObject({ code: 'forbidden' })
    await changeIncident(member, { id, commanderId: org.users.reviewer.userId, reason: 'my shift ends' })
    await expect(endIncident(member, { id, learned: 'Nothing at all.' })).rejects.toMatchObject({ code: 'forbidden' })
    await endIncident(reviewer, { id, learned: 'Hand over in time.' })
    await expect(endIncident(admin, { id, learned: 'Again and again.' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(changeIncident(admin, { id, severity: 'sev4', reason: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(shop.db.query(`UPDATE incident SET learned = 'else' WHERE id = $1`, [id])).rejects.toThrow(
      /stays as it is/,
    )
    const told = (await listNotifications(reviewer, { limit: 20 })).items.filter(
      ({ path }) => path === `/incidents/${id}`,
    )
    expect(told.map(({ kind }) => kind)).toEqual(['incident', 'incident'])
  })

  it('a program declares, and does not end', async () => {
    const key = makeContext(
      {
        ...{ kind: 'api_key', id: crypto.randomUUID(), name: 'alarm', ownerId: org.users.admin.userId, role: 'admin' },
        ...{ teamIds: [], scopes: ['incidents:write'] },
      },
      org.job.tenant,
      { id: crypto.randomUUID() },
    )
    const told = await declareIncident(key, { title: 'An alarm went off', severity: 'sev4' })
    expect(told).toMatchObject({ commander: { id: org.users.admin.userId }, declaredBy: 'alarm', grants: null })
    await expect(endIncident(key, { id: told.id, learned: 'Nothing at all.' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await over(told.id)
  })

  it('a commander is an active member, a system is of this organization, and nobody sees another’s incidents', async () => {
    const foreign = await testOrganization()
    await expect(declared({ commanderId: foreign.users.admin.userId })).rejects.toMatchObject({
      fields: { commanderId: 'is no active member' },
    })
    await expect(declared({ sourceIds: [crypto.randomUUID()] })).rejects.toMatchObject({ code: 'invalid_input' })
    const id = await declared({ severity: 'sev4' })
    await expect(getIncident(foreign.as.admin, { id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await listOpenIncidents(foreign.as.admin)).toEqual([])
    const { items } = await listIncidents(org.as.member, { state: 'open', limit: 50 })
    expect(items.map((each) => each.id)).toEqual([id])
    await over(id)
  })
})

/** What a decision point that cannot be reached answers. */
const silent =
  ({ actor }: Context) =>
  async (action: string, target: Parameters<Context['authorize']>[1]) => {
    await checkAction(actor, action, target, decisionPoint('127.0.0.1:9'))
    throw new Error('nobody answers there')
  }

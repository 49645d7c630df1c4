import { setTimeout as sleep } from 'node:timers/promises'
import { unlessGone } from '../json-source'
import type { Call, Effect, GrantOrder, Hands, Issued, IssueOrder, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { administer, type EntraSession, listAll, logIn } from './client'
import { field, id, list, text, texts } from './fields'

/** A client secret ends after so long when the order does not say otherwise. */
const usualDays = 180
/** A new secret is not known everywhere at once: so long it is waited for. */
const knownWithinMs = 30_000

/** What an order is about: an application of this tenant, or a service principal alone. */
interface Holder {
  place: string
  appId: string
  passwords: unknown[]
  principal?: { id: string; accountEnabled: boolean }
  /** Object id of the registration. */
  application?: string
}

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function guidOf(value: string | undefined, what: string): string {
  const given = (value ?? '').toLowerCase()
  if (!guid.test(given)) throw new LiveError('not_found', `${value ?? 'Nothing'} is no id of ${what} in Entra.`)
  return given
}

const get = (session: EntraSession, path: string, call: Call) =>
  administer(session, { method: 'GET', path: `/v1.0${path}` }, call)

const change = (session: EntraSession, method: 'POST' | 'PATCH' | 'DELETE', path: string, call: Call, body?: object) =>
  administer(session, { method, path: `/v1.0${path}`, ...(body === undefined ? {} : { body }) }, call)

/** @throws LiveError `not_found` for neither an application nor a service principal */
async function holderOf(session: EntraSession, { target }: Order, call: Call): Promise<Holder> {
  const wanted = guidOf(target.identity, 'an application or a service principal')
  const fields = 'id,appId,passwordCredentials'
  const application = await unlessGone(get(session, `/applications(appId='${wanted}')?$select=${fields}`, call))
  const where = application === undefined ? `/servicePrincipals/${wanted}` : `/servicePrincipals(appId='${wanted}')`
  const read = get(session, `${where}?$select=${fields},accountEnabled`, call)
  const principal = application === undefined ? await read : await unlessGone(read)
  const holder = application ?? principal
  const [objectId, principalId] = [id(field(application, 'id')), id(field(principal, 'id'))]
  return {
    place: objectId === undefined ? `/servicePrincipals/${principalId}` : `/applications/${objectId}`,
    appId: id(field(holder, 'appId')) ?? '',
    passwords: list(field(holder, 'passwordCredentials')),
    ...(principalId === undefined
      ? {}
      : { principal: { id: principalId, accountEnabled: field(principal, 'accountEnabled') !== false } }),
    ...(objectId === undefined ? {} : { application: objectId }),
  }
}

/** @throws LiveError `conflict` for an application that nobody has added to this tenant */
function principalOf({ principal, appId }: Holder): { id: string; accountEnabled: boolean } {
  if (principal !== undefined) return principal
  throw new LiveError('conflict', `The application ${appId} has no service principal in this tenant.`)
}

async function setEnabled(session: EntraSession, order: Order, accountEnabled: boolean, call: Call): Promise<Effect> {
  const principal = principalOf(await holderOf(session, order, call))
  const evidence = `accountEnabled of its service principal is ${accountEnabled}`
  if (principal.accountEnabled === accountEnabled) return { did: 'already', evidence }
  await change(session, 'PATCH', `/servicePrincipals/${principal.id}`, call, { accountEnabled })
  return { did: 'done', evidence }
}

/** The registration, where it is of this tenant: its service principal goes with it. Else the service principal alone. */
async function remove(session: EntraSession, order: Order, call: Call): Promise<Effect> {
  const evidence = 'Entra lists it among the deleted items, for 30 days'
  const holder = await unlessGone(holderOf(session, order, call))
  if (holder === undefined) return { did: 'already', evidence: 'Entra knows no such application or service principal' }
  const ids = [holder.application, holder.principal?.id].filter((each) => each !== undefined)
  const former = new Secret(JSON.stringify(ids))
  await order.keep?.(former)
  await change(session, 'DELETE', holder.place, call)
  return { did: 'done', former, evidence }
}

/** The registration first, then its service principal: Entra brings that back only when asked. */
async function restore(session: EntraSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const ids = formerIds(order.former)
  const evidence = 'Entra lists it among the deleted items no more'
  let isBack = false
  for (const each of ids) {
    const back = await unlessGone(change(session, 'POST', `/directory/deletedItems/${each}/restore`, call))
    isBack ||= back !== undefined
  }
  if (isBack) return { did: 'done', evidence }
  await holderOf(session, order, call)
  return { did: 'already', evidence }
}

function formerIds(former: Secret): string[] {
  try {
    return texts(JSON.parse(former.reveal())).map((each) => guidOf(each, 'a deleted item'))
  } catch {
    throw new LiveError('conflict', 'What was kept at the deletion does not say what to bring back.')
  }
}

/** Permissions of an API, by their names or ids, and the principal that is to have them. */
async function rolesOf(session: EntraSession, order: GrantOrder, call: Call) {
  if (order.scopes.length === 0) throw new LiveError('conflict', 'Name the permissions.')
  const principal = principalOf(await holderOf(session, order, call)).id
  const resource = guidOf(order.on, 'an API')
  const api = await get(session, `/servicePrincipals/${resource}?$select=id,appRoles`, call)
  const roles = list(field(api, 'appRoles'))
  const wanted = order.scopes.map((scope) => {
    const role = roles.find((each) => field(each, 'value') === scope || field(each, 'id') === scope)
    const roleId = id(field(role, 'id'))
    if (roleId === undefined) throw new LiveError('not_found', `The API has no permission ${scope}.`)
    return roleId
  })
  const held = new Map<string, string>()
  for (const each of await listAll(session, `/servicePrincipals/${principal}/appRoleAssignments?$top=100`, call))
    if (id(field(each, 'resourceId')) === resource)
      held.set(id(field(each, 'appRoleId')) ?? '', text(field(each, 'id')) ?? '')
  return { principal, resource, wanted, held }
}

async function changeRoles(session: EntraSession, order: GrantOrder, isWanted: boolean, call: Call): Promise<Effect> {
  const { principal, resource, wanted, held } = await rolesOf(session, order, call)
  const changing = wanted.filter((role) => held.has(role) !== isWanted)
  const place = `/servicePrincipals/${principal}/appRoleAssignments`
  for (const appRoleId of changing)
    if (isWanted)
      await change(session, 'POST', place, call, { principalId: principal, resourceId: resource, appRoleId })
    else await unlessGone(change(session, 'DELETE', `${place}/${encodeURIComponent(held.get(appRoleId) ?? '')}`, call))
  const evidence = `its permissions there ${isWanted ? 'hold' : 'no longer hold'} ${order.scopes.join(', ')}`
  return { did: changing.length > 0 ? 'done' : 'already', evidence }
}

async function issue(session: EntraSession, order: IssueOrder, call: Call): Promise<Issued> {
  const { place, appId } = await holderOf(session, order, call)
  const end = order.expiresAt == null ? Date.now() + usualDays * 86_400_000 : Date.parse(order.expiresAt)
  const passwordCredential = {
    displayName: `Bailiwick ${new Date().toISOString().slice(0, 10)}`,
    endDateTime: new Date(end).toISOString(),
  }
  const made = await change(session, 'POST', `${place}/addPassword`, call, { passwordCredential })
  const [credential, value] = [id(field(made, 'keyId')), text(field(made, 'secretText'))]
  if (credential === undefined || value === undefined)
    throw new LiveError('unexpected_answer', 'Entra made a client secret and did not give it.')
  const secret = new Secret(value)
  await untilKnown(session, appId, secret, call)
  return { credential, secret, replacesFormer: false }
}

/** The secret is there whatever comes of this: it must not be lost. */
async function untilKnown(session: EntraSession, appId: string, secret: Secret, call: Call): Promise<void> {
  const until = Date.now() + knownWithinMs
  while (Date.now() < until && !call.signal.aborted) {
    const { answer } = await tryOut(session, appId, secret, call).catch(() => ({ answer: 'unknown' }))
    if (answer !== 'refused') return
    await sleep(1_000, undefined, { signal: call.signal }).catch(() => {})
  }
}

/** A sign-in. The codes of the standard tell whose fault a refusal is; Entra's own numbers may change at any time. */
async function tryOut(session: EntraSession, appId: string, secret: Secret, call: Call): Promise<Verdict> {
  const { status, body, reason } = await logIn(session, appId, secret, call)
  if (status === 200) return { answer: 'accepted', reason: 'Entra issued a token' }
  const said = reason.split(/\s*Trace ID:/)[0] ?? reason
  if (['invalid_client', 'unauthorized_client'].includes(text(field(body, 'error')) ?? ''))
    return { answer: 'refused', reason: said }
  return { answer: 'unknown', reason: `Entra did not say whether the secret is right: ${said}` }
}

async function verify(session: EntraSession, order: VerifyOrder, call: Call): Promise<Verdict> {
  const wanted = guidOf(order.target.identity, 'an application or a service principal')
  try {
    // What is deleted has no application any more: then the id is asked for as it is, and refused.
    const holder = await unlessGone(holderOf(session, order, call))
    return await tryOut(session, holder?.appId ?? wanted, order.secret, call)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code === 'cancelled') throw error
    return { answer: 'unknown', reason: error.message }
  }
}

async function removeSecret(session: EntraSession, order: Order, call: Call): Promise<Effect> {
  const evidence = 'the application lists no such client secret'
  const holder = await unlessGone(holderOf(session, order, call))
  const password = holder?.passwords.find((each) => id(field(each, 'keyId')) === order.target.credential)
  if (holder === undefined || password === undefined) return { did: 'already', evidence }
  await change(session, 'POST', `${holder.place}/removePassword`, call, { keyId: field(password, 'keyId') })
  return { did: 'done', evidence }
}

export const identityHands: Hands<EntraSession> = {
  disable: (session, order, call) => setEnabled(session, order, false, call),
  enable: (session, order, call) => setEnabled(session, order, true, call),
  delete: remove,
  restore,
  grant: (session, order, call) => changeRoles(session, order, true, call),
  ungrant: (session, order, call) => changeRoles(session, order, false, call),
}
export const secretHands: Hands<EntraSession> = { issue, verify, delete: removeSecret }

import { field, list, text } from '../json-fields'
import type { Call, Effect, GrantOrder, Hands, IssueOrder, Order, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { administer, byPassword, endToken, type KeystoneSession, logIn } from './client'
import { applicationRef, userRef } from './map'
import { loginOf } from './read-page'
import { triedBy } from './try-login'

const q = encodeURIComponent

export function userId({ target }: Order): string {
  const id = /^user:([^#/]+)$/.exec(target.identity)?.[1]
  if (id === undefined) throw new LiveError('not_found', `${target.identity} is no user of Keystone.`)
  return id
}

const readUser = async (session: KeystoneSession, id: string, call: Call) =>
  (await administer(session, { method: 'GET', path: `/users/${q(id)}` }, call)).user

/** `undefined` = it is not there. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error) => {
    if (error instanceof LiveError && error.code === 'not_found') return undefined
    throw error
  })
}

async function setEnabled(session: KeystoneSession, order: Order, enabled: boolean, call: Call): Promise<Effect> {
  const id = userId(order)
  const evidence = `Keystone says that the user is ${enabled ? 'enabled' : 'disabled'}`
  if (field(await readUser(session, id, call), 'enabled') === enabled) return { did: 'already', evidence }
  await administer(session, { method: 'PATCH', path: `/users/${q(id)}`, body: { user: { enabled } } }, call)
  return { did: 'done', evidence }
}

async function removeUser(session: KeystoneSession, order: Order, call: Call): Promise<Effect> {
  const path = `/users/${q(userId(order))}`
  const gone = await unlessGone(administer(session, { method: 'DELETE', path }, call))
  return { did: gone === undefined ? 'already' : 'done', evidence: 'Keystone knows no such user' }
}

/** Where a role is given, as a path. */
function placeOf({ on }: GrantOrder): string {
  if (on === 'system') return '/system'
  const [, kind, id] = /^(project|domain):([^/]+)$/.exec(on) ?? []
  if (kind === undefined || id === undefined)
    throw new LiveError('conflict', 'Name a project, a domain or the system, on which roles are given.')
  return `/${kind}s/${q(id)}`
}

async function changeRoles(session: KeystoneSession, order: GrantOrder, wanted: boolean, call: Call): Promise<Effect> {
  const place = `${placeOf(order)}/users/${q(userId(order))}/roles`
  if (order.scopes.length === 0) throw new LiveError('conflict', 'Name the roles.')
  const held = list((await administer(session, { method: 'GET', path: place }, call)).roles)
  const ids = new Map(held.map((role) => [text(field(role, 'name')), text(field(role, 'id'))]))
  const changing = order.scopes.filter((name) => ids.has(name) !== wanted)
  for (const name of changing) {
    const id = ids.get(name) ?? (await roleId(session, name, call))
    await administer(session, { method: wanted ? 'PUT' : 'DELETE', path: `${place}/${q(id)}` }, call)
  }
  const evidence = `Keystone lists the ${wanted ? 'roles' : 'user without the roles'} there`
  return { did: changing.length > 0 ? 'done' : 'already', evidence }
}

async function roleId(session: KeystoneSession, name: string, call: Call): Promise<string> {
  const { roles } = await administer(session, { method: 'GET', path: `/roles?name=${q(name)}` }, call)
  const id = text(field(list(roles)[0], 'id'))
  if (id === undefined) throw new LiveError('not_found', `Keystone knows no role ${name}.`)
  return id
}

/** The application credential of an order, which has to be of its user. */
async function readApplication(session: KeystoneSession, order: Order, call: Call): Promise<unknown> {
  const id = /^application_credential:([^/]+)$/.exec(order.target.credential ?? '')?.[1]
  if (id === undefined) throw new LiveError('not_found', 'The order names no application credential.')
  const path = `/users/${q(userId(order))}/application_credentials/${q(id)}`
  const found = (await administer(session, { method: 'GET', path }, call)).application_credential
  if (field(found, 'user_id') !== userId(order))
    throw new LiveError('conflict', `${order.target.credential} is no application credential of this user.`)
  return found
}

/** One with the same roles, project and rules. Made as the user itself: Keystone lets nobody else, not even an administrator. */
async function issueApplication(session: KeystoneSession, order: IssueOrder, call: Call) {
  const { secret, expiresAt } = order
  if (secret === undefined) throw new LiveError('conflict', 'Propose a secret first.')
  const id = userId(order)
  const former = await readApplication(session, order, call)
  const login = loginOf(session, id, text(field(await readUser(session, id, call), 'name')) ?? '')
  if (login === undefined)
    throw new LiveError(
      'forbidden',
      'Keystone lets only the user itself make application credentials: give its password in the settings of the connection.',
    )
  const scope = { project: { id: field(former, 'project_id') } }
  const identity = byPassword({ id, password: login.password.reveal() })
  const { token } = await logIn(session, identity, scope, [login.password], call)
  if (token === undefined)
    throw new LiveError('forbidden', 'Keystone refuses the password of this user in the settings of the connection.')
  const as = { ...session, token }
  const body = {
    application_credential: {
      name: nextName(text(field(former, 'name')) ?? 'credential'),
      secret: secret.reveal(),
      roles: list(field(former, 'roles')).map((role) => ({ id: field(role, 'id') })),
      ...copied(former, ['description', 'unrestricted']),
      ...(list(field(former, 'access_rules')).length > 0 ? { access_rules: rulesOf(former) } : {}),
      ...(expiresAt == null ? {} : { expires_at: new Date(expiresAt).toISOString().replace('Z', '000') }),
    },
  }
  try {
    const path = `/users/${q(id)}/application_credentials`
    const made = (await administer(as, { method: 'POST', path, body }, call, [secret])).application_credential
    const credential = text(field(made, 'id'))
    if (credential === undefined) throw new LiveError('unexpected_answer', 'Keystone did not say what it made.')
    return { credential: applicationRef(credential), secret, replacesFormer: false }
  } finally {
    await endToken(session, token, token, call)
  }
}

const copied = (former: unknown, fields: readonly string[]) =>
  Object.fromEntries(fields.flatMap((name) => (field(former, name) == null ? [] : [[name, field(former, name)]])))

const rulesOf = (former: unknown) => list(field(former, 'access_rules')).map((rule) => ({ id: field(rule, 'id') }))

/** Names are unique for a user: the time makes one of each. */
const nextName = (name: string) =>
  `${name.replace(/ \d{4}-\d\d-\d\dT[\d:.]+Z$/, '').slice(0, 200)} ${new Date().toISOString()}`

async function verifyApplication(session: KeystoneSession, order: VerifyOrder, call: Call) {
  const id = (order.target.credential ?? '').replace(/^application_credential:/, '')
  const identity = {
    methods: ['application_credential'],
    application_credential: { id, secret: order.secret.reveal() },
  }
  return triedBy(session, () => logIn(session, identity, undefined, [order.secret], call), call)
}

async function removeApplication(session: KeystoneSession, order: Order, call: Call): Promise<Effect> {
  const evidence = 'Keystone knows no such application credential'
  const found = await unlessGone(readApplication(session, order, call))
  if (found === undefined) return { did: 'already', evidence }
  const path = `/users/${q(userId(order))}/application_credentials/${q(String(field(found, 'id')))}`
  await administer(session, { method: 'DELETE', path }, call)
  return { did: 'done', evidence }
}

async function issuePassword(session: KeystoneSession, order: IssueOrder, call: Call) {
  const { secret } = order
  if (secret === undefined) throw new LiveError('conflict', 'Propose a password first.')
  const id = userId(order)
  const body = { user: { password: secret.reveal() } }
  await administer(session, { method: 'PATCH', path: `/users/${q(id)}`, body }, call, [secret])
  return { credential: `${userRef(id)}#password`, secret, replacesFormer: true }
}

async function verifyPassword(session: KeystoneSession, order: VerifyOrder, call: Call) {
  const identity = byPassword({ id: userId(order), password: order.secret.reveal() })
  return triedBy(session, () => logIn(session, identity, undefined, [order.secret], call), call)
}

export const userHands: Hands<KeystoneSession> = {
  disable: (session, order, call) => setEnabled(session, order, false, call),
  enable: (session, order, call) => setEnabled(session, order, true, call),
  delete: removeUser,
  grant: (session, order, call) => changeRoles(session, order, true, call),
  ungrant: (session, order, call) => changeRoles(session, order, false, call),
}
export const applicationHands: Hands<KeystoneSession> = {
  issue: issueApplication,
  verify: verifyApplication,
  delete: removeApplication,
}
export const passwordHands: Hands<KeystoneSession> = { issue: issuePassword, verify: verifyPassword }

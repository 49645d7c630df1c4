import { field, list, text } from '../json-fields'
import type { Call, DiscoveryPage, IdentityRights, RightsReport } from '../live-contract'
import { LiveError } from '../live-error'
import { administer, type KeystoneSession } from './client'
import { mapCloud, mapPlace, mapUser, passwordRef, userRef } from './map'

export const selfOf = ({ userId }: KeystoneSession) => [userRef(userId), passwordRef(userId)]

/** The users of a walk are listed once for many pages: Keystone has no pages of its own. */
const listedMs = 60_000

const get = (session: KeystoneSession, path: string, call: Call) => administer(session, { method: 'GET', path }, call)
const q = encodeURIComponent

async function listUsers(session: KeystoneSession, call: Call) {
  const { listed, config } = session
  if (listed !== undefined && Date.now() < listed.until) return listed
  const wanted = config.domains.split(',').flatMap((domain) => domain.trim() || [])
  const domains = wanted.length === 0 ? undefined : list((await get(session, '/domains', call)).domains)
  const ids = wanted.map((name) => {
    const found = domains?.find((domain) => field(domain, 'id') === name || field(domain, 'name') === name)
    const id = text(field(found, 'id'))
    if (id === undefined) throw new LiveError('not_found', `Keystone knows no domain ${name}.`)
    return id
  })
  const paths = domains === undefined ? ['/users'] : ids.map((id) => `/users?domain_id=${q(id)}`)
  const users = new Map<string, unknown>()
  let isCut = false
  for (const path of paths) {
    const answer = await get(session, path, call)
    isCut ||= answer.truncated === true
    for (const user of list(answer.users)) users.set(text(field(user, 'id')) ?? '', user)
  }
  users.delete('')
  const sorted = [...users].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, user]) => user)
  session.listed = { users: sorted, isCut, until: Date.now() + listedMs }
  return session.listed
}

/** Users by their ids. A cursor is the id after which to go on. */
export async function readPage(
  session: KeystoneSession,
  { cursor, pageSize = 50 }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const page: DiscoveryPage = { records: [], rights: [], refused: [], unresolved: [], skipped: [], next: null }
  /** A list of which this connection may not see one. */
  const part = async (scope: string, path: string, name: string): Promise<unknown[]> => {
    try {
      const answer = await get(session, path, call)
      if (answer.truncated === true) page.skipped.push({ scope, reason: 'Keystone cuts its lists (list_limit)' })
      return list(answer[name])
    } catch (error) {
      if (!(error instanceof LiveError) || error.code !== 'forbidden') throw error
      page.skipped.push({ scope, reason: error.message })
      return []
    }
  }
  if (cursor === null) session.listed = undefined
  const { users, isCut } = await listUsers(session, call)
  if (cursor === null) {
    page.records.push(mapCloud(session.setting.instance))
    for (const kind of ['domain', 'project'] as const)
      for (const entry of await part(`the ${kind}s`, `/${kind}s`, `${kind}s`)) {
        const mapped = mapPlace(kind, entry)
        if (mapped !== undefined) page.records.push(mapped)
      }
    if (isCut)
      page.skipped.push({ scope: 'users', reason: 'Keystone cuts its lists (list_limit): name domains to read' })
  }
  const idOf = (user: unknown) => text(field(user, 'id')) ?? ''
  const rest = users.filter((user) => cursor === null || idOf(user) > cursor)
  for (const user of rest.slice(0, pageSize)) {
    const id = idOf(user)
    const name = text(field(user, 'name')) ?? id
    try {
      const assigned = `/role_assignments?user.id=${q(id)}&effective=true&include_names=true`
      const facts = {
        user,
        assignments: await part(`the roles of ${name}`, assigned, 'role_assignments'),
        applications: await part(
          `the application credentials of ${name}`,
          `/users/${q(id)}/application_credentials`,
          'application_credentials',
        ),
        ec2: await part(`the EC2 keys of ${name}`, `/credentials?user_id=${q(id)}&type=ec2`, 'credentials'),
      }
      page.records.push(...mapUser(facts, session.setting.fingerprint))
      page.rights.push(rightsOf(session, id, name))
    } catch (error) {
      // Deleted since it was listed.
      if (!(error instanceof LiveError) || error.code !== 'not_found') throw error
    }
  }
  const last = rest[pageSize - 1]
  return { ...page, next: rest.length > pageSize && last !== undefined ? idOf(last) : null }
}

const isAdministrator = ({ roles }: KeystoneSession) => roles.includes('admin')

export const loginOf = ({ logins }: KeystoneSession, id: string, name: string) =>
  logins.find(({ user }) => user === id) ?? logins.find(({ user }) => user === name)

function rightsOf(session: KeystoneSession, id: string, name: string): IdentityRights {
  const identity = userRef(id)
  if (id === session.userId)
    return { identity, rotate: false, revoke: false, why: 'is the user that this connection signs in as' }
  if (!isAdministrator(session)) return { identity, rotate: false, revoke: false, why: 'needs the role admin' }
  if (loginOf(session, id, name) !== undefined) return { identity, rotate: true, revoke: true }
  const why = 'its password and EC2 keys; application credentials only with its password in the settings'
  return { identity, rotate: true, revoke: true, why }
}

export async function describeRights(session: KeystoneSession, call: Call): Promise<RightsReport> {
  const { config, roles, userId } = session
  const statements: RightsReport['statements'] = []
  const say = (what: string, missing: string | undefined) =>
    statements.push(missing === undefined ? { what, allowed: true } : { what, allowed: false, missing })
  const look = async (what: string, path: string) =>
    get(session, path, call).then(
      () => say(what, undefined),
      (error) => {
        if (!(error instanceof LiveError) || error.code !== 'forbidden') throw error
        say(
          what,
          `the role reader on ${config.scope === 'system' ? 'the system' : 'the system, or admin on the project'}`,
        )
      },
    )
  // A name that nobody has: the answer is short, and the right is the same.
  await look('See users', `/users?name=${q('bailiwick looks')}`)
  await look('See projects', `/projects?name=${q('bailiwick looks')}`)
  await look('See role assignments', `/role_assignments?role.id=none`)
  await look('See EC2 keys', `/credentials?type=ec2&user_id=${q(userId)}x`)
  const lacks = isAdministrator(session) ? undefined : 'the role admin'
  say('Disable, enable and delete users', lacks)
  say('Give and take roles', lacks)
  say('Set passwords, make and delete EC2 keys', lacks)
  say('Delete application credentials', lacks)
  say(
    'Make application credentials',
    session.logins.length > 0 ? undefined : 'the passwords of their users in the settings',
  )
  const where = config.scope === 'system' ? 'system' : `project ${config.project}`
  return {
    account: `${config.user} (${config.userDomain}), ${roles.join(', ') || 'no role'} on the ${where}`,
    product: 'OpenStack Keystone (Identity API v3)',
    statements,
  }
}

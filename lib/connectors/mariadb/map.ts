import type { EdgeRecord, MapContext, NodeRef, NormalisedRecord, ResourceRecord } from '../contract'
import type { IdentityRights } from '../live-contract'
import { type Account, nativePlugin, needsNoPassword, passwordsOf, type Way } from './account'
import { globalWords, highest, privilegeOf } from './privileges'

export const identityId = ({ user, host }: Pick<Account, 'user' | 'host'>) => `user:${user}@${host}`

/** The id of one password: by what the server keeps of it, through the installation's keyed fingerprint. */
export function passwordId(
  account: Pick<Account, 'user' | 'host'>,
  way: Way,
  context: Pick<MapContext, 'fingerprint'>,
) {
  return `${identityId(account)}#password:${context.fingerprint(`${way.plugin} ${way.kept}`).slice(0, 16)}`
}

export interface AccountUse {
  sessions: number
  lastUsedAt: string
}

/** Accounts and roles with their passwords and what they may do on the whole server. */
export function mapAccounts(
  accounts: readonly Account[],
  context: MapContext,
  used?: ReadonlyMap<string, AccountUse>,
): NormalisedRecord[] {
  const { instance = 'default' } = context
  const records: NormalisedRecord[] = []
  let isServerNamed = false
  for (const account of accounts) {
    const ref = refOf(account.user, account.host, account.isRole)
    if (account.isRole) {
      const kind = account.user === 'PUBLIC' ? 'public' : 'role'
      records.push({ type: 'role', externalId: ref.externalId, kind, name: account.user })
    } else records.push(identityOf(account, used), ...credentialsOf(account, context))
    const words = globalWords(account.access)
    if (words.length === 0) continue
    isServerNamed = true
    records.push(grantEdge(ref, { type: 'resource', externalId: 'server' }, words, 'server'))
  }
  if (isServerNamed)
    records.push({ type: 'resource', externalId: 'server', kind: 'system', name: `MariaDB server ${instance}` })
  return records
}

function refOf(user: string, host: string, isRole: boolean): NodeRef {
  return isRole
    ? { type: 'role', externalId: `role:${user}` }
    : { type: 'identity', externalId: `user:${user}@${host}` }
}

function identityOf(account: Account, used?: ReadonlyMap<string, AccountUse>): NormalisedRecord {
  const use = used?.get(account.user)
  const others = account.ways.filter(({ plugin }) => plugin !== nativePlugin && plugin !== 'ed25519')
  return {
    type: 'identity',
    externalId: identityId(account),
    kind: 'service_account',
    name: `${account.user}@${account.host}`,
    status: account.isLocked ? 'disabled' : 'active',
    attributes: {
      ...(needsNoPassword(account) ? { needsNoPassword: true } : {}),
      ...(others.length > 0 ? { otherLogins: others.map(({ plugin }) => plugin) } : {}),
      ...(account.defaultRole === undefined ? {} : { defaultRole: account.defaultRole }),
      ...(used === undefined ? {} : { openSessions: use?.sessions ?? 0 }),
    },
    ...(use === undefined ? {} : { lastUsedAt: use.lastUsedAt }),
  }
}

function credentialsOf(account: Account, context: MapContext): NormalisedRecord[] {
  const { changedAt, lifetimeDays } = account
  const ways = passwordsOf(account)
  const expiresAt =
    lifetimeDays === 0
      ? null
      : lifetimeDays !== undefined && changedAt !== undefined
        ? new Date(Date.parse(changedAt) + lifetimeDays * 86_400_000).toISOString()
        : undefined
  return ways.map((way, index) => ({
    type: 'credential',
    externalId: passwordId(account, way, context),
    subject: { type: 'identity', externalId: identityId(account) },
    credentialType: 'password',
    name: ways.length === 1 ? `Password of ${account.user}` : `Password ${index + 1} of ${account.user}`,
    status: 'active',
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(changedAt === undefined ? {} : { rotatedAt: changedAt }),
    attributes: { method: way.plugin },
  }))
}

function grantEdge(from: NodeRef, to: NodeRef, words: string[], level: 'server' | 'database' | 'table'): EdgeRecord {
  const privilege = highest(words.map((word) => privilegeOf(word, level, to.externalId)))
  const unknown = words.filter((word) => privilegeOf(word, level, to.externalId) === undefined)
  return {
    type: 'entitlement',
    kind: 'grants',
    from,
    to,
    effect: 'allow',
    scopes: words.slice(0, 200),
    scopeCount: words.length,
    ...(privilege === undefined ? {} : { privilege }),
    ...(unknown.length === 0
      ? {}
      : { notEvaluable: `not a privilege that is known: ${unknown.slice(0, 10).join(', ')}` }),
    basis: 'entitlement',
  }
}

export interface RoleMember {
  user: string
  host: string
  role: string
  isAdmin: boolean
}

/** Who is in a role. An empty host is a role itself. A role does nothing before SET ROLE unless it is the default role. */
export function mapRoleMembers(rows: readonly RoleMember[], defaults: ReadonlyMap<string, string>): NormalisedRecord[] {
  return rows.map(({ user, host, role, isAdmin }) => ({
    type: 'entitlement',
    kind: 'member_of',
    from: refOf(user, host, host === ''),
    to: { type: 'role', externalId: `role:${role}` },
    effect: 'allow',
    scopes: isAdmin ? ['ADMIN'] : [],
    scopeCount: isAdmin ? 1 : 0,
    basis: 'entitlement',
    ...(host === '' || defaults.get(`${user}@${host}`) === role ? {} : { condition: 'only after SET ROLE' }),
  }))
}

export interface ObjectGrant {
  user: string
  host: string
  isRole: boolean
  database: string
  /** Absent = the database itself. */
  table?: string
  words: string[]
}

export function mapObjects(grants: readonly ObjectGrant[]): NormalisedRecord[] {
  const resources = new Map<string, ResourceRecord>()
  const edges = grants.map(({ user, host, isRole, database, table, words }) => {
    const kind = table === undefined ? 'database' : 'table'
    const name = table === undefined ? database : `${database}.${table}`
    const externalId = `${kind}:${name}`
    resources.set(externalId, { type: 'resource', externalId, kind, name })
    return grantEdge(refOf(user, host, isRole), { type: 'resource', externalId }, words, kind)
  })
  return [...resources.values(), ...edges]
}

/** What this connection may do with each account, from its own global privileges. */
export function rightsOf(
  accounts: readonly Account[],
  own: { account: string; privileges: string[] },
): IdentityRights[] {
  const has = (word: string) => own.privileges.includes(word)
  return accounts
    .filter(({ isRole }) => !isRole)
    .map((account) => {
      const identity = identityId(account)
      if (`${account.user}@${account.host}` === own.account)
        return { identity, rotate: false, revoke: false, why: 'is the account that this connection signs in with' }
      if (!has('CREATE USER'))
        return { identity, rotate: false, revoke: false, why: 'this connection lacks CREATE USER' }
      const revoke = has('CONNECTION ADMIN') || has('SUPER')
      if (account.ways.some(({ plugin }) => plugin !== nativePlugin))
        return {
          identity,
          rotate: false,
          revoke,
          why: 'only passwords of mysql_native_password can be rotated from here',
        }
      return revoke
        ? { identity, rotate: true, revoke }
        : { identity, rotate: true, revoke, why: 'cannot end its sessions: needs CONNECTION ADMIN and PROCESS' }
    })
}

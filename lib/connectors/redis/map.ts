import type { EdgeRecord, MapContext, NodeRef, NormalisedRecord, Privilege, ResourceRecord } from '../contract'
import type { IdentityRights } from '../live-contract'
import { type AclSet, type AclUser, allows, allowsAny, type Categories } from './acl'

/** What lets its holder change who may do what, or take the server over. */
const administrative = [
  'acl|setuser',
  'acl|deluser',
  'acl|load',
  'config|set',
  'module|load',
  'module|loadex',
  'debug',
  'shutdown',
  'replicaof',
  'slaveof',
  'failover',
  'migrate',
]

export interface UserUse {
  sessions: number
  lastUsedAt: string
}

/** The id of one of a user's passwords: by what Redis keeps of it, through the installation's keyed fingerprint. */
export function passwordId(user: string, hash: string, context: Pick<MapContext, 'fingerprint'>): string {
  return `user:${user}#password:${context.fingerprint(hash).slice(0, 16)}`
}

/** Users of a server with their passwords and what they may do. `used` = who is connected now; absent = it cannot be seen. */
export function mapUsers(
  users: readonly AclUser[],
  categories: Categories,
  context: MapContext,
  used?: ReadonlyMap<string, UserUse>,
): NormalisedRecord[] {
  const records: NormalisedRecord[] = []
  const resources = new Map<string, ResourceRecord>()
  const add = (externalId: string, kind: string, name: string): NodeRef => {
    if (!resources.has(externalId)) resources.set(externalId, { type: 'resource', externalId, kind, name })
    return { type: 'resource', externalId }
  }
  for (const user of users) {
    const externalId = `user:${user.name}`
    const subject: NodeRef = { type: 'identity', externalId }
    const use = used?.get(user.name)
    records.push({
      type: 'identity',
      externalId,
      kind: 'service_account',
      name: user.name,
      status: user.isOn ? 'active' : 'disabled',
      attributes: {
        ...(user.needsNoPassword ? { needsNoPassword: true } : {}),
        ...(used === undefined ? {} : { openSessions: use?.sessions ?? 0 }),
      },
      ...(use === undefined ? {} : { lastUsedAt: use.lastUsedAt }),
    })
    for (const [index, hash] of user.hashes.entries())
      records.push({
        type: 'credential',
        externalId: passwordId(user.name, hash, context),
        subject,
        credentialType: 'password',
        name: user.hashes.length === 1 ? `Password of ${user.name}` : `Password ${index + 1} of ${user.name}`,
        status: 'active',
        expiresAt: null,
        attributes: { method: 'SHA-256, not salted' },
      })
    const edges = new Map<string, EdgeRecord>()
    for (const set of [user.own, ...user.selectors])
      for (const edge of edgesOf(subject, set, categories, context, add)) join(edges, edge)
    records.push(...edges.values())
  }
  return [...records, ...resources.values()]
}

/** What the user's own rules and its selectors give on one thing is one edge, of the highest privilege among them. */
function join(edges: Map<string, EdgeRecord>, edge: EdgeRecord): void {
  const known = edges.get(edge.to.externalId)
  if (known === undefined) edges.set(edge.to.externalId, edge)
  else {
    const scopes = [...new Set([...known.scopes, ...edge.scopes])]
    const privilege = [known.privilege, edge.privilege].includes('admin')
      ? 'admin'
      : [known.privilege, edge.privilege].includes('write')
        ? 'write'
        : 'read'
    edges.set(edge.to.externalId, { ...known, scopes, scopeCount: scopes.length, privilege })
  }
}

function edgesOf(
  from: NodeRef,
  set: AclSet,
  categories: Categories,
  { instance = 'default' }: MapContext,
  add: (externalId: string, kind: string, name: string) => NodeRef,
): EdgeRecord[] {
  const edge = (to: NodeRef, privilege: Privilege, scopes = set.commands): EdgeRecord => ({
    type: 'entitlement',
    kind: 'grants',
    from,
    to,
    effect: 'allow',
    scopes: scopes.slice(0, 200),
    scopeCount: scopes.length,
    privilege,
    basis: 'entitlement',
  })
  const found: EdgeRecord[] = []
  const strong = administrative.filter((command) => allows(set, command, categories))
  if (strong.length > 0) found.push(edge(add('server', 'system', `Redis server ${instance}`), 'admin', strong))
  const writes = allowsAny(set, 'write', categories)
  const reads = allowsAny(set, 'read', categories)
  for (const rule of set.keys) {
    const [, flags = 'RW', pattern = ''] = /^(?:~|%([RW]+)~)(.*)$/s.exec(rule) ?? []
    const mayWrite = writes && flags.includes('W')
    if (mayWrite || (reads && flags.includes('R')))
      found.push(
        edge(add(`keys:${pattern}`, 'keyspace', pattern === '*' ? 'every key' : pattern), mayWrite ? 'write' : 'read'),
      )
  }
  const publishes = allows(set, 'publish', categories)
  if (publishes || allows(set, 'subscribe', categories))
    for (const rule of set.channels)
      found.push(
        edge(add(`channel:${rule.slice(1)}`, 'queue', `channel ${rule.slice(1)}`), publishes ? 'write' : 'read'),
      )
  return found
}

/** What the connection's own user lets it do with each of these. */
export function rightsOf(
  users: readonly AclUser[],
  own: AclUser | undefined,
  categories: Categories,
): IdentityRights[] {
  const may = (command: string) => own !== undefined && mayDo(own, command, categories)
  return users.map(({ name }) => {
    const identity = `user:${name}`
    if (name === own?.name)
      return { identity, rotate: false, revoke: false, why: 'is the user that this connection signs in with' }
    if (!may('acl|setuser'))
      return { identity, rotate: false, revoke: false, why: 'this connection lacks +acl|setuser' }
    return may('client|kill') && may('client|list')
      ? { identity, rotate: true, revoke: true }
      : { identity, rotate: true, revoke: false, why: 'cannot end its sessions: needs +client|kill +client|list' }
  })
}

export function mayDo(user: AclUser, command: string, categories: Categories): boolean {
  return [user.own, ...user.selectors].some((set) => allows(set, command, categories))
}

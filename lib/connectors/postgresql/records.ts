import type {
  CredentialRecord,
  EdgeRecord,
  MapResult,
  NodeRef,
  NormalisedRecord,
  Privilege,
  ResourceRecord,
} from '../contract'
import type { Cluster, Membership, ObjectGrant, ObjectRef, Role } from './cluster'
import { attributePrivilege, higher, predefinedPrivilege, wordPrivilege } from './privileges'

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const peopleGroups = /^(?:humans?|people|persons?|employees?|staff)$/i

/** What memberships say of roles, gone through once. */
interface Memberships {
  /** Roles that are granted to others. */
  granted: Set<string>
  /** Roles that are in a group of people, with the first of these. */
  people: Map<string, string>
}

function lookThrough(memberships: Iterable<Membership>): Memberships {
  const found: Memberships = { granted: new Set(), people: new Map() }
  for (const { member, role } of memberships) {
    found.granted.add(role)
    if (!found.people.has(member) && peopleGroups.test(role)) found.people.set(member, role)
  }
  return found
}

/** A role as a node. One that may log in acts by itself; any other is what rights pass through. */
function typeOf(role: Role, said: Memberships): NodeRef['type'] {
  if (role.name === 'public' || role.name.startsWith('pg_') || role.canLogin === false) return 'role'
  // Where nothing else is said: what is granted to others is a group.
  if (role.canLogin === undefined) return said.granted.has(role.name) ? 'role' : 'identity'
  return personReason(role, said) === undefined ? 'identity' : 'human'
}

/**
 * Why a role that may log in is a person's: only what somebody states. PostgreSQL has no mark for people, and a name such as
 * `maria` may as well be an application's.
 */
function personReason({ name, comment }: Role, { people }: Memberships): string | undefined {
  if (email.test(name) && !/(?:\.iam|gserviceaccount\.com)$/.test(name)) return 'is named by an e-mail address'
  if (comment !== undefined && /^(?:human|person|employee)\b/i.test(comment.trim()))
    return 'is called a person by its comment'
  const group = people.get(name)
  return group === undefined ? undefined : `is a member of ${group}`
}

/** Of a page that is about memberships or grants, the roles themselves are wanted from another page. */
export function recordsOf(
  cluster: Cluster,
  source: Pick<MapResult, 'system' | 'instance' | 'instanceName'>,
  wanted: 'everything' | 'what joins them' = 'everything',
): MapResult {
  const records: NormalisedRecord[] = []
  const unresolved = [...cluster.unresolved]
  const resources = new Map<string, ResourceRecord>()
  const edges: EdgeRecord[] = []
  const said = lookThrough(cluster.memberships.values())
  const types = new Map([...cluster.roles.values()].map((role) => [role.name, typeOf(role, said)]))
  const ref = (name: string): NodeRef => ({ type: types.get(name) ?? 'role', externalId: `role:${name}` })
  const add = (resource: ResourceRecord): NodeRef => {
    if (!resources.has(resource.externalId)) resources.set(resource.externalId, resource)
    return { type: 'resource', externalId: resource.externalId }
  }
  const server = () => add({ type: 'resource', externalId: 'cluster', kind: 'cluster', name: source.instanceName })

  for (const role of wanted === 'everything' ? cluster.roles.values() : []) {
    const type = types.get(role.name) ?? 'role'
    const isKnown = role.isDescribed || type === 'role'
    if (isKnown) records.push(nodeOf(role, type, said))
    else
      unresolved.push({
        at: role.at,
        reference: `role:${role.name}`,
        reason: 'The role is named, and the file does not describe it',
      })
    const credential = type === 'role' ? undefined : credentialOf(role, ref(role.name), cluster)
    if (credential !== undefined) records.push(credential)
    const scopes = [...role.attributes].filter((attribute) => attributePrivilege(attribute) !== undefined)
    if (scopes.length > 0) edges.push(grantEdge(ref(role.name), server(), scopes, scopes.map(attributePrivilege)))
    const own = predefinedPrivilege(role.name)
    if (own !== undefined) edges.push({ ...grantEdge(ref(role.name), server(), [role.name], [own]), basis: 'inferred' })
  }
  for (const membership of cluster.memberships.values()) edges.push(memberEdge(membership, ref, cluster))
  for (const grant of cluster.grants.values()) {
    if (grant.scopes.size > 0) edges.push(objectEdge(grant, ref, add))
  }
  if ([...cluster.grants.values()].some(({ grantee, scopes }) => grantee === 'public' && scopes.size > 0)) {
    for (const role of cluster.roles.values())
      if (role.isDescribed && role.name !== 'public' && role.canLogin === true)
        edges.push(edge('member_of', ref(role.name), ref('public'), [], 'inferred'))
  }
  if ([...resources.values()].some(({ attributes }) => attributes?.databaseUnknown === true))
    unresolved.push({
      at: 'file',
      reference: '(database)',
      reason: 'The dump does not say its database; make it with pg_dump --create',
    })
  return {
    ...source,
    records: [...records, ...resources.values(), ...cluster.sightings, ...edges],
    refused: cluster.refused,
    unresolved,
  }
}

function nodeOf(role: Role, type: NodeRef['type'], said: Memberships): NormalisedRecord {
  const { name, comment } = role
  const externalId = `role:${name}`
  if (type === 'human') {
    const reason = personReason(role, said) ?? 'is a person'
    return { type, externalId, name, reason, ...(email.test(name) ? { email: name } : {}) }
  }
  const facts: Record<string, string | number | boolean | string[]> = {}
  if (role.attributes.size > 0) facts.roleAttributes = [...role.attributes].sort()
  if (role.inherits === false) facts.inherit = false
  if (role.connectionLimit !== undefined && role.connectionLimit >= 0) facts.connectionLimit = role.connectionLimit
  if (role.settings.length > 0) facts.settings = role.settings.slice(0, 100)
  if (role.unknown.length > 0) facts.unknownAttributes = role.unknown
  const attributes = Object.keys(facts).length === 0 ? {} : { attributes: facts }
  const description = comment === undefined ? {} : { description: comment.slice(0, 2000) }
  if (type === 'role') {
    const kind = name === 'public' ? 'public' : name.startsWith('pg_') ? 'predefined_role' : 'role'
    return {
      type,
      externalId,
      kind,
      name: name === 'public' ? 'PUBLIC (every role)' : name,
      ...description,
      ...attributes,
    }
  }
  const owner =
    /\bowner\s*[:=]\s*([^\s,;]+)/i.exec(comment ?? '')?.[1] ??
    /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/.exec(comment ?? '')?.[0]
  return {
    type: 'identity',
    externalId,
    kind: 'service_account',
    name,
    ...description,
    status: 'active',
    ...attributes,
    ...(owner === undefined ? {} : { ownerHints: [{ value: owner, from: 'comment' }] }),
  }
}

/** The password of a role: that there is one, how it is kept and until when it is valid. */
function credentialOf(
  { name, password, validUntil, isDescribed }: Role,
  subject: NodeRef,
  cluster: Cluster,
): CredentialRecord | undefined {
  if (!isDescribed || password === undefined || password === 'none') return undefined
  const { method, iterations, fingerprint, lastFour } = password
  // A dump that tells passwords leaves out VALID UNTIL where there is no end.
  const end = validUntil !== undefined ? { expiresAt: validUntil } : cluster.tellsPasswords ? { expiresAt: null } : {}
  return {
    type: 'credential',
    externalId: `role:${name}#password`,
    subject,
    credentialType: 'password',
    name: `Password of ${name}`,
    status: 'active',
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(lastFour === undefined ? {} : { lastFour }),
    ...end,
    attributes: { method, ...(iterations === undefined ? {} : { iterations }) },
  }
}

function edge(
  kind: EdgeRecord['kind'],
  from: NodeRef,
  to: NodeRef,
  scopes: string[],
  basis: EdgeRecord['basis'],
): EdgeRecord {
  return {
    type: 'entitlement',
    kind,
    from,
    to,
    effect: 'allow',
    scopes: scopes.slice(0, 200),
    scopeCount: scopes.length,
    basis,
  }
}

function grantEdge(from: NodeRef, to: NodeRef, scopes: string[], privileges: (Privilege | undefined)[]): EdgeRecord {
  const privilege = privileges.reduce(higher, undefined)
  return { ...edge('grants', from, to, scopes, 'entitlement'), ...(privilege === undefined ? {} : { privilege }) }
}

/** Membership in a role that may log in is becoming it; what INHERIT and SET leave of it is said as a condition. */
function memberEdge(
  { member, role, admin, inherit, set }: Membership,
  ref: (name: string) => NodeRef,
  cluster: Cluster,
): EdgeRecord {
  const to = ref(role)
  const scopes = [admin === true ? 'ADMIN' : '', inherit === true ? 'INHERIT' : '', set === true ? 'SET' : ''].filter(
    (word) => word !== '',
  )
  const inherits = inherit ?? cluster.roles.get(member)?.inherits ?? true
  const condition =
    inherits || role === 'public'
      ? undefined
      : set === false
        ? 'passes no rights on (INHERIT FALSE, SET FALSE)'
        : 'only after SET ROLE (no inheritance)'
  const made = edge(to.type === 'role' ? 'member_of' : 'assumes', ref(member), to, scopes, 'entitlement')
  return condition === undefined ? made : { ...made, condition }
}

function objectEdge(
  { grantee, object, scopes, condition }: ObjectGrant,
  ref: (name: string) => NodeRef,
  add: (resource: ResourceRecord) => NodeRef,
): EdgeRecord {
  const names = [...scopes].map(([scope, mayPassOn]) => (mayPassOn ? `${scope} WITH GRANT OPTION` : scope))
  const made = grantEdge(
    ref(grantee),
    add(resourceOf(object)),
    names,
    [...scopes].map(([scope, mayPassOn]) => wordPrivilege(scope, mayPassOn)),
  )
  const unknown = [...scopes.keys()].filter((scope) => wordPrivilege(scope) === undefined)
  return {
    ...made,
    ...(condition === undefined ? {} : { condition }),
    ...(unknown.length === 0
      ? {}
      : { notEvaluable: `not a privilege that is known: ${unknown.slice(0, 10).join(', ')}` }),
  }
}

function resourceOf({ kind, database, name }: ObjectRef): ResourceRecord {
  const isServers = kind === 'database' || kind === 'tablespace' || kind === 'parameter'
  const place = isServers ? '' : `${database ?? '(database)'}.`
  return {
    type: 'resource',
    externalId: `${kind}:${place}${name}`,
    kind,
    name: isServers || database === undefined ? name : `${database}.${name}`,
    ...(isServers ? {} : { attributes: database === undefined ? { databaseUnknown: true } : { database } }),
  }
}

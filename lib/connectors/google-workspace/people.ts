import type { NodeRef, Privilege } from '../contract'
import { field, flag, idText, known, list, path, text } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { instant } from './instants'

/** Ids by e-mail address: some listings name a user by the one, some by the other. */
export type UserIds = ReadonlyMap<string, string>

export const organization: NodeRef = { type: 'resource', externalId: 'google-workspace:organization' }

export function organizationOf(graph: Graph, at: string): NodeRef {
  const name = 'Google Workspace organization'
  graph.add({ type: 'resource', externalId: organization.externalId, kind: 'system', name }, at)
  return organization
}

/** The id of a user who is named by id or by e-mail address. */
export function userId(key: string, users: UserIds): string {
  return users.get(key.toLowerCase()) ?? key
}

export function readUser({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'id')) ?? text(field(value, 'primaryEmail'))
  if (externalId === undefined) return 'has no id'
  const email = text(field(value, 'primaryEmail'))
  const name = text(path(value, 'name', 'fullName')) ?? text(field(value, 'name')) ?? email ?? externalId
  graph.human({ externalId, name, ...known({ email }), reason: 'is a user with a mailbox of the organization' }, at)
  const from: NodeRef = { type: 'human', externalId }
  if (flag(field(value, 'isAdmin')) === true)
    graph.edge(
      { kind: 'grants', from, to: organizationOf(graph, at), scopes: ['super administrator'], privilege: 'admin' },
      at,
    )
  return undefined
}

/** Groups pass on what is shared with them. */
export function readGroup({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'id')) ?? text(field(value, 'email'))
  if (externalId === undefined) return 'has no id'
  const description = text(field(value, 'description'))
  const email = text(field(value, 'email'))
  const name = text(field(value, 'name')) ?? email ?? externalId
  graph.add(
    { type: 'role', externalId, kind: 'group', name, ...known({ description }), attributes: known({ email }) },
    at,
  )
  return undefined
}

/** A member of the group under whose e-mail address or id the file lists it; service accounts are members too. */
export function readMember(
  { value, at, keys }: Entry,
  graph: Graph,
  groups: UserIds,
  users: UserIds,
): string | undefined {
  const key =
    text(field(value, 'groupKey')) ??
    text(field(value, 'group')) ??
    keys.findLast((name) => name.includes('@') || groups.has(name.toLowerCase()))
  if (key === undefined) return 'is listed without its group'
  const to: NodeRef = { type: 'role', externalId: groups.get(key.toLowerCase()) ?? key }
  const email = text(field(value, 'email'))
  const id = idText(field(value, 'id')) ?? email
  if (id === undefined) return 'has no id'
  const type = text(field(value, 'type'))
  if (type === 'CUSTOMER') return 'is the whole organization'
  let from: NodeRef = { type: 'human', externalId: userId(id, users) }
  if (type === 'GROUP') from = { type: 'role', externalId: groups.get(id.toLowerCase()) ?? id }
  else if (email?.endsWith('.gserviceaccount.com') === true) {
    from = { type: 'identity', externalId: email, global: true }
    graph.add({ type: 'identity', externalId: email, kind: 'service_account', name: email, status: 'unknown' }, at)
  }
  graph.edge({ kind: 'member_of', from, to }, at)
  return undefined
}

/** Names of privileges that let their holder become someone else or hand out rights. */
const governing =
  /SUPER_ADMIN|USERS?_(?:ALL|RESET_PASSWORD|ADD_NICKNAME|SECURITY_ALL|FORCE_PASSWORD_CHANGE)|^USERS_|SECURITY_SETTINGS|ADMIN_ROLE|GROUPS_(?:ALL|UPDATE|CREATE|MANAGE)|DELEGATED|API_|MANAGE_/i

/** The privilege of an administrator role: what is named read or retrieve reads; what is not known stays unknown. */
export function adminPrivilege(names: readonly string[], isSuper: boolean): Privilege | undefined {
  if (isSuper || names.some((name) => governing.test(name) && !/RETRIEVE|READ|VIEW/i.test(name))) return 'admin'
  if (names.length > 0 && names.every((name) => /RETRIEVE|_READ|READ_ONLY|VIEW|REPORTS_ACCESS/i.test(name)))
    return 'read'
  return undefined
}

export function readRole({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'roleId'))
  if (externalId === undefined) return 'has no roleId'
  const name = text(field(value, 'roleName')) ?? externalId
  const description = text(field(value, 'roleDescription'))
  graph.add({ type: 'role', externalId, kind: 'admin_role', name, ...known({ description }) }, at)
  const scopes = list(field(value, 'rolePrivileges')).flatMap((held) => text(field(held, 'privilegeName')) ?? [])
  const privilege = adminPrivilege(scopes, flag(field(value, 'isSuperAdminRole')) === true)
  const notEvaluable = privilege === undefined ? 'what the privileges of this role amount to is not known' : undefined
  const from: NodeRef = { type: 'role', externalId }
  graph.edge({ kind: 'grants', from, to: organizationOf(graph, at), scopes, privilege, notEvaluable }, at)
  return undefined
}

export function readRoleAssignment({ value, at }: Entry, graph: Graph, users: UserIds): string | undefined {
  const role = idText(field(value, 'roleId'))
  const holder = idText(field(value, 'assignedTo'))
  if (role === undefined || holder === undefined) return 'names no role or no holder'
  const type = text(field(value, 'assigneeType'))?.toLowerCase()
  const unit = text(field(value, 'orgUnitId'))
  const condition = unit === undefined ? undefined : `within organizational unit ${unit}`
  const from: NodeRef = type === 'group' ? { type: 'role', externalId: holder } : graph.principal(userId(holder, users))
  graph.edge({ kind: 'member_of', from, to: { type: 'role', externalId: role }, condition }, at)
  return undefined
}

/** A password that lets an old program into the whole account of a user, past the second factor. */
export function readAppPassword({ value, at }: Entry, graph: Graph, users: UserIds): string | undefined {
  const code = idText(field(value, 'codeId'))
  const key = idText(field(value, 'userKey'))
  if (code === undefined || key === undefined) return 'has no codeId or no userKey'
  const owner = userId(key, users)
  const lastUsed = field(value, 'lastTimeUsed')
  addPersonalKey(
    graph,
    {
      externalId: `app-password:${owner}:${code}`,
      credentialType: 'password',
      name: text(field(value, 'name')) ?? `App password ${code}`,
      status: 'active',
      createdAt: instant(field(value, 'creationTime')),
      lastUsedAt: lastUsed === '0' || lastUsed === 0 ? null : instant(lastUsed),
      expiresAt: null,
    },
    { type: 'human', externalId: owner },
    at,
    { ownerHints: [{ value: owner, from: 'userKey' }] },
  )
  return undefined
}

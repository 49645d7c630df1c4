import type { NodeRef } from '../contract'
import { field, isFields, known, list, text } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { orgOf } from './applications'
import { privilegeOf, standardRoles } from './privileges'
import { idIn, linkOf, linksOf } from './shapes'

/** What is known of custom roles until the whole file was read. */
export interface CustomRoles {
  permissions: Map<string, { scope: string; condition?: string; at: string }[]>
  resourceSets: Map<string, { id: string; at: string }[]>
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key)
  if (items === undefined) map.set(key, [item])
  else items.push(item)
}

/** Who a link stands for: a client, a group or a user. */
function holderIn(addresses: string[], graph: Graph): NodeRef | undefined {
  for (const address of addresses) {
    const client = idIn(address, 'clients') ?? idIn(address, 'client')
    if (client !== undefined) return { type: 'identity', externalId: client }
    const user = idIn(address, 'users')
    if (user !== undefined) return graph.principal(user)
    const group = idIn(address, 'groups')
    if (group !== undefined) return { type: 'role', externalId: group }
  }
  return undefined
}

/** A custom role or, of a listing of roles, its name. */
export function readRole({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name = text(field(value, 'label')) ?? externalId
  const description = text(field(value, 'description'))
  graph.add({ type: 'role', externalId, kind: 'custom_admin_role', name, ...known({ description }) }, at)
  return undefined
}

export function readPermission({ value, at }: Entry, roles: CustomRoles): string | undefined {
  const role = idIn(linkOf(value, 'role'), 'roles')
  const scope = text(field(value, 'label'))
  if (role === undefined || scope === undefined) return 'names no role or no permission'
  const conditions = field(value, 'conditions')
  const condition = isFields(conditions) ? JSON.stringify(conditions).slice(0, 2000) : undefined
  push(roles.permissions, role, { scope, at, ...(condition === undefined ? {} : { condition }) })
  return undefined
}

export function readResourceSet({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  graph.add({ type: 'resource', externalId, kind: 'resource_set', name: text(field(value, 'label')) ?? externalId }, at)
  return undefined
}

/** An administrator role held by a client, a user or a group. */
export function readAssignment({ value, at, keys }: Entry, graph: Graph, roles: CustomRoles): string | undefined {
  const type = text(field(value, 'type')) ?? ''
  const assignee = linkOf(value, 'assignee')
  const holder = holderIn([...(assignee === undefined ? [] : [assignee]), ...keys.toReversed()], graph)
  if (text(field(value, 'status')) === 'INACTIVE') return `${type} is not active`
  if (holder === undefined || holder.externalId.includes('{')) return `${type} does not say who holds it`
  const custom = type === 'CUSTOM' ? (text(field(value, 'role')) ?? idIn(linkOf(value, 'role'), 'roles')) : undefined
  const externalId = custom ?? type
  if (externalId === '') return 'has no type'
  const name = text(field(value, 'label')) ?? externalId
  const kind = custom === undefined ? 'admin_role' : 'custom_admin_role'
  graph.add({ type: 'role', externalId, kind, name }, at)
  const to: NodeRef = { type: 'role', externalId }
  const set = custom === undefined ? undefined : text(field(value, 'resource-set'))
  const condition = set === undefined ? undefined : `within resource set ${set}`
  graph.edge({ kind: 'member_of', from: holder, to, condition }, at)
  if (set !== undefined) push(roles.resourceSets, externalId, { id: set, at })
  if (custom !== undefined) return undefined
  const privilege = Object.hasOwn(standardRoles, type) ? standardRoles[type] : undefined
  const notEvaluable = privilege === undefined ? `what the role ${type} allows is not known` : undefined
  graph.edge({ kind: 'grants', from: to, to: orgOf(graph, at), scopes: [type], privilege, notEvaluable }, at)
  return undefined
}

/** The members of a custom role within a resource set: `{members: […], _links: {binding}}`. */
export function readMembers({ value, at }: Entry, graph: Graph, roles: CustomRoles): string | undefined {
  const binding = linkOf(value, 'binding') ?? linkOf(value, 'self')
  const role = idIn(binding, 'bindings')
  const set = idIn(binding, 'resource-sets')
  if (role === undefined || role.includes('{')) return 'do not name their role'
  if (set !== undefined) push(roles.resourceSets, role, { id: set, at })
  for (const [index, member] of list(field(value, 'members')).entries()) {
    const holder = holderIn(linksOf(member), graph)
    if (holder === undefined) graph.refuse(`${at}.members[${index}]`, 'the member is neither client nor user nor group')
    else {
      const condition = set === undefined ? undefined : `within resource set ${set}`
      graph.edge({ kind: 'member_of', from: holder, to: { type: 'role', externalId: role }, condition }, at)
    }
  }
  return undefined
}

/** Once all is read: custom roles grant their permissions on the resource sets that they are bound to. */
export function addCustomGrants(graph: Graph, roles: CustomRoles): void {
  for (const [role, permissions] of roles.permissions) {
    const from: NodeRef = { type: 'role', externalId: role }
    const first = permissions[0]?.at ?? 'file'
    const bound = roles.resourceSets.get(role) ?? []
    const targets: { to: NodeRef; at: string }[] = bound.map(({ id, at }) => ({
      to: { type: 'resource', externalId: id },
      at,
    }))
    if (targets.length === 0) targets.push({ to: orgOf(graph, first), at: first })
    for (const { to, at } of targets) {
      for (const { scope, condition } of permissions)
        graph.edge({ kind: 'grants', from, to, scopes: [scope], condition, ...privilegeOf([scope]) }, at)
    }
  }
  for (const [role, sets] of roles.resourceSets) {
    if (roles.permissions.has(role)) continue
    const notEvaluable = "the role's permissions are not in the file"
    for (const { id, at } of sets)
      graph.edge(
        {
          kind: 'grants',
          from: { type: 'role', externalId: role },
          to: { type: 'resource', externalId: id },
          notEvaluable,
        },
        at,
      )
  }
}

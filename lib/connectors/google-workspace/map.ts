import type { MapContext, MapResult } from '../contract'
import { field, idText, path, text } from '../json-fields'
import { Graph } from '../record-graph'
import { type Entry, unfinishedPages, walkObjects } from '../walk-answers'
import { readAppPassword, readGroup, readMember, readRole, readRoleAssignment, readUser, type UserIds } from './people'
import { type Shape, shapeOf } from './shapes'
import { readActivity, readDelegation, readToken } from './tokens'

/** What is pointed at comes first. */
const order: readonly Shape[] = [
  'error',
  'user',
  'group',
  'role',
  'member',
  'role_assignment',
  'app_password',
  'token',
  'delegation',
  'activity',
]

export function mapWorkspace(roots: { value: unknown; at: string }[], context: MapContext): MapResult {
  const graph = new Graph()
  const found = new Map<Shape, Entry[]>()
  const take = (entry: Entry): boolean => {
    const shape = shapeOf(entry)
    if (shape === undefined) return false
    const entries = found.get(shape)
    if (entries === undefined) found.set(shape, [entry])
    else entries.push(entry)
    return true
  }
  const leave = (at: string, count: number) =>
    graph.refuse(
      at,
      count === 1 ? 'is no entry of a kind that is read here' : `holds ${count} entries of no kind that is read here`,
    )
  for (const { value, at } of roots) walkObjects(value, { take, leave }, at)
  const users = idsByAddress(found.get('user'), 'primaryEmail')
  const groups = idsByAddress(found.get('group'), 'email')
  for (const shape of order) {
    for (const entry of found.get(shape) ?? []) {
      const reason = readEntry(shape, entry, graph, users, groups)
      if (reason !== undefined) graph.refuse(entry.at, `the ${shape.replaceAll('_', ' ')} ${reason}`)
    }
  }
  for (const { at, reason } of unfinishedPages(roots)) graph.refuse(at, reason)
  if (graph.isEmpty) graph.refuse('file', 'holds nothing that Google Workspace lists')
  const instance = customerOf([...found.values()].flat()) ?? context.instance ?? 'google-workspace'
  const instanceName = instance === 'google-workspace' ? 'Google Workspace' : `Google Workspace ${instance}`
  return graph.finish('google-workspace', instance, instanceName)
}

function readEntry(shape: Shape, entry: Entry, graph: Graph, users: UserIds, groups: UserIds): string | undefined {
  switch (shape) {
    case 'error':
      return `says: ${text(path(entry.value, 'error', 'message')) ?? 'no reason given'}`.slice(0, 300)
    case 'user':
      return readUser(entry, graph)
    case 'group':
      return readGroup(entry, graph)
    case 'member':
      return readMember(entry, graph, groups, users)
    case 'role':
      return readRole(entry, graph)
    case 'role_assignment':
      return readRoleAssignment(entry, graph, users)
    case 'app_password':
      return readAppPassword(entry, graph, users)
    case 'token':
      return readToken(entry, graph, users)
    case 'delegation':
      return readDelegation(entry, graph)
    case 'activity':
      return readActivity(entry, graph, users)
  }
}

/** Ids by lower-case e-mail address and by themselves. */
function idsByAddress(entries: Entry[] | undefined, address: string): UserIds {
  const ids = new Map<string, string>()
  for (const { value } of entries ?? []) {
    const id = idText(field(value, 'id'))
    if (id === undefined) continue
    ids.set(id.toLowerCase(), id)
    const email = text(field(value, address))
    if (email !== undefined) ids.set(email.toLowerCase(), id)
  }
  return ids
}

/** The customer id, when all entries that name one name the same. */
function customerOf(entries: Entry[]): string | undefined {
  const customers = new Set<string>()
  for (const { value } of entries) {
    const customer = text(field(value, 'customerId')) ?? text(path(value, 'id', 'customerId'))
    if (customer !== undefined) customers.add(customer)
  }
  return customers.size === 1 ? [...customers][0] : undefined
}

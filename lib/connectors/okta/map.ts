import type { MapContext, MapResult } from '../contract'
import { withCrowds } from '../crowds'
import { field, isFields, text } from '../json-fields'
import { Graph } from '../record-graph'
import { type Entry, walkObjects } from '../walk-answers'
import { readAgentPool, readAppAccount, readOktaAccount, readPerson } from './accounts'
import {
  addCustomGrants,
  type CustomRoles,
  readAssignment,
  readMembers,
  readPermission,
  readResourceSet,
  readRole,
} from './admin'
import { clientIdOf, readApiService, readApp, readClient } from './applications'
import { powers } from './crowds'
import { isOperation, linksOf, type Shape, shapeOf } from './shapes'
import { readApiToken, readGrant, readKey, readOAuthToken, readSecret } from './tokens'

/** What is pointed at comes first. */
const order: readonly Shape[] = [
  'error',
  'org',
  'okta_account',
  'app_account',
  'agent_pool',
  'user',
  'app_user',
  'app',
  'api_service',
  'client',
  'role',
  'resource_set',
  'permission',
  'role_assignment',
  'members',
  'api_token',
  'secret',
  'web_key',
  'signing_key',
  'grant',
  'oauth_token',
]

/** As refusals call them. */
const words: Partial<Record<Shape, string>> = {
  app_user: 'application user',
  okta_account: 'service account',
  app_account: 'service account',
  web_key: 'key',
  signing_key: 'key',
  oauth_token: 'token',
  error: 'answer',
}

export function mapOkta(roots: { value: unknown; at: string }[], context: MapContext): MapResult {
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
      count === 1 ? 'concerns no non-human identity' : `holds ${count} entries that concern no non-human identity`,
    )
  for (const { value, at } of roots) {
    if (isFields(value) && Object.keys(value).some(isOperation)) walkOperations(value, take, graph)
    else walkObjects(value, { take, leave }, at)
  }
  const entries = [...found.values()].flat()
  const apps = (found.get('app') ?? []).map(({ value }): [string, string] => {
    const id = text(field(value, 'id')) ?? ''
    return [id, clientIdOf(value) ?? id]
  })
  const clients = new Map(apps.reverse())
  const roles: CustomRoles = { permissions: new Map(), resourceSets: new Map() }
  for (const shape of order) {
    for (const entry of found.get(shape) ?? []) {
      const reason = readEntry(shape, entry, graph, clients, roles, context)
      if (reason !== undefined) graph.refuse(entry.at, `the ${words[shape] ?? shape.replaceAll('_', ' ')} ${reason}`)
    }
  }
  addCustomGrants(graph, roles)
  if (graph.isEmpty) graph.refuse('file', 'holds nothing that concerns a non-human identity')
  const instance = hostOf(entries) ?? context.instance ?? 'okta'
  const result = graph.finish('okta', instance, instance === 'okta' ? 'Okta' : `Okta ${instance}`)
  return withCrowds(result, powers, context.isPiece)
}

function readEntry(
  shape: Shape,
  entry: Entry,
  graph: Graph,
  clients: ReadonlyMap<string, string>,
  roles: CustomRoles,
  context: MapContext,
): string | undefined {
  switch (shape) {
    case 'error':
      return `is an error: ${text(field(entry.value, 'errorSummary')) ?? 'no reason given'}`.slice(0, 300)
    case 'org':
      return undefined
    case 'okta_account':
      return readOktaAccount(entry, graph)
    case 'app_account':
      return readAppAccount(entry, graph)
    case 'agent_pool':
      return readAgentPool(entry, graph)
    case 'user':
      return readPerson(entry, graph, 'is a user of the directory')
    case 'app_user':
      return readPerson(entry, graph, 'is a user who is assigned to an application')
    case 'app':
      return readApp(entry, graph, context)
    case 'api_service':
      return readApiService(entry, graph, context)
    case 'client':
      return readClient(entry, graph, context)
    case 'role':
      return readRole(entry, graph)
    case 'resource_set':
      return readResourceSet(entry, graph)
    case 'permission':
      return readPermission(entry, roles)
    case 'role_assignment':
      return readAssignment(entry, graph, roles)
    case 'members':
      return readMembers(entry, graph, roles)
    case 'api_token':
      return readApiToken(entry, graph)
    case 'secret':
      return readSecret(entry, graph, clients, context)
    case 'web_key':
    case 'signing_key':
      return readKey(entry, graph, clients)
    case 'grant':
      return readGrant(entry, graph)
    case 'oauth_token':
      return readOAuthToken(entry, graph)
  }
}

/** A collection of example answers, operation by operation: what concerns no identity is counted for each. */
function walkOperations(value: Record<string, unknown>, take: (entry: Entry) => boolean, graph: Graph): void {
  for (const [operation, answers] of Object.entries(value)) {
    let left = 0
    const examples = isFields(answers) ? Object.entries(answers) : [['', answers] as const]
    for (const [example, answer] of examples) {
      let taken = false
      const mark = (entry: Entry) => {
        const took = take(entry)
        taken ||= took
        return took
      }
      walkObjects(answer, { take: mark }, `$[${JSON.stringify(operation)}][${JSON.stringify(example)}]`)
      if (!taken) left += 1
    }
    const count = `${left} of ${examples.length} ${examples.length === 1 ? 'example' : 'examples'}`
    if (left > 0) graph.refuse(operation, `${count} left out: they concern no non-human identity`)
  }
}

/** The organization's host, the one that most links lead to; the administrators' host is the same organization. */
function hostOf(entries: Entry[]): string | undefined {
  const hosts = new Map<string, number>()
  for (const { value } of entries) {
    const issuer = text(field(value, 'issuer'))
    for (const link of issuer === undefined ? linksOf(value) : [...linksOf(value), `${issuer}/`]) {
      const host = /^https?:\/\/([a-z0-9.-]+\.[a-z]{2,})(?::\d+)?\//i.exec(link)?.[1]?.toLowerCase()
      const own = host?.replace(/-admin(?=\.okta)/, '')
      if (own !== undefined) hosts.set(own, (hosts.get(own) ?? 0) + 1)
    }
  }
  return [...hosts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

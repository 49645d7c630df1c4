import type { NodeRef } from '../contract'
import { field, flag, idText, isFields, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { instant } from './instants'
import { organizationOf, type UserIds, userId } from './people'
import { isOrganizationWide, privilegeOf } from './scopes'

/** Scopes as a list, or in one text as the columns of tools have them. */
function scopesOf(value: unknown): string[] {
  return typeof value === 'string' ? value.split(/[\s,]+/).filter((scope) => scope !== '') : texts(value)
}

interface Consent {
  client: string
  name: string
  user: string
  scopes: string[]
  attributes: Record<string, string | boolean>
  at: string
  createdAt?: string
  lastUsedAt?: string
}

/** What one user lets one application do, until it is revoked: an OAuth token without an end. */
export function readToken({ value, at, keys }: Entry, graph: Graph, users: UserIds): string | undefined {
  const client = idText(field(value, 'clientId'))
  if (client === undefined) return 'has no clientId'
  const key =
    idText(field(value, 'userKey')) ??
    text(field(value, 'user')) ??
    keys.findLast((name) => users.has(name.toLowerCase()) || name.includes('@') || /^\d{15,25}$/.test(name))
  const name = text(field(value, 'displayText')) ?? client
  const attributes = known({ anonymous: flag(field(value, 'anonymous')), nativeApp: flag(field(value, 'nativeApp')) })
  if (key === undefined) {
    addApp(graph, client, name, attributes, at)
    return `of ${name} does not say which user gave it; the application is kept without the grant`
  }
  addConsent(
    { client, name, user: userId(key, users), scopes: scopesOf(field(value, 'scopes')), attributes, at },
    graph,
  )
  return undefined
}

function addApp(
  graph: Graph,
  client: string,
  name: string,
  attributes: Record<string, string | boolean>,
  at: string,
): NodeRef {
  graph.add({ type: 'identity', externalId: client, kind: 'oauth_app', name, status: 'active', attributes }, at)
  return { type: 'identity', externalId: client, global: true }
}

function addConsent(
  { client, name, user, scopes, attributes, at, createdAt, lastUsedAt }: Consent,
  graph: Graph,
): void {
  const from = addApp(graph, client, name, attributes, at)
  graph.add(
    {
      type: 'credential',
      externalId: `token:${user}:${client}`,
      subject: from,
      credentialType: 'refresh_token',
      name: `${name} for ${user}`,
      status: 'active',
      ...known({ createdAt, lastUsedAt }),
      attributes: { onBehalfOf: user, scopes: scopes.slice(0, 200) },
    },
    at,
  )
  const condition = `on behalf of user ${user}`
  const account: NodeRef = { type: 'resource', externalId: `account:${user}` }
  graph.add(
    { type: 'resource', externalId: account.externalId, kind: 'account', name: `Google account of ${user}` },
    at,
  )
  const own = scopes.filter((scope) => !isOrganizationWide(scope))
  const wide = scopes.filter(isOrganizationWide)
  if (own.length > 0 || wide.length === 0)
    graph.edge({ kind: 'grants', from, to: account, scopes: own, condition, ...privilegeOf(own) }, at)
  if (wide.length > 0)
    graph.edge(
      { kind: 'grants', from, to: organizationOf(graph, at), scopes: wide, condition, ...privilegeOf(wide) },
      at,
    )
}

/** A client that may act as any user of the organization within its scopes. */
export function readDelegation({ value, at }: Entry, graph: Graph): string | undefined {
  const client = idText(field(value, 'clientId')) ?? idText(field(value, 'client_id'))
  if (client === undefined) return 'has no clientId'
  const name = text(field(value, 'name')) ?? text(field(value, 'clientName')) ?? client
  addDelegation(client, name, scopesOf(field(value, 'scopes')), at, graph)
  return undefined
}

function addDelegation(client: string, name: string, scopes: string[], at: string, graph: Graph): void {
  const from = addApp(graph, client, name, { domainWideDelegation: true }, at)
  const condition = 'as any user of the organization (domain-wide delegation)'
  graph.edge({ kind: 'grants', from, to: organizationOf(graph, at), scopes, condition, ...privilegeOf(scopes) }, at)
}

/** The events of the audit log by which users and administrators let applications in. */
export function readActivity({ value, at }: Entry, graph: Graph, users: UserIds): string | undefined {
  const actor = text(path(value, 'actor', 'email')) ?? idText(path(value, 'actor', 'profileId'))
  const time = instant(path(value, 'id', 'time'))
  let read = 0
  for (const event of list(field(value, 'events'))) {
    const name = text(field(event, 'name'))?.toLowerCase()
    const client = parameter(event, 'client_id') ?? parameter(event, 'API_CLIENT_NAME')
    if (client === undefined) continue
    const app = parameter(event, 'app_name') ?? client
    if (name === 'authorize_api_client_access') {
      addDelegation(client, app, scopesOf(parameter(event, 'API_SCOPES') ?? parameters(event, 'API_SCOPES')), at, graph)
      read += 1
    } else if (name === 'authorize' && actor !== undefined) {
      const attributes = known({ clientType: parameter(event, 'client_type') })
      const scopes = parameters(event, 'scope')
      addConsent(
        { client, name: app, user: userId(actor, users), scopes, attributes, at, ...known({ createdAt: time }) },
        graph,
      )
      read += 1
    }
  }
  return read > 0 ? undefined : 'authorizes no application'
}

function parameters(event: unknown, name: string): string[] {
  const found = list(field(event, 'parameters')).find((entry) => isFields(entry) && field(entry, 'name') === name)
  return [...texts(field(found, 'multiValue')), ...(text(field(found, 'value'))?.split(/[\s,]+/) ?? [])]
}

function parameter(event: unknown, name: string): string | undefined {
  const found = list(field(event, 'parameters')).find((entry) => isFields(entry) && field(entry, 'name') === name)
  return text(field(found, 'value'))
}

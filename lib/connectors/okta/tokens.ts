import type { CredentialRecord, MapContext, NodeRef } from '../contract'
import { instant } from '../instants'
import { field, isFields, known, path, text, texts } from '../json-fields'
import { addPersonalKey } from '../personal-key'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { orgOf } from './applications'
import { privilegeOf } from './privileges'
import { secretFacts } from './secret'
import { idIn, linkOf, linksOf } from './shapes'

/** The client id for an application's id. */
export type ClientIds = ReadonlyMap<string, string>

function statusOf(value: unknown): CredentialRecord['status'] {
  const status = text(field(value, 'status'))?.toUpperCase()
  return status === undefined ? 'unknown' : status === 'ACTIVE' ? 'active' : 'disabled'
}

/** An API token has the rights of the user who made it, for as long as it is used often enough. */
export function readApiToken({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name = text(field(value, 'name')) ?? externalId
  const user = text(field(value, 'userId')) ?? idIn(linkOf(value, 'user'), 'users')
  const network = field(value, 'network')
  const zones = (side: string) => texts(field(network, side))
  const key: Omit<CredentialRecord, 'type' | 'subject'> = {
    externalId,
    credentialType: 'access_token',
    name,
    status: 'active',
    createdAt: instant(field(value, 'created')),
    expiresAt: instant(field(value, 'expiresAt')),
    attributes: {
      ...known({
        expiresWhenUnusedFor: text(field(value, 'tokenWindow')),
        madeBy: text(field(value, 'clientName')),
        network: text(field(network, 'connection')),
      }),
      ...(zones('include').length === 0 ? {} : { networkZones: zones('include') }),
      ...(zones('exclude').length === 0 ? {} : { excludedZones: zones('exclude') }),
    },
  }
  if (user === undefined) graph.add({ type: 'credential', ...key }, at)
  else addPersonalKey(graph, key, graph.principal(user), at, { ownerHints: [{ value: user, from: 'userId' }] })
  return undefined
}

/** The client that a secret or key is of: its links or the keys of the file say so. */
function clientOf({ value, keys }: Entry, clients: ClientIds): NodeRef | undefined {
  for (const address of [...linksOf(value), ...keys.toReversed()]) {
    const app = idIn(address, 'apps') ?? idIn(address, 'api-services') ?? idIn(address, 'clients')
    const id = app ?? (/^0oa\w{17}$/.test(address) ? address : undefined)
    if (id !== undefined && !id.includes('{')) return { type: 'identity', externalId: clients.get(id) ?? id }
  }
  return undefined
}

/** One of the secrets of a client; an elided or masked value leaves the last four at most. */
export function readSecret(
  entry: Entry,
  graph: Graph,
  clients: ClientIds,
  { fingerprint }: MapContext,
): string | undefined {
  const { value, at } = entry
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const subject = clientOf(entry, clients)
  graph.add(
    {
      type: 'credential',
      externalId,
      ...known({ subject }),
      credentialType: 'client_secret',
      name: `Client secret ${externalId}`,
      status: statusOf(value),
      ...secretFacts(field(value, 'client_secret'), fingerprint),
      createdAt: instant(field(value, 'created')),
    },
    at,
  )
  return undefined
}

/** A public key by which a client proves itself, or a certificate with which an application's answers are signed. */
export function readKey(entry: Entry, graph: Graph, clients: ClientIds): string | undefined {
  const { value, at } = entry
  const kid = text(field(value, 'kid'))
  const externalId = text(field(value, 'id')) ?? kid
  if (externalId === undefined) return 'has no id'
  const subject = clientOf(entry, clients)
  const certificate = field(value, 'x5c') !== undefined
  graph.add(
    {
      type: 'credential',
      externalId,
      ...known({ subject }),
      credentialType: certificate ? 'certificate' : 'signing_key',
      name: `${certificate ? 'Certificate' : 'Key'} ${externalId}`,
      status: certificate ? 'active' : statusOf(value),
      createdAt: instant(field(value, 'created')),
      ...(certificate ? { expiresAt: instant(field(value, 'expiresAt')) } : {}),
      attributes: known({ use: text(field(value, 'use')), algorithm: text(field(value, 'alg')) }),
    },
    at,
  )
  return undefined
}

/** A scope of Okta's own API that an administrator granted to a client. */
export function readGrant({ value, at }: Entry, graph: Graph): string | undefined {
  const scope = text(field(value, 'scopeId'))
  const client = text(field(value, 'clientId')) ?? idIn(linkOf(value, 'client'), 'clients')
  if (scope === undefined || client === undefined) return 'names no scope or no client'
  if (text(field(value, 'status')) === 'INACTIVE') return `of ${scope} is not active`
  const from: NodeRef = { type: 'identity', externalId: client }
  graph.edge({ kind: 'grants', from, to: orgOf(graph, at), scopes: [scope], ...privilegeOf([scope]) }, at)
  return undefined
}

/** A refresh token: the client may act for a user at an authorization server until it expires. */
export function readOAuthToken({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'id'))
  const client = text(field(value, 'clientId')) ?? text(field(value, 'client_id'))
  if (externalId === undefined || client === undefined) return 'has no id or no client'
  const user = text(field(value, 'userId'))
  const issuer = text(field(value, 'issuer')) ?? ''
  const server =
    idIn(linkOf(value, 'authorizationServer'), 'authorizationServers') ?? issuer.split('/').at(-1) ?? issuer
  const scopes = texts(field(value, 'scopes'))
  const subject: NodeRef = { type: 'identity', externalId: client }
  const expiresAt = instant(field(value, 'expiresAt'))
  graph.add(
    {
      type: 'credential',
      externalId,
      subject,
      credentialType: 'refresh_token',
      name: `Refresh token ${externalId}`,
      status: statusOf(value),
      createdAt: instant(field(value, 'created')),
      expiresAt,
      attributes: { ...known({ onBehalfOf: user, issuer: text(issuer) }), scopes: scopes.slice(0, 200) },
    },
    at,
  )
  const title = text(path(value, '_links', 'authorizationServer', 'title')) ?? `Authorization server ${server}`
  graph.add({ type: 'resource', externalId: server, kind: 'authorization_server', name: title }, at)
  const condition = user === undefined ? undefined : `on behalf of user ${user}`
  const to: NodeRef = { type: 'resource', externalId: server }
  graph.edge({ kind: 'grants', from: subject, to, scopes, condition, expiresAt, ...privilegeOf(scopes) }, at)
  const app = path(value, '_links', 'client')
  if (isFields(app) && text(field(app, 'title')) !== undefined && !graph.has('identity', client))
    graph.add(
      {
        type: 'identity',
        externalId: client,
        kind: 'oauth_app',
        name: text(field(app, 'title')) ?? client,
        status: 'unknown',
      },
      at,
    )
  return undefined
}

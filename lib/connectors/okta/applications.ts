import type { IdentityRecord, MapContext, NodeRef } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, flag, isFields, known, list, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { privilegeOf } from './privileges'
import { secretFacts } from './secret'

const org: NodeRef = { type: 'resource', externalId: 'okta:org' }

/** The organization as what scopes and administrator roles are about. */
export function orgOf(graph: Graph, at: string): NodeRef {
  graph.add({ type: 'resource', externalId: org.externalId, kind: 'system', name: 'Okta organization' }, at)
  return org
}

/** The client id of an application; for most it is the application's id. */
export function clientIdOf(app: unknown): string | undefined {
  return text(path(app, 'credentials', 'oauthClient', 'client_id'))
}

function statusOf(value: unknown): IdentityRecord['status'] {
  const status = text(field(value, 'status'))?.toUpperCase()
  return status === undefined ? 'unknown' : status === 'ACTIVE' ? 'active' : 'disabled'
}

/** An OpenID Connect or service application is a client of its own; any other is an application that people sign in to. */
export function readApp({ value, at }: Entry, graph: Graph, context: MapContext): string | undefined {
  const id = text(field(value, 'id'))
  if (id === undefined) return 'has no id'
  const name = text(field(value, 'label')) ?? text(field(value, 'name')) ?? id
  const signOnMode = text(field(value, 'signOnMode'))
  const client = path(value, 'credentials', 'oauthClient')
  const password = path(value, 'credentials', 'password')
  const shared = text(password) ?? text(field(password, 'value'))
  if (shared !== undefined) {
    const credential = {
      externalId: `${id}#shared_password`,
      name: `Shared password of ${name}`,
      status: statusOf(value),
    }
    graph.add(
      { type: 'credential', ...credential, credentialType: 'password', ...secretFacts(shared, context.fingerprint) },
      at,
    )
  }
  if (signOnMode !== 'OPENID_CONNECT' && !isFields(client)) {
    const attributes = known({ signOnMode, template: text(field(value, 'name')), status: text(field(value, 'status')) })
    graph.add({ type: 'resource', externalId: id, kind: 'application', name, attributes }, at)
    return undefined
  }
  const settings = path(value, 'settings', 'oauthClient')
  const externalId = clientIdOf(value) ?? id
  addClient(graph, at, externalId, name, statusOf(value), {
    createdAt: instant(field(value, 'created')),
    attributes: {
      ...known<string | boolean>({ appId: id, template: text(field(value, 'name')), ...methods(client, settings) }),
      ...lists(settings),
    },
  })
  addSecrets(client, settings, externalId, statusOf(value), at, graph, context)
  return undefined
}

/** A client as the client registration API or a listing of clients has it. */
export function readClient({ value, at }: Entry, graph: Graph, context: MapContext): string | undefined {
  const externalId = text(field(value, 'client_id'))
  if (externalId === undefined) return 'has no client_id'
  addClient(graph, at, externalId, text(field(value, 'client_name')) ?? externalId, 'active', {
    createdAt: instant(field(value, 'client_id_issued_at')),
    attributes: { ...known<string | boolean>(methods(value, value)), ...lists(value) },
  })
  addSecrets(value, value, externalId, 'active', at, graph, context)
  return undefined
}

/** An integration from Okta's catalogue that calls the API by itself. */
export function readApiService({ value, at }: Entry, graph: Graph, context: MapContext): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const name = text(field(value, 'name')) ?? externalId
  const creator = text(field(value, 'createdBy'))
  addClient(graph, at, externalId, name, 'active', {
    createdAt: instant(field(value, 'createdAt')),
    attributes: known({ integration: text(field(value, 'type')), apiServiceIntegration: true }),
    ...(creator === undefined ? {} : { ownerHints: [{ value: creator, from: 'createdBy' }] }),
  })
  const scopes = texts(field(value, 'grantedScopes'))
  const from: NodeRef = { type: 'identity', externalId }
  if (scopes.length > 0) graph.edge({ kind: 'grants', from, to: orgOf(graph, at), scopes, ...privilegeOf(scopes) }, at)
  addSecrets({ client_secret: field(value, 'clientSecret') }, undefined, externalId, 'active', at, graph, context)
  return undefined
}

function addClient(
  graph: Graph,
  at: string,
  externalId: string,
  name: string,
  status: IdentityRecord['status'],
  more: Partial<IdentityRecord>,
): void {
  graph.add({ type: 'identity', externalId, kind: 'oauth_app', name, status, ...more }, at)
}

function methods(client: unknown, settings: unknown): Record<string, string | boolean | undefined> {
  return {
    applicationType: text(field(settings, 'application_type')),
    authMethod: text(field(client, 'token_endpoint_auth_method')),
    pkceRequired: flag(field(client, 'pkce_required')),
    jwksUri: text(field(settings, 'jwks_uri')),
  }
}

function lists(settings: unknown): Record<string, string[]> {
  const grantTypes = texts(field(settings, 'grant_types'))
  const redirectUris = texts(field(settings, 'redirect_uris')).slice(0, 50)
  return { ...(grantTypes.length === 0 ? {} : { grantTypes }), ...(redirectUris.length === 0 ? {} : { redirectUris }) }
}

/** The secret and the public keys that stand in the client itself. */
function addSecrets(
  client: unknown,
  settings: unknown,
  clientId: string,
  status: IdentityRecord['status'],
  at: string,
  graph: Graph,
  { fingerprint }: MapContext,
): void {
  const subject: NodeRef = { type: 'identity', externalId: clientId }
  const secret = text(field(client, 'client_secret'))
  if (secret !== undefined) {
    const expires = field(client, 'client_secret_expires_at')
    graph.add(
      {
        type: 'credential',
        externalId: `${clientId}#client_secret`,
        subject,
        credentialType: 'client_secret',
        name: 'Client secret',
        status,
        ...secretFacts(secret, fingerprint),
        ...(expires === undefined ? {} : { expiresAt: instantOrNone(expires) }),
      },
      at,
    )
  }
  for (const key of list(path(settings, 'jwks', 'keys'))) {
    const kid = text(field(key, 'id')) ?? text(field(key, 'kid'))
    if (kid === undefined) continue
    const state = statusOf(key)
    const attributes = known({ use: text(field(key, 'use')) })
    graph.add(
      {
        type: 'credential',
        externalId: kid,
        subject,
        credentialType: 'signing_key',
        name: `Key ${kid}`,
        status: state,
        attributes,
      },
      at,
    )
  }
}

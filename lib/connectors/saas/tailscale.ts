import type { MapContext, NodeRef, Privilege } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, flag, idText, isFields, known, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import type { Entry } from '../walk-answers'
import { secretFacts } from './secret'
import { connectorOf } from './system'

/** The privilege of a scope of a Tailscale client: `…:read` reads; what makes keys or rules is admin; `all` is everything. */
export function tailscalePrivilege(scope: string): Privilege | undefined {
  if (
    /^(?:all|auth_keys|oauth_keys|api_access_tokens|policy_file|users|devices:core|account_settings|feature_settings|federated_keys)$/.test(
      scope,
    )
  )
    return 'admin'
  if (
    /^(?:dns|devices|devices:routes|devices:posture_attributes|logs:configuration|logs:network|webhooks|services|device_invites)$/.test(
      scope,
    )
  )
    return 'write'
  return /^[a-z_:]+:read$/.test(scope) ? 'read' : undefined
}

function tailnet(graph: Graph, at: string): NodeRef {
  graph.add({ type: 'resource', externalId: 'tailscale:tailnet', kind: 'system', name: 'Tailnet' }, at)
  return { type: 'resource', externalId: 'tailscale:tailnet' }
}

/** An auth key lets devices in under its tags; an API token or client calls the API with its scopes. */
function readKey({ value, at }: Entry, graph: Graph, { fingerprint }: MapContext): string | undefined {
  const externalId = text(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const create = path(value, 'capabilities', 'devices', 'create')
  const type = text(field(value, 'keyType')) ?? (isFields(create) ? 'auth' : 'api')
  const name = text(field(value, 'description')) ?? externalId
  const revoked = instant(field(value, 'revoked')) !== undefined || flag(field(value, 'invalid')) === true
  const status = revoked ? 'disabled' : 'active'
  const createdAt = instant(field(value, 'created'))
  const tags = texts(field(create, 'tags')).concat(texts(field(value, 'tags')))
  const user = idText(field(value, 'userId'))
  const attributes = {
    ...known<string | boolean>({
      keyType: type,
      reusable: flag(field(create, 'reusable')),
      ephemeral: flag(field(create, 'ephemeral')),
      preauthorized: flag(field(create, 'preauthorized')),
    }),
    ...(tags.length === 0 ? {} : { tags }),
  }
  const ownerHints = user === undefined ? {} : { ownerHints: [{ value: user, from: 'userId' }] }
  graph.add(
    { type: 'identity', externalId, kind: 'api_client', name, status, createdAt, attributes, ...ownerHints },
    at,
  )
  const self: NodeRef = { type: 'identity', externalId }
  graph.add(
    {
      type: 'credential',
      externalId,
      subject: self,
      credentialType: type === 'client' ? 'client_secret' : type === 'auth' ? 'api_key' : 'access_token',
      name,
      status,
      ...secretFacts(field(value, 'key'), fingerprint),
      createdAt,
      expiresAt: type === 'client' ? null : instantOrNone(field(value, 'expires')),
    },
    at,
  )
  const scopes = texts(field(value, 'scopes'))
  if (scopes.length === 0 && type === 'auth') scopes.push('devices:create')
  for (const scope of scopes) {
    const privilege = scope === 'devices:create' ? 'write' : tailscalePrivilege(scope)
    const notEvaluable = privilege === undefined ? `what ${scope} allows is not known` : undefined
    graph.edge({ kind: 'grants', from: self, to: tailnet(graph, at), scopes: [scope], privilege, notEvaluable }, at)
  }
  if (scopes.length === 0) {
    const notEvaluable = 'an API token has the rights of the user who made it'
    graph.edge({ kind: 'grants', from: self, to: tailnet(graph, at), notEvaluable }, at)
  }
  return undefined
}

/** A tagged device acts for itself; an untagged one is its user's and no identity of its own. */
function readDevice({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = text(field(value, 'nodeId')) ?? idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const tags = texts(field(value, 'tags'))
  const name = text(field(value, 'hostname')) ?? text(field(value, 'name')) ?? externalId
  if (tags.length === 0) return `${name} has no tags: it belongs to a person`
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: 'workload',
      name,
      status: flag(field(value, 'authorized')) === false ? 'disabled' : 'active',
      createdAt: instant(field(value, 'created')),
      lastUsedAt: instant(field(value, 'lastSeen')),
      attributes: {
        ...known({
          os: text(field(value, 'os')),
          dnsName: text(field(value, 'name')),
          addedBy: text(field(value, 'user')),
        }),
        tags,
      },
    },
    at,
  )
  graph.add(
    {
      type: 'credential',
      externalId: `${externalId}#node-key`,
      subject: { type: 'identity', externalId },
      credentialType: 'signing_key',
      name: `Node key of ${name}`,
      status: 'active',
      expiresAt: flag(field(value, 'keyExpiryDisabled')) === true ? null : instant(field(value, 'expires')),
    },
    at,
  )
  return undefined
}

function readUser({ value, at }: Entry, graph: Graph): string | undefined {
  const externalId = idText(field(value, 'id'))
  if (externalId === undefined) return 'has no id'
  const email = text(field(value, 'loginName'))
  graph.human(
    {
      externalId,
      name: text(field(value, 'displayName')) ?? email ?? externalId,
      ...known({ email }),
      reason: 'signs in to the tailnet',
    },
    at,
  )
  const role = text(field(value, 'role'))
  const from: NodeRef = { type: 'human', externalId }
  if (role !== undefined && /^(?:owner|admin|it-admin|network-admin)$/.test(role))
    graph.edge({ kind: 'grants', from, to: tailnet(graph, at), scopes: [role], privilege: 'admin' }, at)
  return undefined
}

const has = ({ value }: Entry, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

export const tailscale = connectorOf({
  id: 'saas-tailscale',
  system: 'tailscale',
  title: 'Tailscale',
  expects: 'a Tailscale listing of keys ("capabilities" or "keyType"), devices ("nodeId") or users ("tailnetId")',
  yields: 'Auth keys, API tokens and clients with their scopes, tagged devices; people kept apart',
  production: [
    {
      from: 'Tailscale API',
      steps: [
        'curl -u "$TAILSCALE_TOKEN:" "https://api.tailscale.com/api/v2/tailnet/-/keys?all=true" > tailscale-keys.json',
        'curl -u "$TAILSCALE_TOKEN:" "https://api.tailscale.com/api/v2/tailnet/-/devices" > tailscale-devices.json',
      ],
      rights: 'A client with the scopes auth_keys:read, oauth_keys:read, devices:core:read, users:read',
    },
  ],
  kinds: [
    { name: 'user', is: (entry) => has(entry, 'loginName', 'tailnetId'), read: readUser },
    { name: 'device', is: (entry) => has(entry, 'nodeId', 'hostname'), read: readDevice },
    {
      name: 'key',
      is: (entry) =>
        has(entry, 'id', 'created') &&
        (has(entry, 'keyType') || isFields(path(entry.value, 'capabilities', 'devices'))),
      read: readKey,
    },
  ],
  instanceOf: ({ value }) => text(field(value, 'tailnetId')),
})

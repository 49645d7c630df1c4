import type { CredentialRecord, IdentityRecord, NodeRef, NormalisedRecord } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, known, list, text, texts } from '../json-fields'
import type { IdentityRights } from '../live-contract'

export const clientRef = (id: string) => `client:${id}`
export const secretRef = (id: string) => `client:${id}#secret`
export const tokenRef = (fingerprint: string) => `token:${fingerprint}`

/** The id of the one key of a client that this connector switched off: nobody holds the private half. */
export const offKey = 'bailiwick-disabled'

const keysOf = (record: unknown) => list(field(field(record, 'jwks'), 'keys'))

/** Whether this connector switched the client off. */
export const isOff = (record: unknown) => keysOf(record).some((key) => field(key, 'kid') === offKey)

type Fingerprint = (secret: string) => string

/** A registered client (RFC 7591) with its secret, its keys, and the scopes that it may ask for. */
export function mapClient(record: unknown, id: string, fingerprint: Fingerprint): NormalisedRecord[] {
  const externalId = clientRef(id)
  const subject: NodeRef = { type: 'identity', externalId }
  // RFC 7591, 2: what is left out means these.
  const grants =
    field(record, 'grant_types') === undefined ? ['authorization_code'] : texts(field(record, 'grant_types'))
  const method = methodOf(record)
  const contacts = texts(field(record, 'contacts')).slice(0, 10)
  const status = isOff(record) ? 'disabled' : 'active'
  const identity: IdentityRecord = {
    ...{ type: 'identity', externalId, status },
    kind: grants.every((grant) => grant === 'client_credentials') && grants.length > 0 ? 'api_client' : 'oauth_app',
    name: text(field(record, 'client_name')) ?? id,
    createdAt: instant(field(record, 'client_id_issued_at')),
    attributes: {
      clientId: id,
      signsInBy: isOff(record) ? 'a key that nobody holds' : method,
      ...listed('grantTypes', grants),
      ...listed('redirectUris', texts(field(record, 'redirect_uris'))),
      ...known({ homepage: text(field(record, 'client_uri')), software: text(field(record, 'software_id')) }),
    },
    ...(contacts.length > 0 ? { ownerHints: contacts.map((value) => ({ value, from: 'contacts' })) } : {}),
  }
  return [
    identity,
    ...secretOf(record, { id, subject, method, fingerprint }),
    ...keysIn(record, id),
    ...scopesOf(record, subject),
  ]
}

const listed = (name: string, values: string[]) => (values.length > 0 ? { [name]: values.slice(0, 50) } : {})

function secretOf(
  record: unknown,
  { id, subject, method, fingerprint }: { id: string; subject: NodeRef; method: string; fingerprint: Fingerprint },
): CredentialRecord[] {
  const secret = text(field(record, 'client_secret'))
  // A server that keeps only a hash gives none back; that there is one follows from how the client signs in.
  if (secret === undefined && !method.startsWith('client_secret_')) return []
  const credential: CredentialRecord = {
    ...{ type: 'credential', externalId: secretRef(id), subject, credentialType: 'client_secret' },
    name: `Secret of ${text(field(record, 'client_name')) ?? id}`,
    status: isOff(record) ? 'disabled' : 'active',
    expiresAt: instantOrNone(field(record, 'client_secret_expires_at')),
    ...(secret === undefined ? {} : { fingerprint: fingerprint(secret) }),
  }
  return [credential]
}

/** Public keys that the client proves itself by. Keys at an address of its own are not looked up. */
function keysIn(record: unknown, id: string): CredentialRecord[] {
  return keysOf(record).flatMap((key, at): CredentialRecord[] => {
    const name = text(field(key, 'kid')) ?? `key ${at + 1}`
    if (name === offKey || field(key, 'use') === 'enc') return []
    const subject: NodeRef = { type: 'identity', externalId: clientRef(id) }
    return [
      {
        ...{ type: 'credential', externalId: `client:${id}#key:${name}`, subject, credentialType: 'signing_key' },
        ...{ name: `Key ${name} of ${id}`, status: isOff(record) ? 'disabled' : 'active' },
        attributes: known({ kty: text(field(key, 'kty')), alg: text(field(key, 'alg')) }),
      },
    ]
  })
}

function scopesOf(record: unknown, from: NodeRef): NormalisedRecord[] {
  const scopes = (text(field(record, 'scope')) ?? '').split(/\s+/).filter((scope) => scope !== '')
  if (scopes.length === 0) return []
  return [
    {
      ...{ type: 'entitlement', kind: 'grants', effect: 'allow', basis: 'entitlement', from },
      to: { type: 'resource', externalId: 'server' },
      ...{ scopes: scopes.slice(0, 200), scopeCount: scopes.length },
      notEvaluable: 'what a scope allows is decided by the APIs that take the tokens',
    },
  ]
}

/** A watched token as the server speaks of it (RFC 7662). Of one that is not active it says nothing more. */
export function mapToken(answer: unknown, secret: string, fingerprint: Fingerprint): CredentialRecord {
  const print = fingerprint(secret)
  const client = text(field(answer, 'client_id'))
  const isActive = field(answer, 'active') === true
  const type = text(field(answer, 'token_type'))
  return {
    ...{ type: 'credential', externalId: tokenRef(print), fingerprint: print },
    ...(client === undefined ? {} : { subject: { type: 'identity', externalId: clientRef(client) } as const }),
    // A refresh token has no type of use; access tokens have one: Bearer, DPoP.
    credentialType: isActive && type === undefined ? 'refresh_token' : 'access_token',
    name: client === undefined ? 'Watched token' : `Token of ${client}`,
    ...(secret.length >= 20 ? { lastFour: secret.slice(-4) } : {}),
    status: isActive ? 'active' : 'disabled',
    createdAt: instant(field(answer, 'iat')),
    expiresAt: instant(field(answer, 'exp')),
    attributes: known({ scope: text(field(answer, 'scope')), onBehalfOf: text(field(answer, 'sub')) }),
  }
}

export function mapServer(issuer: string): NormalisedRecord {
  return { type: 'resource', externalId: 'server', kind: 'system', name: `OAuth server ${issuer}` }
}

/** What may be done with a client that answered to its registration access token. */
export function rightsOf(
  id: string,
  record: unknown,
  { own, atUpdate }: { own: string; atUpdate: 'unknown' | 'new' | 'kept' },
): IdentityRights {
  const identity = clientRef(id)
  if (id === own)
    return { identity, rotate: false, revoke: false, why: 'is the client that this connection signs in as' }
  const why =
    secretOf(record, {
      id,
      subject: { type: 'identity', externalId: identity },
      method: methodOf(record),
      fingerprint: () => '',
    }).length === 0
      ? 'the client has no secret'
      : atUpdate === 'kept'
        ? 'the server keeps a client’s secret at an update'
        : undefined
  if (why !== undefined) return { identity, rotate: false, revoke: true, why }
  if (atUpdate === 'new') return { identity, rotate: true, revoke: true }
  return {
    identity,
    rotate: 'unknown',
    revoke: true,
    why: 'whether the server makes a new secret is seen at the first attempt',
  }
}

const methodOf = (record: unknown) => text(field(record, 'token_endpoint_auth_method')) ?? 'client_secret_basic'

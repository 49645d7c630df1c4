import type { CredentialRecord, IdentityRecord, MapContext, NodeRef } from '../contract'
import { instant, instantOrNone } from '../instants'
import { field, flag, idText, isFields, known, path, text, texts } from '../json-fields'
import type { Graph } from '../record-graph'
import { secretFacts } from './secret'

/** How a client proves who it is. */
type ClientType = 'bearer-only' | 'public' | 'confidential'

function typeOf(client: unknown): ClientType | undefined {
  if (flag(field(client, 'bearerOnly')) === true) return 'bearer-only'
  const open = flag(field(client, 'publicClient'))
  return open === undefined ? undefined : open ? 'public' : 'confidential'
}

/** Clients to identities: the service account of a client is the client itself. */
export function readClient(client: unknown, at: string, graph: Graph, context: MapContext): string | undefined {
  const externalId = text(field(client, 'clientId'))
  if (externalId === undefined) return 'has no clientId'
  const enabled = flag(field(client, 'enabled'))
  const status: IdentityRecord['status'] = enabled === undefined ? 'unknown' : enabled ? 'active' : 'disabled'
  const serviceAccount = flag(field(client, 'serviceAccountsEnabled')) === true
  const written = text(field(client, 'name'))
  const description = text(field(client, 'description'))
  const user = field(client, 'service_account_user')
  graph.add(
    {
      type: 'identity',
      externalId,
      kind: serviceAccount ? 'service_account' : 'oauth_app',
      // `${client_account}` is a key of the login theme's texts, not a name.
      name: written === undefined || written.startsWith('${') ? externalId : written,
      ...known({ description }),
      status,
      createdAt: instant(field(user, 'createdTimestamp')),
      attributes: {
        ...known<string | boolean>({
          clientId: externalId,
          id: text(field(client, 'id')),
          clientType: typeOf(client),
          serviceAccount,
          serviceAccountUserId: text(field(user, 'id')),
          protocol: text(field(client, 'protocol')),
          authenticator: typeOf(client) === 'confidential' ? text(field(client, 'clientAuthenticatorType')) : undefined,
          fullScopeAllowed: flag(field(client, 'fullScopeAllowed')),
          directAccessGrants: flag(field(client, 'directAccessGrantsEnabled')),
          rootUrl: text(field(client, 'rootUrl')),
        }),
        ...lists(client),
      },
    },
    at,
  )
  addCredentials(client, { type: 'identity', externalId }, status, at, graph, context)
  return undefined
}

function lists(client: unknown): Record<string, string[]> {
  const found: Record<string, string[]> = {
    flows:
      typeOf(client) === 'bearer-only'
        ? []
        : [
            ...(flag(field(client, 'standardFlowEnabled')) === true ? ['authorization code'] : []),
            ...(flag(field(client, 'implicitFlowEnabled')) === true ? ['implicit'] : []),
            ...(flag(field(client, 'directAccessGrantsEnabled')) === true ? ['password'] : []),
            ...(flag(field(client, 'serviceAccountsEnabled')) === true ? ['client credentials'] : []),
          ],
    redirectUris: texts(field(client, 'redirectUris')).slice(0, 50),
    defaultClientScopes: texts(field(client, 'defaultClientScopes')).slice(0, 50),
    optionalClientScopes: texts(field(client, 'optionalClientScopes')).slice(0, 50),
  }
  return Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))
}

/** A client attribute; some versions write lists of one. */
function attribute(client: unknown, name: string): string | undefined {
  const value = path(client, 'attributes', name)
  return idText(Array.isArray(value) ? value[0] : value)
}

/** The secret and the one before it, keys and certificates; private keys of SAML clients are fingerprinted like secrets. */
function addCredentials(
  client: unknown,
  subject: NodeRef,
  status: IdentityRecord['status'],
  at: string,
  graph: Graph,
  { fingerprint }: MapContext,
): void {
  const add = (
    slot: string,
    name: string,
    more: Partial<CredentialRecord> & Pick<CredentialRecord, 'credentialType'>,
  ) =>
    graph.add({ type: 'credential', externalId: `${subject.externalId}#${slot}`, subject, name, status, ...more }, at)
  const secret = text(field(client, 'secret'))
  if (secret !== undefined && typeOf(client) !== 'public') {
    const expires = attribute(client, 'client.secret.expiration.time')
    add('secret', `Secret of ${subject.externalId}`, {
      credentialType: 'client_secret',
      ...secretFacts(secret, fingerprint),
      createdAt: instant(attribute(client, 'client.secret.creation.time')),
      ...(expires === undefined ? {} : { expiresAt: instantOrNone(expires) }),
    })
  }
  const rotated = attribute(client, 'client.secret.rotated')
  if (rotated !== undefined) {
    add('rotated-secret', `Former secret of ${subject.externalId}`, {
      credentialType: 'client_secret',
      ...secretFacts(rotated, fingerprint),
      createdAt: instant(attribute(client, 'client.secret.rotated.creation.time')),
      expiresAt: instant(attribute(client, 'client.secret.rotated.expiration.time')),
      attributes: { rotated: true },
    })
  }
  const jwks = attribute(client, 'jwks.url')
  if (
    attribute(client, 'jwt.credential.certificate') !== undefined ||
    (jwks !== undefined && attribute(client, 'use.jwks.url') === 'true')
  )
    add('jwt-key', `Signing key of ${subject.externalId}`, {
      credentialType: 'signing_key',
      attributes: known({ jwksUrl: jwks }),
    })
  const certificate = attribute(client, 'x509.subjectdn')
  if (certificate !== undefined)
    add('certificate', `Certificate of ${subject.externalId}`, {
      credentialType: 'certificate',
      attributes: { subject: certificate },
    })
  for (const use of ['signing', 'encryption']) {
    const key = attribute(client, `saml.${use}.private.key`)
    if (key === undefined && attribute(client, `saml.${use}.certificate`) === undefined) continue
    const facts = key === undefined ? {} : secretFacts(key, fingerprint)
    const attributes = { use, privateKeyInFile: key !== undefined }
    add(`saml-${use}`, `SAML ${use} key of ${subject.externalId}`, {
      credentialType: 'certificate',
      ...facts,
      attributes,
    })
  }
}

/** The client that a user is the service account of; `undefined` for people. */
export function serviceAccountOf(user: unknown, clientIdByUuid: ReadonlyMap<string, string>): string | undefined {
  const link = text(field(user, 'serviceAccountClientId')) ?? text(field(user, 'serviceAccountClientLink'))
  if (link !== undefined) return clientIdByUuid.get(link) ?? link
  return /^service-account-(.+)$/.exec(text(field(user, 'username')) ?? '')?.[1]
}

/** Keys and passwords that the realm itself keeps: signing keys, LDAP binds, mail, secrets at other identity providers. */
export function readRealmSecrets(
  realm: Record<string, unknown>,
  realmRef: NodeRef,
  at: string,
  graph: Graph,
  { fingerprint }: MapContext,
): void {
  const keep = (
    id: string,
    name: string,
    credentialType: CredentialRecord['credentialType'],
    value: unknown,
    place: string,
  ) => {
    const secret = Array.isArray(value) ? value[0] : value
    if (typeof secret !== 'string' || secret === '') return
    const externalId = `${realmRef.externalId}#${id}`
    graph.add(
      { type: 'credential', externalId, credentialType, name, status: 'active', ...secretFacts(secret, fingerprint) },
      place,
    )
    graph.edge({ kind: 'stores', from: realmRef, to: { type: 'credential', externalId } }, place)
  }
  keep('smtp', 'Password of the mail server', 'password', path(realm, 'smtpServer', 'password'), `${at}.smtpServer`)
  keep('private-key', 'Signing key of the realm', 'signing_key', field(realm, 'privateKey'), at)
  const components = field(realm, 'components')
  if (!isFields(components)) return
  for (const [provider, list] of Object.entries(components)) {
    for (const [index, component] of (Array.isArray(list) ? list : []).entries()) {
      const place = `${at}.components["${provider}"][${index}]`
      const name = text(field(component, 'name')) ?? provider
      const id = text(field(component, 'id')) ?? name
      const config = field(component, 'config')
      keep(`${id}:private`, `Realm key ${name}`, 'signing_key', field(config, 'privateKey'), place)
      keep(`${id}:secret`, `Realm key ${name}`, 'signing_key', field(config, 'secret'), place)
      keep(`${id}:bind`, `Bind password of ${name}`, 'password', field(config, 'bindCredential'), place)
      keep(`${id}:keystore`, `Keystore password of ${name}`, 'password', field(config, 'keystorePassword'), place)
    }
  }
}

/** An identity provider that the realm trusts, and the secret by which the realm proves itself there. */
export function readIdentityProvider(
  value: unknown,
  realmRef: NodeRef,
  at: string,
  graph: Graph,
  { fingerprint }: MapContext,
): string | undefined {
  const alias = text(field(value, 'alias'))
  if (alias === undefined) return 'has no alias'
  const client = text(path(value, 'config', 'clientId'))
  const externalId = `idp:${alias}`
  const attributes = known({
    provider: text(field(value, 'providerId')),
    clientId: client,
    enabled: flag(field(value, 'enabled')),
  })
  graph.add(
    {
      type: 'resource',
      externalId,
      kind: 'identity_provider',
      name: text(field(value, 'displayName')) ?? alias,
      attributes,
    },
    at,
  )
  const secret = text(path(value, 'config', 'clientSecret'))
  if (secret === undefined) return undefined
  const name = `Secret of ${client ?? alias} at ${alias}`
  const id = `${externalId}#secret`
  graph.add(
    {
      type: 'credential',
      externalId: id,
      credentialType: 'client_secret',
      name,
      status: 'active',
      ...secretFacts(secret, fingerprint),
    },
    at,
  )
  graph.edge({ kind: 'stores', from: realmRef, to: { type: 'credential', externalId: id } }, at)
  return undefined
}

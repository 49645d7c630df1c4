import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CredentialRecord, EdgeRecord, IdentityRecord, MapResult } from '../contract'
import { connectors } from './index'
import { rolePrivilege } from './privileges'

const [connector] = connectors
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

function mapAll(value: unknown): MapResult[] {
  const file = { kind: 'json' as const, name: 'f', value }
  expect(connector?.accepts(file)).toBe(true)
  const results = connector?.map(file, context) ?? []
  return Array.isArray(results) ? results : [results]
}

function map(value: unknown): MapResult {
  const [only, ...others] = mapAll(value)
  if (only === undefined || others.length > 0) throw new Error('one result expected')
  return only
}

const identities = ({ records }: MapResult) => records.filter((r): r is IdentityRecord => r.type === 'identity')
const credentials = ({ records }: MapResult) => records.filter((r): r is CredentialRecord => r.type === 'credential')
const edges = ({ records }: MapResult) => records.filter((r): r is EdgeRecord => r.type === 'entitlement')
const arrows = (result: MapResult, kind: string) =>
  edges(result)
    .filter((edge) => edge.kind === kind)
    .map(({ from, to }) => `${from.externalId} -> ${to.externalId}`)

describe('a listing of clients', () => {
  const text = readFileSync(path.join(import.meta.dirname, 'fixtures/keycloak-realm/cartography-clients.json'), 'utf8')
  const result = map(JSON.parse(text))

  test('the realm is named by the addresses of its own clients', () => expect(result.instance).toBe('simpson-corp'))

  test('clients with a service account, public, confidential and bearer-only', () => {
    const types = identities(result).map(({ externalId, kind, attributes }) => [
      externalId,
      kind,
      attributes?.clientType,
    ])
    expect(types).toEqual([
      ['account', 'oauth_app', 'public'],
      ['account-console', 'oauth_app', 'public'],
      ['admin-cli', 'oauth_app', 'public'],
      ['admin-permissions', 'service_account', 'confidential'],
      ['broker', 'oauth_app', 'bearer-only'],
      ['burns-backdoor', 'service_account', 'confidential'],
      ['realm-management', 'oauth_app', 'bearer-only'],
      ['security-admin-console', 'oauth_app', 'public'],
      ['springfield-powerplant', 'oauth_app', 'public'],
    ])
    expect(identities(result).find(({ externalId }) => externalId === 'account')?.name).toBe('account')
  })

  test('the secret is fingerprinted and dropped; its age is known', () => {
    expect(credentials(result)).toEqual([
      expect.objectContaining({
        subject: { type: 'identity', externalId: 'burns-backdoor' },
        fingerprint: 'fp(32)',
        lastFour: 'FilZ',
        createdAt: '2025-08-09T11:43:43.000Z',
      }),
    ])
    expect(JSON.stringify(result)).not.toContain('TINzO14xdnAiVwExDpQrVna7KosuFilZ')
  })
})

const realm = {
  realm: 'acme',
  clients: [
    {
      id: 'u1',
      clientId: 'deployer',
      enabled: true,
      publicClient: false,
      serviceAccountsEnabled: true,
      secret: '**********',
      attributes: { 'client.secret.rotated': 'canary-rotated-secret', 'client.secret.expiration.time': '0' },
    },
    { id: 'u2', clientId: 'shop', enabled: false, publicClient: true, secret: 'public clients have none' },
    {
      id: 'u3',
      clientId: 'saml',
      protocol: 'saml',
      redirectUris: [],
      attributes: { 'saml.signing.private.key': 'canary-private-key-of-saml', 'saml.signing.certificate': 'MII' },
    },
  ],
  roles: {
    realm: [
      { name: 'operator', composites: { realm: ['offline_access'], client: { 'realm-management': ['manage-users'] } } },
    ],
    client: {
      shop: [{ name: 'buyer' }],
      'realm-management': [{ name: 'realm-admin', composites: { client: { 'realm-management': ['view-clients'] } } }],
    },
  },
  groups: [
    {
      name: 'ops',
      path: '/ops',
      realmRoles: ['operator'],
      subGroups: [{ name: 'night', clientRoles: { shop: ['buyer'] } }],
    },
  ],
  users: [
    {
      id: 's1',
      username: 'service-account-deployer',
      enabled: true,
      serviceAccountClientId: 'deployer',
      realmRoles: ['operator'],
      clientRoles: { 'realm-management': ['realm-admin'] },
    },
    {
      id: 'h1',
      username: 'ann',
      firstName: 'Ann',
      lastName: 'Lee',
      email: 'ann@example.org',
      groups: ['/ops'],
      credentials: [{ type: 'password', value: 'canary-password' }],
    },
    { enabled: true },
  ],
  identityProviders: [
    { alias: 'entra', providerId: 'oidc', config: { clientId: 'kc', clientSecret: 'canary-idp-secret' } },
  ],
  components: {
    'org.keycloak.keys.KeyProvider': [{ id: 'k1', name: 'rsa', config: { privateKey: ['canary-realm-private-key'] } }],
    'org.keycloak.storage.UserStorageProvider': [
      { id: 'l1', name: 'ldap', config: { bindCredential: ['canary-bind'] } },
    ],
  },
  smtpServer: { password: 'canary-smtp' },
}

describe('a realm export', () => {
  const result = map(realm)

  test('a service-account user is its client, not a person', () => {
    expect(identities(result).map(({ externalId }) => externalId)).toEqual(['deployer', 'shop', 'saml'])
    expect(identities(result)[0]?.attributes?.serviceAccountUserId).toBe('s1')
    const humans = result.records.filter(({ type }) => type === 'human')
    expect(humans).toEqual([
      {
        type: 'human',
        externalId: 'h1',
        name: 'Ann Lee',
        email: 'ann@example.org',
        reason: 'is a user of the realm and no service account',
      },
    ])
  })

  test('roles held, composite roles, groups and groups in groups', () => {
    expect(arrows(result, 'member_of').sort()).toEqual([
      'client-role:realm-management/realm-admin -> client-role:realm-management/view-clients',
      'deployer -> client-role:realm-management/realm-admin',
      'deployer -> realm-role:operator',
      'group:/ops -> realm-role:operator',
      'group:/ops/night -> client-role:shop/buyer',
      'group:/ops/night -> group:/ops',
      'h1 -> group:/ops',
      'realm-role:operator -> client-role:realm-management/manage-users',
      'realm-role:operator -> realm-role:offline_access',
    ])
  })

  test("Keycloak's own roles grant on the realm; an application's roles are up to the application", () => {
    const grants = edges(result).filter(({ kind }) => kind === 'grants')
    expect(
      Object.fromEntries(
        grants.map(({ from, to, privilege }) => [from.externalId, `${privilege} on ${to.externalId}`]),
      ),
    ).toEqual({
      'realm-role:offline_access': 'read on keycloak:realm',
      'client-role:realm-management/manage-users': 'admin on keycloak:realm',
      'client-role:realm-management/realm-admin': 'admin on keycloak:realm',
      'client-role:realm-management/view-clients': 'secret_read on keycloak:realm',
      'client-role:shop/buyer': 'undefined on application:shop',
    })
  })

  test('every secret is fingerprinted, masked ones are not, people keep theirs, and none is left in the records', () => {
    expect(credentials(result).map(({ externalId, fingerprint }) => [externalId, fingerprint])).toEqual([
      ['deployer#secret', undefined],
      ['deployer#rotated-secret', 'fp(21)'],
      ['saml#saml-signing', 'fp(26)'],
      ['idp:entra#secret', 'fp(17)'],
      ['keycloak:realm#smtp', 'fp(11)'],
      ['keycloak:realm#k1:private', 'fp(24)'],
      ['keycloak:realm#l1:bind', 'fp(11)'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
    expect(credentials(result)[0]?.expiresAt).toBeNull()
    expect(arrows(result, 'stores')).toHaveLength(4)
  })

  test('what has no name is refused with its place', () => {
    expect(result.refused).toEqual([{ at: '$.users[2]', reason: 'the user has no username' }])
    expect(result.unresolved).toEqual([])
  })

  test('several realms of one file are several results; files of users join by the realm', () => {
    expect(mapAll([realm, { realm: 'other', users: [{ username: 'bob' }] }]).map(({ instance }) => instance)).toEqual([
      'acme',
      'other',
    ])
  })

  test('in the master realm the client acme-realm is about the realm acme', () => {
    const master = map({ realm: 'master', roles: { client: { 'acme-realm': [{ name: 'manage-users' }] } }, users: [] })
    expect(edges(master)[0]).toMatchObject({ privilege: 'admin', to: { externalId: 'keycloak:realm:acme' } })
  })
})

describe('answers of the Admin API', () => {
  test('roles point at their client by its uuid', () => {
    const roles = [
      {
        id: 'r1',
        name: 'manage-users',
        description: `\${role_manage-users}`,
        composite: false,
        clientRole: true,
        containerId: 'c9',
      },
      { id: 'r2', name: 'buyer', composite: false, clientRole: true, containerId: 'u2' },
      { id: 'r3', name: 'voter', composite: false, clientRole: false, containerId: 'realm-uuid' },
    ]
    const ids = (result: MapResult) => result.records.flatMap((r) => (r.type === 'role' ? r.externalId : []))
    expect(ids(map({ clients: [{ id: 'u2', clientId: 'shop', publicClient: true }], roles }))).toEqual([
      'client-role:realm-management/manage-users',
      'client-role:shop/buyer',
      'realm-role:voter',
    ])
    expect(ids(map(roles))[1]).toBe('client-role:u2/buyer')
  })

  test('role mappings and secrets keyed by client', () => {
    const value = {
      clients: [{ id: 'u1', clientId: 'deployer', serviceAccountsEnabled: true, publicClient: false }],
      mappings: {
        u1: {
          clientMappings: { 'realm-management': { client: 'realm-management', mappings: [{ name: 'realm-admin' }] } },
        },
      },
      secrets: { u1: { type: 'secret', value: 'canary-secret-value' } },
    }
    const result = map(value)
    expect(arrows(result, 'member_of')).toEqual(['deployer -> client-role:realm-management/realm-admin'])
    expect(credentials(result)[0]).toMatchObject({ externalId: 'deployer#secret', fingerprint: 'fp(19)' })
  })
})

test('role privileges', () => {
  expect(rolePrivilege('realm-management', 'manage-clients')).toBe('admin')
  expect(rolePrivilege('acme-realm', 'impersonation')).toBe('admin')
  expect(rolePrivilege('realm-management', 'view-users')).toBe('read')
  expect(rolePrivilege('broker', 'read-token')).toBe('secret_read')
  expect(rolePrivilege('account', 'manage-account')).toBe('write')
  expect(rolePrivilege(undefined, 'admin')).toBe('admin')
  expect(rolePrivilege('shop', 'admin')).toBeUndefined()
  expect(rolePrivilege('realm-management', 'constructor')).toBeUndefined()
})

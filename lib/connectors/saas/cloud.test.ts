import { describe, expect, test } from 'vitest'
import { arrows, credentials, edges, humans, identities, mapFile, mapFixture, mapValue } from './map-in-test'

describe('Scaleway', () => {
  const result = mapFixture('saas-scaleway', 'cartography-scaleway-iam.json')

  test('applications, people, keys of both', () => {
    expect(result.instance).toBe('0681c477-fbb9-4820-b8d6-0eef10cfcd6d')
    expect(identities(result).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'service_account Mail Sender',
      'service_account Terraform',
      'api_client SCWYYY',
    ])
    expect(humans(result)).toHaveLength(2)
    expect(credentials(result).map(({ externalId, expiresAt }) => [externalId, expiresAt])).toEqual([
      ['SCWXXX', null],
      ['SCWYYY', '2026-03-23T20:52:20.000Z'],
      ['1a2b3c4d-5e6f-7890-abcd-ef1234567890', null],
    ])
  })

  test('groups, policies and rules; a rule that names no policy is held by nobody known', () => {
    expect(edges(result).filter(({ kind }) => kind === 'member_of')).toHaveLength(4)
    expect(
      edges(result)
        .filter(({ kind }) => kind === 'grants')
        .map(({ scopes, privilege }) => [scopes[0], privilege]),
    ).toEqual([
      ['InstancesFullAccess', 'write'],
      ['ObjectStorageReadOnly', 'read'],
    ])
    expect(result.unresolved.map(({ reference }) => reference)).toEqual([
      'rule-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
      'rule-bbbb-bbbb-bbbb-bbbbbbbbbbbb',
    ])
  })

  test('rules keyed by policy join it', () => {
    const keyed = mapValue(
      {
        policies: [{ id: 'p1', name: 'P', nb_permission_sets: 1, no_principal: false, application_id: 'a1' }],
        rules: {
          p1: { rules: [{ id: 'r1', permission_set_names: ['IAMManager', 'Tomorrow'], organization_id: 'o1' }] },
        },
      },
      'saas-scaleway',
    )
    expect(arrows(keyed)).toEqual(['member_of a1 p1', 'grants p1 o1 admin'])
    expect(edges(keyed)[1]?.notEvaluable).toContain('Tomorrow')
  })

  test('a secret key in the answer to its creation is fingerprinted', () => {
    const made = mapValue(
      { access_key: 'SCW1', secret_key: 'canary-0000-1111', application_id: 'a1', default_project_id: 'p' },
      'saas-scaleway',
    )
    expect(credentials(made)[0]).toMatchObject({ fingerprint: 'fp(16)', lastFour: '1111' })
    expect(JSON.stringify(made)).not.toContain('canary')
  })
})

describe('Snowflake', () => {
  test('people and services are told apart by TYPE; key pairs', () => {
    const result = mapFixture('saas-snowflake', 'cartography-snowflake-users.json')
    expect(humans(result)).toEqual(['HOMER', 'BURNS', 'SMITHERS'])
    expect(identities(result)).toMatchObject([
      {
        externalId: 'SCRAM_BOT',
        lastUsedAt: null,
        attributes: { userType: 'SERVICE', hasMfa: false, defaultRole: 'REACTOR_READER' },
      },
    ])
    expect(credentials(result)).toMatchObject([
      {
        credentialType: 'signing_key',
        subject: { externalId: 'SCRAM_BOT' },
        attributes: { publicKeyFingerprint: expect.stringContaining('SHA256:') },
      },
    ])
  })

  test('SHOW USERS with upper-case columns as CSV; no TYPE, a key and no name of a person = a service', () => {
    const row = (line: number, cells: Record<string, string>) => ({
      line,
      cells: {
        LOGIN_NAME: 'x',
        TYPE: '',
        DISABLED: 'false',
        HAS_PASSWORD: 'false',
        HAS_RSA_PUBLIC_KEY: 'true',
        EMAIL: '',
        ...cells,
      },
    })
    const rows = [
      row(2, { NAME: 'LOADER' }),
      row(3, { NAME: 'OLD', TYPE: 'LEGACY_SERVICE', HAS_PASSWORD: 'true' }),
      row(4, { NAME: 'ANN', EMAIL: 'ann@example.org' }),
    ]
    const result = mapFile({ kind: 'csv', name: 'users.csv', header: ['NAME'], rows, malformed: [] }, 'saas-snowflake')
    expect(identities(result).map(({ externalId }) => externalId)).toEqual(['LOADER', 'OLD'])
    expect(credentials(result).map(({ externalId }) => externalId)).toEqual([
      'LOADER#rsa_public_key',
      'OLD#rsa_public_key',
      'OLD#password',
      'ANN#rsa_public_key',
    ])
  })

  test('roles, who holds them and what they may do, from the API and from ACCOUNT_USAGE', () => {
    const result = mapValue(
      {
        roles: [
          { name: 'ACCOUNTADMIN', assigned_to_users: 1 },
          { name: 'READER', role_type: 'ROLE', owner: 'X' },
          { name: 'PEEK', role_type: 'DATABASE_ROLE', role_database_name: 'DB', owner: 'X' },
        ],
        users: [{ name: 'BOT', login_name: 'BOT', type: 'SERVICE' }],
        of: [
          { role: 'READER', granted_to: 'USER', grantee_name: 'BOT' },
          { role: 'READER', granted_to: 'ROLE', grantee_name: 'ACCOUNTADMIN' },
        ],
        grants: {
          READER: [
            {
              securable: { database: 'DB', schema: 'S', name: 'T' },
              securable_type: 'TABLE',
              grant_option: false,
              privileges: ['SELECT'],
            },
          ],
        },
        usage: [
          {
            privilege: 'INSERT',
            granted_on: 'TABLE',
            name: 'T',
            table_catalog: 'DB',
            table_schema: 'S',
            granted_to: 'ROLE',
            grantee_name: 'READER',
            grant_option: 'false',
          },
          {
            privilege: 'USAGE',
            granted_on: 'ROLE',
            name: 'READER',
            granted_to: 'ROLE',
            grantee_name: 'SYSADMIN',
            grant_option: 'false',
          },
        ],
        tokens: [
          {
            name: 'ingest',
            user_name: 'BOT',
            role_restriction: 'READER',
            expires_at: '1790000000.000',
            status: 'ACTIVE',
            created_on: '1785000000.000',
          },
        ],
      },
      'saas-snowflake',
    )
    expect(arrows(result)).toEqual([
      'grants ACCOUNTADMIN snowflake:account admin',
      'grants READER table:DB.S.T write',
      'member_of SYSADMIN READER',
      'member_of BOT READER',
      'member_of ACCOUNTADMIN READER',
    ])
    expect(credentials(result)[0]).toMatchObject({
      subject: { type: 'identity', externalId: 'BOT' },
      expiresAt: '2026-09-21T14:13:20.000Z',
      attributes: { roleRestriction: 'READER' },
    })
  })
})

describe('Slack, Tailscale, Cloudflare, Vercel', () => {
  test('bots, Slackbot among them, and approved apps; people apart', () => {
    const result = mapFixture('saas-slack', 'documented-members.json')
    expect(identities(result).map(({ externalId, status }) => `${externalId} ${status}`)).toEqual([
      'U0000002 active',
      'USLACKBOT active',
      'U0000003 disabled',
    ])
    expect(humans(result)).toEqual(['W0000001'])
    const app = { app: { id: 'A1', name: 'Sync' }, scopes: [{ name: 'channels:history' }, { name: 'chat:write' }] }
    expect(edges(mapValue({ approved_apps: [app] }, 'saas-slack'))[0]).toMatchObject({
      scopeCount: 2,
      privilege: 'write',
    })
  })

  test('keys and clients of a tailnet; only tagged devices act for themselves', () => {
    const result = mapFixture('saas-tailscale', 'documented-keys-and-devices.json')
    expect(identities(result).map(({ name }) => name)).toEqual(['runner-1', 'runners', 'terraform'])
    expect(credentials(result).map(({ credentialType, expiresAt }) => [credentialType, expiresAt])).toEqual([
      ['signing_key', null],
      ['api_key', '2026-04-02T03:04:05.000Z'],
      ['client_secret', null],
    ])
    expect(result.refused).toEqual([{ at: '$.devices[1]', reason: expect.stringContaining('laptop has no tags') }])
  })

  test('a token with its policies', () => {
    const result = mapFixture('saas-cloudflare', 'documented-tokens.json')
    expect(edges(result)).toMatchObject([{ scopes: ['Zone Read', 'DNS Write'], privilege: 'write', effect: 'allow' }])
    expect(credentials(result)[0]).toMatchObject({
      expiresAt: '2020-01-01T00:00:00.000Z',
      lastUsedAt: '2020-01-02T12:34:00.000Z',
    })
  })

  test('tokens of a user; no end means never', () => {
    const result = mapFixture('saas-vercel', 'documented-tokens.json')
    expect(credentials(result).map(({ expiresAt }) => expiresAt)).toEqual(['2027-01-01T03:04:05.000Z', null])
    expect(edges(result).map(({ to }) => to.externalId)).toEqual(['team_1', 'vercel:user-account'])
  })
})

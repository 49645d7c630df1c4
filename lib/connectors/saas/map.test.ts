import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CredentialRecord, EdgeRecord, IdentityRecord, MapResult, ParsedFile } from '../contract'
import { anthropicRoles } from './anthropic'
import { cloudflarePrivilege } from './cloudflare'
import { databricksRights } from './databricks'
import { connectors } from './index'
import { permissionSetPrivilege } from './scaleway'
import { secretFacts } from './secret'
import { slackPrivilege } from './slack'
import { snowflakePrivilege } from './snowflake-privileges'
import { tailscalePrivilege } from './tailscale'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

function mapFile(file: ParsedFile, format: string): MapResult {
  expect(connectors.filter((connector) => connector.accepts(file)).map(({ id }) => id)).toEqual([format])
  const result = connectors.find(({ id }) => id === format)?.map(file, context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result expected')
  return result
}
const map = (value: unknown, format: string) => mapFile({ kind: 'json', name: 'f', value }, format)
function fixture(format: string, name: string): MapResult {
  return map(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', format, name), 'utf8')), format)
}
const identities = ({ records }: MapResult) => records.filter((r): r is IdentityRecord => r.type === 'identity')
const credentials = ({ records }: MapResult) => records.filter((r): r is CredentialRecord => r.type === 'credential')
const edges = ({ records }: MapResult) => records.filter((r): r is EdgeRecord => r.type === 'entitlement')
const arrows = (result: MapResult) =>
  edges(result).map(({ kind, from, to, privilege }) =>
    `${kind} ${from.externalId} ${to.externalId} ${privilege ?? ''}`.trim(),
  )
const humans = ({ records }: MapResult) =>
  records.flatMap((record) => (record.type === 'human' ? record.externalId : []))

test('every fixture is taken by its own format only', () => {
  const root = path.join(import.meta.dirname, 'fixtures')
  for (const format of readdirSync(root)) for (const name of readdirSync(path.join(root, format))) fixture(format, name)
})

describe('OpenAI', () => {
  test('keys of service accounts belong to them; keys of people are identities that act as the person', () => {
    const result = fixture('saas-openai', 'cartography-openai-project-apikeys.json')
    expect(credentials(result).map(({ externalId, subject }) => [externalId, subject?.externalId])).toEqual([
      ['key_iegheiWieG2jupheeYin', 'user-ohp0mahG0Aw5eevu6ain'],
      ['key_Eek1lae1au5Iepi2eeza', 'key_Eek1lae1au5Iepi2eeza'],
    ])
    expect(arrows(result)).toEqual(['impersonates key_Eek1lae1au5Iepi2eeza user-ou3doohoeX6xie1Quiem'])
    expect(credentials(result)[0]).toMatchObject({
      createdAt: '2025-04-06T12:05:00.000Z',
      lastUsedAt: '2025-04-06T12:05:00.000Z',
    })
    expect(credentials(result)[0]).not.toHaveProperty('lastFour')
  })

  test('the object type with its own name in front', () => {
    const result = fixture('saas-openai', 'cartography-openai-serviceaccounts.json')
    expect(identities(result)).toMatchObject([
      { externalId: 'user-ohp0mahG0Aw5eevu6ain', kind: 'service_account', attributes: { role: 'member' } },
    ])
  })

  test('projects, members by project, admin keys, a new account with its key, an entry without id', () => {
    const result = map(
      {
        projects: {
          object: 'list',
          data: [{ object: 'organization.project', id: 'proj_1', name: 'P', status: 'active' }],
        },
        users: [
          { object: 'organization.user', id: null, email: 'x@example.org' },
          { object: 'organization.user', id: 'user-1', name: 'Ann', email: 'ann@example.org', role: 'owner' },
        ],
        accounts: {
          proj_1: [
            {
              object: 'organization.project.service_account',
              id: 'sa_1',
              name: 'CI',
              role: 'owner',
              api_key: {
                object: 'organization.project.service_account.api_key',
                id: 'key_1',
                value: 'sk-canary-abcdefgh1234',
                created_at: 1711471533,
              },
            },
          ],
        },
        admin: [
          {
            object: 'organization.admin_api_key',
            id: 'key_a',
            name: 'Main',
            redacted_value: 'sk-admin...def',
            last_used_at: null,
            owner: { type: 'user', name: 'Ann', role: 'owner' },
          },
        ],
      },
      'saas-openai',
    )
    expect(arrows(result)).toEqual([
      'grants user-1 openai:organization admin',
      'grants sa_1 proj_1 admin',
      'grants key_a openai:organization admin',
    ])
    expect(credentials(result).map(({ fingerprint, lastFour }) => [fingerprint, lastFour])).toEqual([
      ['fp(22)', '1234'],
      [undefined, undefined],
    ])
    expect(result.refused).toEqual([{ at: '$.users[0]', reason: 'the user has no id' }])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
})

describe('Anthropic', () => {
  test('a key is its own principal in its workspace; the hint shows its last four', () => {
    const result = fixture('saas-anthropic', 'cartography-anthropic-apikeys.json')
    expect(arrows(result)).toEqual(['grants apikey_01Rj2N8SVvo6BePZj99NhmiT wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ write'])
    expect(credentials(result)[0]).toMatchObject({
      lastFour: 'igAA',
      status: 'active',
      createdAt: '2024-10-30T23:58:27.427Z',
    })
    expect(identities(result)[0]?.ownerHints).toEqual([
      { value: 'user_EneequohSheesh3Ohtaefu8we2aite', from: 'created_by' },
    ])
    expect(result.unresolved).toHaveLength(1)
  })

  test('workspaces, members, service accounts, federation, agents', () => {
    const result = map(
      {
        workspaces: [{ type: 'workspace', id: 'wrkspc_1', name: 'W', archived_at: null, tags: { env: 'Prod' } }],
        users: [{ type: 'user', id: 'user_1', name: 'Ann', email: 'ann@example.org', role: 'admin' }],
        members: [
          { type: 'workspace_member', user_id: 'user_1', workspace_id: 'wrkspc_1', workspace_role: 'workspace_admin' },
        ],
        accounts: [
          {
            type: 'service_account',
            id: 'svac_1',
            name: 'telemetry',
            organization_role: 'developer',
            archived_at: '2025-01-01T00:00:00Z',
          },
        ],
        of: {
          svac_1: [
            {
              type: 'service_account_workspace_member',
              service_account_id: 'svac_1',
              workspace_id: 'wrkspc_1',
              workspace_role: 'workspace_tomorrow',
            },
          ],
        },
        rules: [
          {
            type: 'federation_rule',
            id: 'fdrl_1',
            name: 'ci',
            issuer_name: 'github-actions',
            match: { subject_prefix: 'repo:acme/app:*', audience: 'a' },
            target: { type: 'service_account', service_account_id: 'svac_1' },
            oauth_scope: 'workspace:developer',
          },
        ],
        agents: [
          {
            type: 'agent',
            id: 'agent_1',
            name: 'monitor',
            tools: [{ name: 'read_sensor' }],
            mcp_servers: [{ name: 't', url: 'https://mcp.example.org' }],
            archived_at: null,
          },
        ],
        keys: [
          {
            type: 'api_key',
            id: 'apikey_1',
            name: 'k',
            workspace_id: null,
            status: 'inactive',
            partial_key_hint: 'sk-ant-api03-abc...ef',
          },
        ],
      },
      'saas-anthropic',
    )
    expect(arrows(result)).toEqual([
      'grants user_1 anthropic:organization admin',
      'grants svac_1 anthropic:organization write',
      'grants user_1 wrkspc_1 admin',
      'grants svac_1 wrkspc_1',
      'grants apikey_1 anthropic:default-workspace write',
      'assumes github-actions#repo:acme/app:* svac_1',
      'grants agent_1 https://mcp.example.org',
    ])
    expect(edges(result)[3]?.notEvaluable).toContain('workspace_tomorrow')
    expect(identities(result).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'service_account disabled',
      'api_client disabled',
      'workload active',
      'ai_agent active',
    ])
    expect(result.records.find((r) => r.type === 'resource' && r.kind === 'workspace')).toMatchObject({
      environment: 'prod',
    })
  })
})

describe('Databricks', () => {
  test('a service principal and its groups', () => {
    const result = fixture('saas-databricks', 'cartography-databricks-service-principals.json')
    expect(arrows(result)).toEqual([
      'grants 80972003232721 databricks:workspace admin',
      'member_of 12345678901234 80972003232721',
    ])
  })

  test('a token made on behalf of another is a service principal’s; milliseconds; -1 = never expires', () => {
    const result = fixture('saas-databricks', 'cartography-databricks-tokens.json')
    expect(credentials(result).map(({ subject, expiresAt }) => [subject?.externalId, expiresAt])).toEqual([
      ['token-abc', '2027-01-15T08:00:00.000Z'],
      ['12345678901234', null],
    ])
    expect(humans(result)).toEqual(['70718330587535'])
    expect(result.unresolved.map(({ reference }) => reference)).toEqual(['12345678901234'])
  })

  test('SCIM and token envelopes, secrets and federation keyed by principal', () => {
    const sp = {
      id: '510001',
      applicationId: 'a-b',
      displayName: 'etl',
      active: false,
      entitlements: [{ value: 'allow-cluster-create' }],
      roles: [{ value: 'tomorrow' }],
    }
    const result = map(
      {
        scim: { schemas: ['urn:x'], totalResults: 1, Resources: [sp] },
        tokens: { token_infos: [{ token_id: 't1', creation_time: 1700000000000, expiry_time: -1, owner_id: 510001 }] },
        secrets: {
          510001: { secrets: [{ id: 's1', secret_hash: 'h', create_time: '2025-01-01T00:00:00Z', status: 'ACTIVE' }] },
        },
        policies: {
          510001: {
            policies: [
              {
                name: 'gh',
                oidc_policy: { issuer: 'https://token.actions.githubusercontent.com', subject: 'repo:acme/app' },
              },
            ],
          },
        },
      },
      'saas-databricks',
    )
    expect(identities(result)[0]?.status).toBe('disabled')
    expect(credentials(result).map(({ externalId, subject }) => [externalId, subject?.externalId])).toEqual([
      ['t1', '510001'],
      ['s1', '510001'],
    ])
    expect(arrows(result)).toContain('assumes https://token.actions.githubusercontent.com#repo:acme/app 510001')
    expect(edges(result)[0]).toMatchObject({
      scopes: ['tomorrow', 'allow-cluster-create'],
      notEvaluable: expect.stringContaining('tomorrow'),
    })
  })
})

describe('Scaleway', () => {
  const result = fixture('saas-scaleway', 'cartography-scaleway-iam.json')

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
    const keyed = map(
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
    const made = map(
      { access_key: 'SCW1', secret_key: 'canary-0000-1111', application_id: 'a1', default_project_id: 'p' },
      'saas-scaleway',
    )
    expect(credentials(made)[0]).toMatchObject({ fingerprint: 'fp(16)', lastFour: '1111' })
    expect(JSON.stringify(made)).not.toContain('canary')
  })
})

describe('Snowflake', () => {
  test('people and services are told apart by TYPE; key pairs', () => {
    const result = fixture('saas-snowflake', 'cartography-snowflake-users.json')
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
    const result = map(
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
    const result = fixture('saas-slack', 'documented-members.json')
    expect(identities(result).map(({ externalId, status }) => `${externalId} ${status}`)).toEqual([
      'U0000002 active',
      'USLACKBOT active',
      'U0000003 disabled',
    ])
    expect(humans(result)).toEqual(['W0000001'])
    const app = { app: { id: 'A1', name: 'Sync' }, scopes: [{ name: 'channels:history' }, { name: 'chat:write' }] }
    expect(edges(map({ approved_apps: [app] }, 'saas-slack'))[0]).toMatchObject({ scopeCount: 2, privilege: 'write' })
  })

  test('keys and clients of a tailnet; only tagged devices act for themselves', () => {
    const result = fixture('saas-tailscale', 'documented-keys-and-devices.json')
    expect(identities(result).map(({ name }) => name)).toEqual(['runner-1', 'runners', 'terraform'])
    expect(credentials(result).map(({ credentialType, expiresAt }) => [credentialType, expiresAt])).toEqual([
      ['signing_key', null],
      ['api_key', '2026-04-02T03:04:05.000Z'],
      ['client_secret', null],
    ])
    expect(result.refused).toEqual([{ at: '$.devices[1]', reason: expect.stringContaining('laptop has no tags') }])
  })

  test('a token with its policies', () => {
    const result = fixture('saas-cloudflare', 'documented-tokens.json')
    expect(edges(result)).toMatchObject([{ scopes: ['Zone Read', 'DNS Write'], privilege: 'write', effect: 'allow' }])
    expect(credentials(result)[0]).toMatchObject({ expiresAt: '2020-01-01T00:00:00.000Z', lastUsedAt: '2020-01-02T12:34:00.000Z' })
  })

  test('tokens of a user; no end means never', () => {
    const result = fixture('saas-vercel', 'documented-tokens.json')
    expect(credentials(result).map(({ expiresAt }) => expiresAt)).toEqual(['2027-01-01T03:04:05.000Z', null])
    expect(edges(result).map(({ to }) => to.externalId)).toEqual(['team_1', 'vercel:user-account'])
  })
})

test('privileges of scopes and permission groups', () => {
  expect(['users:read', 'im:history', 'chat:write', 'admin.users:write', 'tomorrow'].map(slackPrivilege)).toEqual([
    'read',
    'read',
    'write',
    'admin',
    undefined,
  ])
  expect(['devices:core:read', 'auth_keys', 'dns', 'tomorrow'].map(tailscalePrivilege)).toEqual(['read', 'admin', 'write', undefined])
  expect(['Zone Read', 'DNS Write', 'API Tokens Write', 'Tomorrow'].map(cloudflarePrivilege)).toEqual(['read', 'write', 'admin', undefined])
})

test('privileges by the names of each system', () => {
  expect([
    snowflakePrivilege('select', 'TABLE', false),
    snowflakePrivilege('READ', 'SECRET', false),
    snowflakePrivilege('SELECT', 'TABLE', true),
    snowflakePrivilege('MANAGE GRANTS', 'ACCOUNT', false),
    snowflakePrivilege('CREATE SCHEMA', 'DATABASE', false),
    snowflakePrivilege('FLY', 'TABLE', false),
  ]).toEqual(['read', 'secret_read', 'admin', 'admin', 'write', undefined])
  expect(
    [
      'AllProductsFullAccess',
      'InstancesReadOnly',
      'ObjectStorageObjectsWrite',
      'SecretManagerSecretAccess',
      'Tomorrow',
    ].map(permissionSetPrivilege),
  ).toEqual(['admin', 'read', 'write', 'secret_read', undefined])
  expect([anthropicRoles.workspace_admin, databricksRights.admins]).toEqual(['admin', 'admin'])
})

test('masked secrets give no fingerprint', () => {
  const of = (value: unknown) => secretFacts(value, (secret) => `fp(${secret.length})`)
  expect(of('sk-ant-api03-R2D...igAA')).toEqual({ lastFour: 'igAA' })
  expect(of('********')).toEqual({})
  expect(of('XXX')).toEqual({})
  expect(of('short')).toEqual({ fingerprint: 'fp(5)' })
  expect(of('long-enough-1234')).toEqual({ fingerprint: 'fp(16)', lastFour: '1234' })
})

test('entries of another kind among them are counted with their place', () => {
  const result = map([{ token_id: 't', creation_time: 1700000000000 }, { hello: 1 }, 'x'], 'saas-databricks')
  expect(result.refused.map(({ at }) => at)).toEqual(['$[1]', '$[2]'])
})

import { describe, expect, test } from 'vitest'
import { arrows, credentials, edges, humans, identities, mapFixture, mapValue } from './map-in-test'

describe('OpenAI', () => {
  test('keys of service accounts belong to them; keys of people are identities that act as the person', () => {
    const result = mapFixture('saas-openai', 'cartography-openai-project-apikeys.json')
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
    const result = mapFixture('saas-openai', 'cartography-openai-serviceaccounts.json')
    expect(identities(result)).toMatchObject([
      { externalId: 'user-ohp0mahG0Aw5eevu6ain', kind: 'service_account', attributes: { role: 'member' } },
    ])
  })

  test('projects, members by project, admin keys, a new account with its key, an entry without id', () => {
    const result = mapValue(
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
    const result = mapFixture('saas-anthropic', 'cartography-anthropic-apikeys.json')
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
    const result = mapValue(
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
    const result = mapFixture('saas-databricks', 'cartography-databricks-service-principals.json')
    expect(arrows(result)).toEqual([
      'grants 80972003232721 databricks:workspace admin',
      'member_of 12345678901234 80972003232721',
    ])
  })

  test('a token made on behalf of another is a service principal’s; milliseconds; -1 = never expires', () => {
    const result = mapFixture('saas-databricks', 'cartography-databricks-tokens.json')
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
    const result = mapValue(
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

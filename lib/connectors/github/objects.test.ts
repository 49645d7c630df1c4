import { describe, expect, test } from 'vitest'
import type { MapContext, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { isApiAnswer, mapApiAnswers } from './api'

const context: MapContext = { fingerprint: (secret) => `fp(${secret.length})` }
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'answer.json', value })
const map = (value: unknown, more: Partial<MapContext> = {}) => mapApiAnswers(json(value), { ...context, ...more })
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

const installation = {
  id: 7,
  account: { login: 'acme', id: 1, type: 'Organization', url: 'https://api.github.com/orgs/acme' },
  app_id: 3,
  app_slug: 'deployer',
  target_type: 'Organization',
  repository_selection: 'all',
  permissions: { contents: 'write', metadata: 'read' },
  events: ['push'],
  created_at: '2024-01-01T00:00:00.000-07:00',
  suspended_at: null,
}

describe('objects', () => {
  test('a suspended installation is disabled and its grant has a condition; selected repositories too', () => {
    const result = map({ ...installation, suspended_at: '2024-02-02T00:00:00Z', repository_selection: 'selected' })
    expect(ofType(result, 'identity')[0]?.status).toBe('disabled')
    expect(ofType(result, 'entitlement')[0]?.condition).toBe(
      'suspended since 2024-02-02T00:00:00.000Z, no access while it is; selected repositories only; the file does not list them',
    )
  })
  test("an app's secrets of a manifest conversion are fingerprinted and dropped", () => {
    const result = map({
      id: 9,
      slug: 'a',
      name: 'A',
      client_id: 'Iv1.x',
      permissions: {},
      events: [],
      pem: 'canary-pem',
      client_secret: 'canary-client-secret',
      webhook_secret: 'canary-hook-secret',
    })
    expect(
      ofType(result, 'credential').map(({ credentialType, fingerprint }) => [credentialType, fingerprint]),
    ).toEqual([
      ['signing_key', 'fp(10)'],
      ['client_secret', 'fp(20)'],
      ['signing_key', 'fp(18)'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
  test('a deploy key is a principal with read or write on its repository', () => {
    const key = {
      id: 5,
      key: 'ssh-ed25519 AAAA',
      url: 'https://api.github.com/repos/acme/api/keys/5',
      title: 'ci',
      verified: true,
      created_at: '2024-01-01T00:00:00Z',
      read_only: false,
      added_by: 'ann',
      last_used: null,
      enabled: false,
    }
    const result = map([key])
    expect(ofType(result, 'identity')).toMatchObject([
      {
        externalId: 'deploy-key:5',
        status: 'disabled',
        lastUsedAt: null,
        ownerHints: [{ value: 'ann', from: 'added the deploy key' }],
      },
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { to: { externalId: 'https://github.com/acme/api' }, privilege: 'write', scopes: ['contents:write'] },
    ])
    const listed = map([
      { id: 5, key: 'ssh-ed25519 AAAA', title: 'ci', readOnly: true, createdAt: '2024-01-01T00:00:00Z' },
    ])
    expect(listed.unresolved[0]?.reason).toBe('the listing does not name its repository')
  })
  test('a set webhook secret is a credential, an unset one a fact', () => {
    const hook = (config: object) => ({
      id: 2,
      type: 'Repository',
      name: 'web',
      active: true,
      events: ['push'],
      url: 'https://api.github.com/repos/acme/api/hooks/2',
      config,
    })
    const set = map(
      hook({
        url: 'https://u:canary@x.example/h?token=canary',
        secret: '********',
        insecure_ssl: '1',
        content_type: 'json',
      }),
    )
    expect(ofType(set, 'resource').find(({ kind }) => kind === 'webhook')).toMatchObject({
      externalId: 'webhook:acme/api/2',
      attributes: { target: 'https://x.example/h', secretSet: true, insecureTls: true, active: true },
    })
    expect(ofType(set, 'credential')).toMatchObject([{ credentialType: 'signing_key', status: 'active' }])
    expect(ofType(set, 'credential')[0]?.fingerprint).toBeUndefined()
    expect(JSON.stringify(set)).not.toContain('canary')
    const unset = map(hook({ url: 'https://x.example/h', insecure_ssl: 0 }))
    expect(ofType(unset, 'credential')).toEqual([])
    expect(ofType(unset, 'resource').find(({ kind }) => kind === 'webhook')?.attributes).toMatchObject({
      secretSet: false,
      insecureTls: false,
    })
  })
  test('secrets of gh secret list, and whose they are by the word of the user', () => {
    const value = [
      {
        name: 'NPM_TOKEN',
        updatedAt: '2024-01-01T00:00:00Z',
        visibility: '',
        numSelectedRepos: 0,
        selectedReposURL: '',
      },
    ]
    expect(isApiAnswer(value)).toBe(true)
    expect(ofType(map(value, { instance: 'acme/api' }), 'credential')).toMatchObject([
      { externalId: 'actions-secret:acme/api/NPM_TOKEN', credentialType: 'access_token' },
    ])
    expect(map(value).unresolved).toMatchObject([{ reference: 'actions-secrets:(owner)/(repository)' }])
  })
  test('a variable that is named like a secret becomes a sighting, its value dropped', () => {
    const result = map({
      total_count: 1,
      variables: [
        {
          name: 'DEPLOY_TOKEN',
          value: 'canary0123456789',
          created_at: '2024-01-01T00:00:00Z',
          updated_at: '2024-01-02T00:00:00Z',
        },
      ],
    })
    expect(ofType(result, 'sighting')).toMatchObject([
      { name: 'DEPLOY_TOKEN', fingerprint: 'fp(16)', lastFour: '6789' },
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
  test('accounts: bots, machines by their login, people', () => {
    const account = (login: string, type: string) => ({ login, id: 1, type, site_admin: false })
    const result = map([
      account('dependabot[bot]', 'Bot'),
      account('svc-deploy', 'User'),
      account('acme-ci', 'User'),
      account('ann', 'User'),
      account('cindy-robotham', 'User'),
    ])
    expect(ofType(result, 'identity').map(({ kind, name }) => [kind, name])).toEqual([
      ['bot', 'dependabot[bot]'],
      ['service_account', 'svc-deploy'],
      ['service_account', 'acme-ci'],
    ])
    expect(ofType(result, 'human').map(({ name }) => name)).toEqual(['ann', 'cindy-robotham'])
  })
  test('members and teams of GraphQL answers; collaborators with their role in a repository', () => {
    const member = {
      hasTwoFactorEnabled: null,
      node: { url: 'https://github.com/ann', login: 'ann', name: 'Ann' },
      role: 'ADMIN',
    }
    const team = { name: 'Core', url: 'https://github.com/orgs/acme/teams/core', members: { totalCount: 1 } }
    const result = map([[member], { url: 'https://github.com/acme', login: 'acme' }, team])
    expect(ofType(result, 'human')).toMatchObject([
      { externalId: 'user:ann', name: 'Ann', reason: 'a user account with the role admin' },
    ])
    expect(ofType(result, 'resource').map(({ externalId }) => externalId)).toEqual(['https://github.com/acme'])
    expect(ofType(result, 'role')).toMatchObject([
      { externalId: 'https://github.com/orgs/acme/teams/core', kind: 'team' },
    ])
    const collaborators = map([{ login: 'svc-x', id: 1, type: 'User', site_admin: false, role_name: 'maintain' }], {
      instance: 'acme/api',
    })
    expect(ofType(collaborators, 'entitlement')).toMatchObject([
      {
        from: { type: 'identity' },
        to: { externalId: 'https://github.com/acme/api' },
        privilege: 'write',
        scopes: ['role:maintain'],
      },
    ])
  })
  test("the audit log: a bot's use is observed, a token's last use noted", () => {
    const entry = (more: object) => ({
      '@timestamp': 1_700_000_000_000,
      action: 'git.clone',
      org: 'acme',
      repo: 'acme/api',
      ...more,
    })
    const result = map([
      entry({ actor: 'acme-bot', actor_is_bot: true }),
      entry({ actor: 'ann', token_id: 55, programmatic_access_type: 'Fine-grained personal access token' }),
      entry({}),
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { basis: 'observed', privilege: 'read', scopes: ['git.clone'], lastUsedAt: '2023-11-14T22:13:20.000Z' },
    ])
    expect(ofType(result, 'credential')).toMatchObject([
      { externalId: 'pat:55', lastUsedAt: '2023-11-14T22:13:20.000Z', subject: { externalId: 'user:ann' } },
    ])
    expect(result.refused).toEqual([{ at: '$[2]', reason: 'an entry of the audit log that names no actor' }])
  })
  test('a pending request grants nothing', () => {
    const request = {
      id: 1,
      reason: 'x',
      owner: { login: 'ann', type: 'User' },
      permissions: { repository: { contents: 'write' } },
      created_at: '2024-01-01T00:00:00Z',
      token_id: 4,
      token_name: 'T',
      token_expired: false,
      token_expires_at: null,
      token_last_used_at: null,
    }
    const result = map([request])
    expect(ofType(result, 'credential')).toMatchObject([
      {
        externalId: 'pat:4',
        status: 'unknown',
        expiresAt: null,
        attributes: { approval: 'requested', requestedPermissions: ['contents:write'] },
      },
    ])
    expect(ofType(result, 'entitlement')).toEqual([])
  })
})

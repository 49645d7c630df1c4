import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MapContext, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { isApiAnswer, mapApiAnswers } from './api'

const context: MapContext = { fingerprint: (secret) => `fp(${secret.length})` }
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'answer.json', value })
const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/github-api', name), 'utf8'))
const map = (value: unknown, more: Partial<MapContext> = {}) => mapApiAnswers(json(value), { ...context, ...more })
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const counts = (result: MapResult) =>
  Object.fromEntries(
    (['identity', 'human', 'credential', 'role', 'resource', 'entitlement', 'sighting'] as const).map((type) => [
      type,
      ofType(result, type).length,
    ]),
  )

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

describe('fixtures', () => {
  test('Actions literals: 6 secrets in 4 stores, 7 variables, 3 workflows, 2 environments of the one repository', () => {
    const result = map(fixture('cartography-actions.json'))
    expect(counts(result)).toEqual({ identity: 3, human: 0, credential: 6, role: 0, resource: 15, entitlement: 11, sighting: 0 })
    expect(result.unresolved).toEqual([])
    expect(ofType(result, 'credential').map(({ externalId }) => externalId)).toContain(
      'actions-secret:simpsoncorp/sample_repo@production/PROD_API_KEY',
    )
    expect(ofType(result, 'identity').map(({ status }) => status)).toEqual(['active', 'active', 'disabled'])
    const readers = ofType(result, 'entitlement').filter(({ privilege }) => privilege === 'secret_read')
    expect(readers.map(({ from, basis }) => [from.externalId, basis])).toEqual([
      ['workflow:simpsoncorp/sample_repo/.github/workflows/ci.yml', 'inferred'],
      ['workflow:simpsoncorp/sample_repo/.github/workflows/deploy.yml', 'inferred'],
    ])
    expect(JSON.stringify(result)).not.toContain('api.production.example.com')
  })
  test('fine-grained tokens are credentials of humans, with the repositories listed elsewhere in the file', () => {
    const result = map(fixture('cartography-fine-grained-pats.json'))
    expect(counts(result)).toEqual({ identity: 0, human: 2, credential: 4, role: 0, resource: 4, entitlement: 5, sighting: 0 })
    expect(ofType(result, 'credential')[0]).toMatchObject({
      externalId: 'pat:98716',
      subject: { type: 'human', externalId: 'user:hjsimpson' },
      status: 'active',
      expiresAt: '2025-04-16T15:47:09.000Z',
      lastUsedAt: '2025-02-16T15:47:09.000Z',
    })
    expect(ofType(result, 'credential')[1]).toMatchObject({ externalId: 'pat:98717', status: 'disabled', lastUsedAt: null })
    const edges = ofType(result, 'entitlement').filter(({ from }) => from.externalId === 'pat:98716')
    expect(edges.map(({ to, scopes }) => [to.externalId, scopes])).toEqual([
      ['https://github.com/simpsoncorp', ['members:read']],
      ['https://github.com/simpsoncorp/sample_repo', ['contents:read', 'metadata:read']],
    ])
    const classic = ofType(result, 'entitlement').find(({ from }) => from.externalId === 'authorized-credential:161195')
    expect(classic).toMatchObject({ scopes: ['read:org', 'repo'], privilege: 'admin' })
    expect(ofType(result, 'credential')[3]).toMatchObject({ credentialType: 'ssh_key' })
  })
  test('the official collection of 73 operations: 24 of them hold what is not imported and are told one by one', () => {
    const result = map(fixture('rest-api-examples-ghec.json'))
    expect(counts(result)).toEqual({ identity: 6, human: 3, credential: 24, role: 3, resource: 18, entitlement: 22, sighting: 1 })
    expect(result.refused).toHaveLength(24)
    expect(result.refused.every(({ reason }) => /^(?:GET|POST|PUT|PATCH) \//.test(reason))).toBe(true)
    expect(JSON.stringify(result)).not.toMatch(/gh[su]_16C7|ABTLWHOULUVAXGTRYU7OC2876QJ2O/)
    expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([
      'installation:1',
      'installation:25381',
      'oauth-app:Iv1.8a61f9b3a7aba766',
      'runner:(organization)/23',
      'runner:(organization)/24',
      'deploy-key:1',
    ])
  })
})

describe('envelopes', () => {
  const lists: [string, unknown][] = [
    ['one object', installation],
    ['a list', [installation]],
    ['pages of gh api --slurp', [{ total_count: 1, installations: [installation] }]],
    ['lists of lists', [[installation], []]],
    ['an envelope', { total_count: 1, installations: [installation] }],
    ['an answer of octokit', { status: 200, url: 'https://api.github.com/orgs/acme/installations', headers: {}, data: { total_count: 1, installations: [installation] } }],
    ['a nock recording', [{ scope: 'https://api.github.com:443', method: 'GET', path: '/app/installations', status: 200, response: [installation] }]],
    [
      'a cassette',
      { interactions: [{ request: { method: 'GET', uri: 'https://api.github.com/app/installations' }, response: { status: { code: 200 }, body: { string: JSON.stringify([installation]) } } }] },
    ],
    ['literals', { GET_INSTALLATIONS: [installation], ORG: 'acme' }],
    ['an example by operation', { 'GET /app/installations 200': { default: [installation] } }],
  ]
  test.each(lists)('%s', (_, value) => {
    expect(isApiAnswer(value)).toBe(true)
    const result = map(value)
    expect(result).toMatchObject({ system: 'github', instance: 'github.com' })
    expect(ofType(result, 'identity')).toMatchObject([{ externalId: 'installation:7', kind: 'oauth_app', name: 'deployer', createdAt: '2024-01-01T07:00:00.000Z' }])
    expect(ofType(result, 'entitlement')).toMatchObject([
      { to: { externalId: 'https://github.com/acme' }, scopes: ['contents:write', 'metadata:read'], privilege: 'write' },
    ])
  })
  test('the instance is the host of the addresses', () => {
    const own = { ...installation, account: { login: 'acme', url: 'https://git.acme.example/api/v3/orgs/acme', type: 'Organization' } }
    expect(map(own).instance).toBe('git.acme.example')
    expect(map({ ...own, account: { login: 'acme', html_url: 'https://acme.ghe.com/acme' } }).instance).toBe('acme.ghe.com')
  })
  test('error answers and empty lists say so', () => {
    const error = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' }
    expect(isApiAnswer(error)).toBe(true)
    expect(map(error).refused).toEqual([{ at: '$', reason: 'GitHub answered with an error: Not Found' }])
    const empty = { total_count: 0, secrets: [] }
    expect(isApiAnswer(empty)).toBe(true)
    expect(map(empty).refused).toEqual([{ at: '$', reason: 'an empty list of secrets; nothing to import' }])
  })
  test('bad entries are refused with their place', () => {
    const result = map([installation, null, { ...installation, id: {} }, { what: 1 }])
    expect(result.refused).toEqual([
      { at: '$[1]', reason: 'is not an object' },
      { at: '$[2]', reason: 'an installation without an id' },
      { at: '$[3]', reason: "no object of GitHub's that can be imported" },
    ])
  })
  test('foreign files are not taken', () => {
    for (const value of [{}, [], { name: 'x', created_at: 'y' }, [{ id: 1, login: 'x' }], { token: 'abc', expires_at: 'x' }, { number: 1, secret_type: 'x', state: 'open' }, { full_name: 'a/b', uuid: '{1}' }, { key: 'A', value: 'b' }])
      expect(isApiAnswer(value)).toBe(false)
  })
})

describe('objects', () => {
  test('a suspended installation is disabled and its grant has a condition; selected repositories too', () => {
    const result = map({ ...installation, suspended_at: '2024-02-02T00:00:00Z', repository_selection: 'selected' })
    expect(ofType(result, 'identity')[0]?.status).toBe('disabled')
    expect(ofType(result, 'entitlement')[0]?.condition).toBe(
      'suspended since 2024-02-02T00:00:00.000Z, no access while it is; selected repositories only; the file does not list them',
    )
  })
  test("an app's secrets of a manifest conversion are fingerprinted and dropped", () => {
    const result = map({ id: 9, slug: 'a', name: 'A', client_id: 'Iv1.x', permissions: {}, events: [], pem: 'canary-pem', client_secret: 'canary-client-secret', webhook_secret: 'canary-hook-secret' })
    expect(ofType(result, 'credential').map(({ credentialType, fingerprint }) => [credentialType, fingerprint])).toEqual([
      ['signing_key', 'fp(10)'],
      ['client_secret', 'fp(20)'],
      ['signing_key', 'fp(18)'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
  test('a deploy key is a principal with read or write on its repository', () => {
    const key = { id: 5, key: 'ssh-ed25519 AAAA', url: 'https://api.github.com/repos/acme/api/keys/5', title: 'ci', verified: true, created_at: '2024-01-01T00:00:00Z', read_only: false, added_by: 'ann', last_used: null, enabled: false }
    const result = map([key])
    expect(ofType(result, 'identity')).toMatchObject([{ externalId: 'deploy-key:5', status: 'disabled', lastUsedAt: null, ownerHints: [{ value: 'ann', from: 'added the deploy key' }] }])
    expect(ofType(result, 'entitlement')).toMatchObject([{ to: { externalId: 'https://github.com/acme/api' }, privilege: 'write', scopes: ['contents:write'] }])
    const listed = map([{ id: 5, key: 'ssh-ed25519 AAAA', title: 'ci', readOnly: true, createdAt: '2024-01-01T00:00:00Z' }])
    expect(listed.unresolved[0]?.reason).toBe('the listing does not name its repository')
  })
  test('a set webhook secret is a credential, an unset one a fact', () => {
    const hook = (config: object) => ({ id: 2, type: 'Repository', name: 'web', active: true, events: ['push'], url: 'https://api.github.com/repos/acme/api/hooks/2', config })
    const set = map(hook({ url: 'https://u:canary@x.example/h?token=canary', secret: '********', insecure_ssl: '1', content_type: 'json' }))
    expect(ofType(set, 'resource').find(({ kind }) => kind === 'webhook')).toMatchObject({
      externalId: 'webhook:acme/api/2',
      attributes: { target: 'https://x.example/h', secretSet: true, insecureTls: true, active: true },
    })
    expect(ofType(set, 'credential')).toMatchObject([{ credentialType: 'signing_key', status: 'active' }])
    expect(ofType(set, 'credential')[0]?.fingerprint).toBeUndefined()
    expect(JSON.stringify(set)).not.toContain('canary')
    const unset = map(hook({ url: 'https://x.example/h', insecure_ssl: 0 }))
    expect(ofType(unset, 'credential')).toEqual([])
    expect(ofType(unset, 'resource').find(({ kind }) => kind === 'webhook')?.attributes).toMatchObject({ secretSet: false, insecureTls: false })
  })
  test('secrets of gh secret list, and whose they are by the word of the user', () => {
    const value = [{ name: 'NPM_TOKEN', updatedAt: '2024-01-01T00:00:00Z', visibility: '', numSelectedRepos: 0, selectedReposURL: '' }]
    expect(isApiAnswer(value)).toBe(true)
    expect(ofType(map(value, { instance: 'acme/api' }), 'credential')).toMatchObject([{ externalId: 'actions-secret:acme/api/NPM_TOKEN', credentialType: 'access_token' }])
    expect(map(value).unresolved).toMatchObject([{ reference: 'actions-secrets:(owner)/(repository)' }])
  })
  test('a variable that is named like a secret becomes a sighting, its value dropped', () => {
    const result = map({ total_count: 1, variables: [{ name: 'DEPLOY_TOKEN', value: 'canary0123456789', created_at: '2024-01-01T00:00:00Z', updated_at: '2024-01-02T00:00:00Z' }] })
    expect(ofType(result, 'sighting')).toMatchObject([{ name: 'DEPLOY_TOKEN', fingerprint: 'fp(16)', lastFour: '6789' }])
    expect(JSON.stringify(result)).not.toContain('canary')
  })
  test('accounts: bots, machines by their login, people', () => {
    const account = (login: string, type: string) => ({ login, id: 1, type, site_admin: false })
    const result = map([account('dependabot[bot]', 'Bot'), account('svc-deploy', 'User'), account('acme-ci', 'User'), account('ann', 'User'), account('cindy-robotham', 'User')])
    expect(ofType(result, 'identity').map(({ kind, name }) => [kind, name])).toEqual([
      ['bot', 'dependabot[bot]'],
      ['service_account', 'svc-deploy'],
      ['service_account', 'acme-ci'],
    ])
    expect(ofType(result, 'human').map(({ name }) => name)).toEqual(['ann', 'cindy-robotham'])
  })
  test('members and teams of GraphQL answers; collaborators with their role in a repository', () => {
    const member = { hasTwoFactorEnabled: null, node: { url: 'https://github.com/ann', login: 'ann', name: 'Ann' }, role: 'ADMIN' }
    const team = { name: 'Core', url: 'https://github.com/orgs/acme/teams/core', members: { totalCount: 1 } }
    const result = map([[member], { url: 'https://github.com/acme', login: 'acme' }, team])
    expect(ofType(result, 'human')).toMatchObject([{ externalId: 'user:ann', name: 'Ann', reason: 'a user account with the role admin' }])
    expect(ofType(result, 'resource').map(({ externalId }) => externalId)).toEqual(['https://github.com/acme'])
    expect(ofType(result, 'role')).toMatchObject([{ externalId: 'https://github.com/orgs/acme/teams/core', kind: 'team' }])
    const collaborators = map([{ login: 'svc-x', id: 1, type: 'User', site_admin: false, role_name: 'maintain' }], { instance: 'acme/api' })
    expect(ofType(collaborators, 'entitlement')).toMatchObject([{ from: { type: 'identity' }, to: { externalId: 'https://github.com/acme/api' }, privilege: 'write', scopes: ['role:maintain'] }])
  })
  test("the audit log: a bot's use is observed, a token's last use noted", () => {
    const entry = (more: object) => ({ '@timestamp': 1_700_000_000_000, action: 'git.clone', org: 'acme', repo: 'acme/api', ...more })
    const result = map([
      entry({ actor: 'acme-bot', actor_is_bot: true }),
      entry({ actor: 'ann', token_id: 55, programmatic_access_type: 'Fine-grained personal access token' }),
      entry({}),
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([{ basis: 'observed', privilege: 'read', scopes: ['git.clone'], lastUsedAt: '2023-11-14T22:13:20.000Z' }])
    expect(ofType(result, 'credential')).toMatchObject([{ externalId: 'pat:55', lastUsedAt: '2023-11-14T22:13:20.000Z', subject: { externalId: 'user:ann' } }])
    expect(result.refused).toEqual([{ at: '$[2]', reason: 'an entry of the audit log that names no actor' }])
  })
  test('a pending request grants nothing', () => {
    const request = { id: 1, reason: 'x', owner: { login: 'ann', type: 'User' }, permissions: { repository: { contents: 'write' } }, created_at: '2024-01-01T00:00:00Z', token_id: 4, token_name: 'T', token_expired: false, token_expires_at: null, token_last_used_at: null }
    const result = map([request])
    expect(ofType(result, 'credential')).toMatchObject([{ externalId: 'pat:4', status: 'unknown', expiresAt: null, attributes: { approval: 'requested', requestedPermissions: ['contents:write'] } }])
    expect(ofType(result, 'entitlement')).toEqual([])
  })
})

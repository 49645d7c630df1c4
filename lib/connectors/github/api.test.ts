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
    expect(counts(result)).toEqual({
      identity: 3,
      human: 0,
      credential: 6,
      role: 0,
      resource: 15,
      entitlement: 11,
      sighting: 0,
    })
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
    expect(counts(result)).toEqual({
      identity: 0,
      human: 2,
      credential: 4,
      role: 0,
      resource: 4,
      entitlement: 5,
      sighting: 0,
    })
    expect(ofType(result, 'credential')[0]).toMatchObject({
      externalId: 'pat:98716',
      subject: { type: 'human', externalId: 'user:hjsimpson' },
      status: 'active',
      expiresAt: '2025-04-16T15:47:09.000Z',
      lastUsedAt: '2025-02-16T15:47:09.000Z',
    })
    expect(ofType(result, 'credential')[1]).toMatchObject({
      externalId: 'pat:98717',
      status: 'disabled',
      lastUsedAt: null,
    })
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
    expect(counts(result)).toEqual({
      identity: 6,
      human: 3,
      credential: 24,
      role: 3,
      resource: 18,
      entitlement: 22,
      sighting: 1,
    })
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
    [
      'an answer of octokit',
      {
        status: 200,
        url: 'https://api.github.com/orgs/acme/installations',
        headers: {},
        data: { total_count: 1, installations: [installation] },
      },
    ],
    [
      'a nock recording',
      [
        {
          scope: 'https://api.github.com:443',
          method: 'GET',
          path: '/app/installations',
          status: 200,
          response: [installation],
        },
      ],
    ],
    [
      'a cassette',
      {
        interactions: [
          {
            request: { method: 'GET', uri: 'https://api.github.com/app/installations' },
            response: { status: { code: 200 }, body: { string: JSON.stringify([installation]) } },
          },
        ],
      },
    ],
    ['literals', { GET_INSTALLATIONS: [installation], ORG: 'acme' }],
    ['an example by operation', { 'GET /app/installations 200': { default: [installation] } }],
  ]
  test.each(lists)('%s', (_, value) => {
    expect(isApiAnswer(value)).toBe(true)
    const result = map(value)
    expect(result).toMatchObject({ system: 'github', instance: 'github.com' })
    expect(ofType(result, 'identity')).toMatchObject([
      { externalId: 'installation:7', kind: 'oauth_app', name: 'deployer', createdAt: '2024-01-01T07:00:00.000Z' },
    ])
    expect(ofType(result, 'entitlement')).toMatchObject([
      {
        to: { externalId: 'https://github.com/acme' },
        scopes: ['contents:write', 'metadata:read'],
        privilege: 'write',
      },
    ])
  })
  test('the instance is the host of the addresses', () => {
    const own = {
      ...installation,
      account: { login: 'acme', url: 'https://git.acme.example/api/v3/orgs/acme', type: 'Organization' },
    }
    expect(map(own).instance).toBe('git.acme.example')
    expect(map({ ...own, account: { login: 'acme', html_url: 'https://acme.ghe.com/acme' } }).instance).toBe(
      'acme.ghe.com',
    )
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
    for (const value of [
      {},
      [],
      { name: 'x', created_at: 'y' },
      [{ id: 1, login: 'x' }],
      { token: 'abc', expires_at: 'x' },
      { number: 1, secret_type: 'x', state: 'open' },
      { full_name: 'a/b', uuid: '{1}' },
      { key: 'A', value: 'b' },
    ])
      expect(isApiAnswer(value)).toBe(false)
  })
})

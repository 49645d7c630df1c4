import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { MapResult, NormalisedRecord } from '../contract'
import { isGithubGraph, mapGithubGraph } from './opengraph'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const map = (value: unknown) => mapGithubGraph({ kind: 'json', name: 'graph.json', value }, context)
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

const node = (id: string, kind: string, properties: object) => ({
  id,
  kinds: [kind],
  properties: { environment_name: 'acme', ...properties },
})
const edge = (kind: string, start: string, end: string) => ({
  kind,
  start: { value: start },
  end: { value: end },
  properties: {},
})
const graph = {
  metadata: { source_kind: 'GitHub' },
  graph: {
    nodes: [
      node('O_1', 'GH_Organization', { login: 'acme', id: 1, html_url: 'https://github.com/acme' }),
      node('U_1', 'GH_User', { login: 'ann', full_name: 'Ann', email: '' }),
      node('U_2', 'GH_User', { login: 'renovate[bot]' }),
      node('R_1', 'GH_Repository', { name: 'api', full_name: 'acme/api', visibility: 'private' }),
      node('RR_1', 'GH_RepoRole', { name: 'api/admin', short_name: 'admin' }),
      node('T_1', 'GH_Team', { name: 'core' }),
      node('Iv1', 'GH_AppInstallation', {
        id: 7,
        app_slug: 'deployer',
        app_id: 3,
        repository_selection: 'all',
        target_type: 'Organization',
        permissions: '{"contents":"write"}',
        events: '["push"]',
      }),
      node('A_3', 'GH_App', {
        id: 3,
        slug: 'deployer',
        name: 'Deployer',
        permissions: '{"contents":"write"}',
        owner_login: 'vendor',
        owner_type: 'Organization',
      }),
      node('P_1', 'GH_PersonalAccessToken', {
        token_id: 8,
        token_name: 'T',
        owner_login: 'ann',
        token_expired: false,
        token_expires_at: null,
        repository_selection: 'subset',
        permissions: '{"organization":{},"repository":{"contents":"read"}}',
      }),
      node('S_1', 'GH_OrgSecret', {
        name: 'NPM_TOKEN',
        visibility: 'all',
        created_at: '2026-01-30T03:24:25Z',
        updated_at: '2026-01-30T03:24:25Z',
      }),
      node('S_2', 'GH_RepoSecret', { name: 'KEY', repository_name: 'api' }),
      node('B_1', 'GH_Branch', { name: 'main' }),
      { id: 'arn:aws:iam::123456789012:role/deploy', kinds: ['AWSRole'], properties: {} },
    ],
    edges: [
      edge('GH_HasRole', 'U_1', 'RR_1'),
      edge('GH_AdminTo', 'RR_1', 'R_1'),
      edge('GH_BrandNew', 'RR_1', 'R_1'),
      edge('GH_InstalledAs', 'A_3', 'Iv1'),
      edge('GH_CanAccess', 'Iv1', 'R_1'),
      edge('GH_CanAccess', 'P_1', 'R_1'),
      edge('GH_HasSecret', 'R_1', 'S_1'),
      edge('GH_HasSecret', 'R_1', 'S_9'),
      edge('GH_Contains', 'O_1', 'S_1'),
      edge('GH_CanAssumeIdentity', 'R_1', 'arn:aws:iam::123456789012:role/deploy'),
    ],
  },
}

test('the graph of an organization, with the ids of the API', () => {
  expect(isGithubGraph(graph)).toBe(true)
  const result = map(graph)
  expect(result).toMatchObject({ system: 'github', instance: 'github.com' })
  expect(ofType(result, 'identity').map(({ kind, externalId }) => [kind, externalId])).toEqual([
    ['bot', 'user:renovate[bot]'],
    ['oauth_app', 'installation:7'],
    ['oauth_app', 'app:3'],
  ])
  expect(ofType(result, 'human').map(({ name }) => name)).toEqual(['Ann', 'ann'].slice(0, 1))
  expect(ofType(result, 'credential').map(({ externalId }) => externalId)).toEqual([
    'pat:8',
    'actions-secret:acme/NPM_TOKEN',
    'actions-secret:acme/api/KEY',
  ])
  const edges = ofType(result, 'entitlement').map(
    ({ kind, from, to, privilege }) => `${kind} ${from.externalId} ${to.externalId} ${privilege}`,
  )
  expect(edges).toEqual(
    expect.arrayContaining([
      'member_of user:ann RR_1 undefined',
      'grants RR_1 https://github.com/acme/api admin',
      'assumes app:3 installation:7 undefined',
      'grants installation:7 https://github.com/acme write',
      'grants installation:7 https://github.com/acme/api write',
      'grants pat:8 https://github.com/acme/api read',
      'stores https://github.com/acme/api actions-secret:acme/NPM_TOKEN undefined',
      'assumes https://github.com/acme/api arn:aws:iam::123456789012:role/deploy undefined',
    ]),
  )
  const unknown = ofType(result, 'entitlement').find(({ scopes }) => scopes.includes('GH_BrandNew'))
  expect(unknown?.notEvaluable).toBe('unknown relation: GH_BrandNew')
  expect(result.unresolved.map(({ reference }) => reference)).toEqual(['S_9'])
  expect(result.refused.map(({ reason }) => reason)).toEqual([
    'a node Branch, which holds no access of its own',
    'an edge GH_Contains, which grants nothing by itself',
  ])
})

test('the kinds of earlier versions, without underscore', () => {
  const old = {
    graph: {
      nodes: [
        {
          id: 'GHOrgSecret_O_1_ALL',
          kinds: ['GHOrgSecret'],
          properties: {
            name: 'ALL',
            organization_name: 'acme',
            created_at: '2026-01-30T03:24:25Z',
            updated_at: '2026-01-30T03:24:25Z',
            visibility: 'all',
          },
        },
        {
          id: 'GHSecret_R_1_X',
          kinds: ['GHRepoSecret'],
          properties: { name: 'X', repository_name: 'api', organization_name: '' },
        },
      ],
      edges: [edge('GHContains', 'O_1', 'GHOrgSecret_O_1_ALL')],
    },
  }
  expect(isGithubGraph(old)).toBe(true)
  expect(ofType(map(old), 'credential').map(({ externalId }) => externalId)).toEqual([
    'actions-secret:acme/ALL',
    'GHSecret_R_1_X',
  ])
})

test('the schema holds no data and says so; other graphs are left to others', () => {
  const schema: unknown = JSON.parse(
    readFileSync(path.join(import.meta.dirname, 'fixtures/github-opengraph/githound-schema.json'), 'utf8'),
  )
  expect(isGithubGraph(schema)).toBe(true)
  expect(map(schema)).toMatchObject({
    records: [],
    refused: [{ reason: 'is the schema of GitHound (34 kinds of nodes, 117 of edges), not a graph: it holds no data' }],
  })
  for (const value of [
    {},
    { graph: { nodes: [], edges: [] } },
    { graph: { nodes: [{ id: '1', kinds: ['BHUser', 'BHCE'] }], edges: [] } },
    { graph: { nodes: [{ id: '1', kinds: ['GHOST'] }], edges: [] } },
  ])
    expect(isGithubGraph(value)).toBe(false)
})

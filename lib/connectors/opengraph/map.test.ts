import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EdgeRecord, NormalisedRecord, ParsedFile } from '../contract'
import { takeEdge, takeNode } from './kinds'
import { acceptsGraph, mapGraph } from './map'

const context = { fingerprint: (secret: string) => `fp-${secret.length}` }
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'graph.json', value })
const fixture = (name: string) =>
  json(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/opengraph', name), 'utf8')))
const edges = (records: NormalisedRecord[]) =>
  records.filter((record): record is EdgeRecord => record.type === 'entitlement')
const one = (value: unknown) => {
  const [result] = mapGraph(json(value), context)
  if (result === undefined) throw new Error('no result')
  return result
}

describe('real files', () => {
  // People, roles, identities, resources (38 ids, three of 41 nodes come twice), entitlements (66 edges between 39 pairs, in 4 pairs some
  // known and some not).
  test.each([
    ['datahound-bhce-output.json', 'BHCE', [5, 5, 1, 27, 43]],
    ['datahound-arrows-output.json', 'Arrows', [0, 0, 0, 7, 6]],
  ])('%s', (name, instance, expected) => {
    const [result] = mapGraph(fixture(name), context)
    expect(result).toMatchObject({ system: 'opengraph', instance, refused: [], unresolved: [] })
    const found = ['human', 'role', 'identity', 'resource', 'entitlement'].map(
      (type) => result?.records.filter((record) => record.type === type).length,
    )
    expect(found).toEqual(expected)
  })

  test('a schema is refused in plain words', () => {
    const schema = json({ schema: { name: 'X' }, node_kinds: [{ name: 'X_User' }], relationship_kinds: [] })
    expect(acceptsGraph(schema)).toBe(true)
    expect(mapGraph(schema, context)[0]?.refused[0]?.reason).toContain('holds no data')
  })
})

test('kinds are taken by their words, unknown ones kept', () => {
  expect(
    ['AZServicePrincipal', 'BHUser', 'IAMRole', 'ServiceAccount', 'ApiKey', 'Group', 'Tenant'].map(
      (kind) => takeNode([kind]).type,
    ),
  ).toEqual(['identity', 'human', 'identity', 'identity', 'credential', 'role', 'resource'])
  expect(takeEdge('GenericAll', 'resource')).toEqual({ kind: 'grants', privilege: 'admin' })
  expect(takeEdge('MemberOf', 'role')).toEqual({ kind: 'member_of' })
  expect(takeEdge('Frobs', 'resource').privilege).toBeUndefined()
  expect(takeEdge('Frobs', 'resource').notEvaluable).toContain('Frobs')
})

test('ends match by id, name and property; what is missing is unresolved', () => {
  const node = (id: string, kind: string, name: string, more: object = {}) => ({
    id,
    kinds: [kind],
    properties: { name, ...more },
  })
  const result = one({
    graph: {
      nodes: [
        node('A1', 'ServiceAccount', 'bot'),
        node('r', 'Role', 'Ops', { team: 'red' }),
        node('k', 'ApiKey', 'key', { token: 'canary-token-1' }),
        7,
      ],
      edges: [
        {
          kind: 'MemberOf',
          start: { value: 'a1' },
          end: { match_by: 'name', value: 'OPS', kind: 'Role' },
          properties: null,
        },
        {
          kind: 'HasKey',
          start: { value: 'A1' },
          end: { match_by: 'property', property_matchers: [{ key: 'name', operator: 'equals', value: 'key' }] },
        },
        { kind: 'Read', start: { value: 'A1' }, end: { value: 'elsewhere' } },
        { kind: 'Read', start: { value: 'A1' }, end: { match_by: 'name', value: 'nobody' } },
        { start: { value: 'A1' } },
      ],
    },
  })
  expect(edges(result.records).map(({ kind, to }) => [kind, to.externalId])).toEqual([
    ['member_of', 'r'],
    ['grants', 'elsewhere'],
  ])
  expect(result.records.find(({ type }) => type === 'credential')).toMatchObject({ subject: { externalId: 'A1' } })
  expect(result.unresolved.map(({ reference }) => reference)).toEqual(['elsewhere', 'nobody'])
  expect(result.refused.map(({ at }) => at)).toEqual(['$.graph.nodes[3]', '$.graph.edges[4]'])
  expect(JSON.stringify(result)).not.toContain('canary')
})

test('drawings of arrows.app are read as they are drawn', () => {
  const result = one({
    nodes: [
      { id: 'n0', caption: 'App', labels: ['Application'], properties: {} },
      { id: 'n1', caption: 'DB', labels: [], properties: {} },
    ],
    relationships: [{ id: 'x', fromId: 'n0', toId: 'n1', type: 'WRITE' }],
    style: {},
  })
  expect(result.records.map((record) => ('name' in record ? record.name : record.privilege))).toEqual([
    'App',
    'DB',
    'write',
  ])
})

test("the GitHub collector's graphs, and what is no graph, are declined", () => {
  expect(acceptsGraph(json({ graph: { nodes: [{ id: 'a', kinds: ['GH_User'] }], edges: [] } }))).toBe(false)
  expect(acceptsGraph(json({ schema: {}, node_kinds: [{ name: 'GH_User' }] }))).toBe(false)
  for (const value of [{}, [], { nodes: [], edges: [] }, { graph: {} }, null])
    expect(acceptsGraph(json(value))).toBe(false)
})

test('an export of this product comes back as it was, by source', () => {
  const source = { system: 'aws', instance: '1', instance_name: 'One' }
  const results = mapGraph(
    json({
      metadata: { source_kind: 'Bailiwick' },
      graph: {
        nodes: [
          {
            id: 'x',
            kinds: ['BW_Bot'],
            properties: {
              ...source,
              record_type: 'identity',
              external_id: 'e',
              record_name: 'n',
              kind: 'bot',
              status: 'disabled',
              never_used: true,
              tags_json: '{"a":"b"}',
            },
          },
          { id: 'u', kinds: ['BW_Unresolved'], properties: { is_unresolved: true } },
        ],
        edges: [
          { kind: 'BW_Covers', start: { value: 'x' }, end: { value: 'u' }, properties: {} },
          {
            kind: 'BW_Grants',
            start: { value: 'x' },
            end: { value: 'u' },
            properties: {
              ...source,
              edge_kind: 'grants',
              from_type: 'identity',
              from_ref: 'e',
              to_type: 'resource',
              to_ref: 'r',
              to_global: true,
              scopes: ['s'],
              scope_count: 300,
              privilege: 'admin',
              basis: 'entitlement',
              effect: 'deny',
            },
          },
        ],
      },
    }),
    context,
  )
  expect(results).toMatchObject([{ system: 'aws', instance: '1', instanceName: 'One', refused: [], unresolved: [] }])
  expect(results[0]?.records).toEqual([
    {
      type: 'identity',
      externalId: 'e',
      name: 'n',
      kind: 'bot',
      status: 'disabled',
      lastUsedAt: null,
      tags: { a: 'b' },
    },
    {
      type: 'entitlement',
      kind: 'grants',
      from: { type: 'identity', externalId: 'e' },
      to: { type: 'resource', externalId: 'r', global: true },
      effect: 'deny',
      scopes: ['s'],
      scopeCount: 300,
      privilege: 'admin',
      basis: 'entitlement',
    },
  ])
})

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { coverEdgeOf, edgeOf, holderEdgeOf, nodeOf, openNodeOf, sourceKind } from './write-open-graph'

type Schema = Record<string, unknown>
const published = (name: string): Schema =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `fixtures/opengraph-schema/${name}.json`), 'utf8'))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** The words of JSON Schema that the published files use. */
function fits(schema: unknown, value: unknown, root: Schema): boolean {
  if (schema === false) return false
  if (!isObject(schema)) return true
  if (typeof schema.$ref === 'string')
    return fits(
      schema.$ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root),
      value,
      root,
    )
  const all = (list: unknown, test: (each: unknown) => boolean) => !Array.isArray(list) || list.every(test)
  if (schema.type !== undefined && ![schema.type].flat().includes(typeOf(value))) return false
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false
  if ('const' in schema && schema.const !== value) return false
  if (typeof schema.pattern === 'string' && typeof value === 'string' && !new RegExp(schema.pattern).test(value))
    return false
  if (Array.isArray(value) && 'items' in schema && !value.every((item) => fits(schema.items, item, root))) return false
  if (!all(schema.allOf, (each) => fits(each, value, root))) return false
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some((each) => fits(each, value, root))) return false
  if ('not' in schema && fits(schema.not, value, root)) return false
  if ('if' in schema && !fits(fits(schema.if, value, root) ? schema.then : schema.else, value, root)) return false
  if (!isObject(value)) return true
  if (!all(schema.required, (name) => typeof name === 'string' && name in value)) return false
  const properties = isObject(schema.properties) ? schema.properties : {}
  return Object.entries(value).every(([name, each]) =>
    fits(name in properties ? properties[name] : schema.additionalProperties, each, root),
  )
}

const [node, edge, metadata] = ['node', 'edge', 'metadata'].map(published) as [Schema, Schema, Schema]
const source = { system: 'aws', instance: '1', instance_name: 'AWS account 1', external_id: 'arn:x' }

test('nodes are valid against the published schema, whatever their record says', () => {
  const row = {
    id: 'a',
    ...source,
    kind: 'service_account',
    name: 'n',
    description: null,
    issued_at: new Date(0),
    never_used: true,
    tags: { a: 'b' },
    attributes: { list: ['x'] },
    owner_hints: [],
  }
  const made = nodeOf('identity', row)
  expect(fits(node, made, node)).toBe(true)
  expect(made).toMatchObject({
    kinds: ['BW_ServiceAccount', 'BW_Identity', 'Bailiwick'],
    properties: { record_type: 'identity', tags_json: '{"a":"b"}', created_at: '1970-01-01T00:00:00.000Z' },
  })
  expect(fits(node, nodeOf('human', { id: 'h', ...source, name: 'Ana', reason: 'r', email: null }), node)).toBe(true)
  expect(fits(node, nodeOf('resource', { id: 'r', ...source, name: '', kind: 'odd kind/x' }), node)).toBe(true)
  expect(fits(node, openNodeOf({ type: 'role', ref: 'x' }), node)).toBe(true)
})

test('edges are valid against the published schema, and name a node even where the end is not known', () => {
  const row = {
    id: 'e',
    ...source,
    kind: 'member_of',
    from_type: 'identity',
    from_ref: 'f',
    from_id: 'a',
    to_type: 'role',
    to_ref: 't',
    to_id: null,
    to_global: true,
    scopes: [],
    scope_count: 0,
    effect: 'allow',
    basis: 'entitlement',
    condition: null,
  }
  const made = edgeOf(row)
  expect(fits(edge, made, edge)).toBe(true)
  expect(made).toMatchObject({ kind: 'BW_MemberOf', start: { value: 'a' }, end: { value: 'unresolved:role:t' } })
  expect(fits(edge, holderEdgeOf({ id: 'c', holder: 'a' }), edge)).toBe(true)
  expect(fits(edge, coverEdgeOf({ id: 'r', covered: 'c' }), edge)).toBe(true)
  expect(fits(metadata, { source_kind: sourceKind }, metadata)).toBe(true)
})

test('the schema refuses what it should', () => {
  expect(fits(node, { id: 'a', kinds: ['K'], properties: { nested: {} } }, node)).toBe(false)
  expect(fits(edge, { kind: 'a-b', start: { value: 'x' }, end: { value: 'y' }, properties: {} }, edge)).toBe(false)
  expect(fits(edge, { kind: 'ok', start: {}, end: { value: 'y' }, properties: {} }, edge)).toBe(false)
})

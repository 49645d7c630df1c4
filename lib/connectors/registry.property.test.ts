import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readUpload } from '../platform/files/read-file'
import { type FileConnector, identityKinds, type MapResult, type NodeRef, type ParsedFile } from './contract'
import { connectors, detectFormat, findFormat } from './registry'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

/** The folders of this one that hold a connector for files. */
const systems = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(import.meta.dirname, entry.name, 'index.ts')))
  .map(({ name }) => name)

/** Fixtures that are kept because their connector must decline them. */
const declined = ['iamspy-batch-resource.json']

/** Every fixture with the format that its folder stands for: `<system>/fixtures/<file>` or `<system>/fixtures/<format>/<file>`. */
function fixtures(): { name: string; formats: FileConnector[]; file: ParsedFile }[] {
  return systems.flatMap((system) => {
    const root = path.join(import.meta.dirname, system, 'fixtures')
    const own = connectors.filter(({ id }) => id === system || id.startsWith(`${system}-`))
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => !/\.(?:md|ts)$/.test(name) && statSync(path.join(root, name)).isFile())
      .filter((name) => !declined.includes(path.basename(name)))
      .map((name) => {
        const folder = own.find(({ id }) => name.startsWith(`${id}${path.sep}`))
        const file = readUpload(path.basename(name), readFileSync(path.join(root, name)))
        return { name: `${system}/${name}`, formats: folder === undefined ? own : [folder], file }
      })
  })
}
const all = fixtures()

test('ids are unique, are what stores and messages use, and every format has fixtures', () => {
  const ids = connectors.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    expect(findFormat(id)?.id).toBe(id)
  }
  const detected = new Set(all.map(({ file }) => detectFormat(file)?.id))
  expect(ids.filter((id) => !detected.has(id))).toEqual([])
  for (const { id, expects, title, yields, production } of connectors) {
    expect(title !== '' && expects !== '' && yields !== '', id).toBe(true)
    expect(production.length, id).toBeGreaterThan(0)
    for (const { from, steps, rights } of production)
      expect(from !== '' && rights !== '' && steps.length > 0 && steps.every((step) => step !== ''), id).toBe(true)
  }
})

test('every fixture is taken for its own format and for no other', () => {
  for (const { name, formats, file } of all) {
    const detected = detectFormat(file)
    expect(
      formats.map(({ id }) => id),
      name,
    ).toContain(detected?.id)
    // CSV takes any CSV, which is why it is asked last.
    const takers = connectors
      .filter((connector) => connector.id !== 'csv' && connector.accepts(file))
      .map(({ id }) => id)
    expect(takers, name).toEqual(detected?.id === 'csv' ? [] : [detected?.id])
  }
})

test('a fixture is known behind many entries of no format, as by all of the file', { timeout: 60_000 }, () => {
  const strangers = Array.from({ length: 1_500 }, (_, no) => ({ number: no, lines: [{ text: `line ${no}` }] }))
  const tried = new Set<string>()
  const missed: string[] = []
  for (const { name, file } of all) {
    const own = detectFormat(file)
    if (file.kind !== 'json' || own === undefined || JSON.stringify(file).length > 60_000) continue
    const entries = Array.isArray(file.value) ? file.value : [file.value]
    const mixed: ParsedFile = { ...file, value: [...strangers, ...entries] }
    if (!own.accepts(mixed)) continue
    tried.add(own.id)
    if (detectFormat(mixed)?.id !== own.id) missed.push(`${name}: ${detectFormat(mixed)?.id}`)
  }
  expect(missed).toEqual([])
  expect(tried.size).toBeGreaterThanOrEqual(10)
})

test('foreign files are taken by none', () => {
  const texts = [
    '{}',
    '[]',
    '{"openapi":"3.1.0","servers":[{"url":"/"}]}',
    '{"name":"p","version":"1.0.0","dependencies":{}}',
    'services:\n  web:\n    image: x\n',
    '- hosts: all\n',
  ]
  for (const text of texts) expect(detectFormat(readUpload('f', new TextEncoder().encode(text))), text).toBeUndefined()
})

/** What holds for the result of any map, whatever the file held. */
function checkResult({ records, refused, unresolved, system, instance }: MapResult): void {
  expect(system !== '' && instance !== '').toBe(true)
  const seen = new Set<string>()
  for (const record of records) {
    if (record.type === 'entitlement') {
      for (const ref of [record.from, record.to]) checkRef(ref)
      expect(record.scopes.length).toBeLessThanOrEqual(200)
      expect(record.scopeCount).toBeGreaterThanOrEqual(record.scopes.length)
      if (record.privilege !== undefined) expect(record.kind).toBe('grants')
      continue
    }
    const isNamed = typeof record.externalId === 'string' && record.externalId !== '' && typeof record.name === 'string'
    expect(isNamed, JSON.stringify(record)).toBe(true)
    const key = `${record.type} ${record.externalId}`
    expect(seen.has(key), key).toBe(false)
    seen.add(key)
    if (record.type === 'identity') expect(identityKinds).toContain(record.kind)
    if (record.type === 'credential' && record.subject !== undefined) checkRef(record.subject)
  }
  for (const entry of [...refused, ...unresolved]) expect(entry.at !== '' && entry.reason !== '').toBe(true)
}

function checkRef({ type, externalId }: NodeRef): void {
  expect(type !== undefined && typeof externalId === 'string' && externalId !== '').toBe(true)
}

describe('any map', () => {
  test('is pure, and yields something or says why not', { timeout: 30_000 }, () => {
    for (const { name, file } of all) {
      const connector = detectFormat(file)
      const before = JSON.stringify(file)
      const result = connector?.map(file, context)
      if (result === undefined) throw new Error(name)
      const parts = [result].flat()
      for (const part of parts) checkResult(part)
      const keys = parts.map(({ system, instance }) => JSON.stringify([system, instance]))
      expect(new Set(keys).size, name).toBe(keys.length)
      expect(
        parts.reduce((sum, { records, refused }) => sum + records.length + refused.length, 0),
        name,
      ).toBeGreaterThan(0)
      if (before.length < 200_000)
        expect(JSON.stringify(connector?.map(file, context)), name).toBe(JSON.stringify(result))
      expect(JSON.stringify(file) === before, name).toBe(true)
    }
  })

  const small = all.filter(({ file }) => JSON.stringify(file).length < 20_000)
  test('never throws on a damaged file, in its own connector or in any other', () => {
    const odd = fc.constantFrom<unknown>(
      null,
      undefined,
      7,
      '',
      'x',
      [],
      {},
      true,
      [null],
      [[]],
      { name: 7 },
      '*',
      ['*'],
      Number.POSITIVE_INFINITY,
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: small.length - 1 }),
        fc.array(fc.tuple(fc.nat(), odd), { minLength: 1, maxLength: 4 }),
        (index, damages) => {
          const chosen = small[index]
          if (chosen === undefined) return
          const file = structuredClone(chosen.file)
          for (const [at, value] of damages) damage(file, at, value)
          for (const connector of connectors) {
            const suits = connector.accepts(file)
            if (suits || chosen.formats.includes(connector))
              for (const part of [connector.map(file, context)].flat()) checkResult(part)
          }
        },
      ),
      { numRuns: 500 },
    )
  }, 30_000)
})

/** Replaces the value at the n-th place of the file's content (counted around) by another. */
function damage(file: ParsedFile, n: number, value: unknown): void {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const collect = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const holder = node as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      places.push({ holder, key })
      collect(holder[key])
    }
  }
  if (file.kind === 'json') collect(file)
  if (file.kind === 'yaml') for (const document of file.documents) collect(document)
  if (file.kind === 'csv') for (const row of file.rows) collect(row.cells)
  const place = places[n % places.length]
  if (
    place === undefined ||
    (file.kind !== 'csv' && (place.key === 'kind' || place.key === 'name') && place.holder === (file as unknown))
  )
    return
  if (place.key === 'line') return
  place.holder[place.key] = file.kind === 'csv' ? String(value) : structuredClone(value)
}

test('what holds the things of other systems is its own format, whatever those things look like', () => {
  const password = {
    mode: 'managed',
    type: 'azuread_application_password',
    name: 'p',
    provider: 'provider["registry.opentofu.org/hashicorp/azuread"]',
    instances: [
      { attributes: { application_id: '/applications/f', display_name: 'x', id: 'f/password/c', key_id: 'c' } },
    ],
  }
  const state = { version: 4, terraform_version: '1.9.5', serial: 4, lineage: 'l', outputs: {}, resources: [password] }
  expect(detectFormat({ kind: 'json', name: 'state.json', value: state })?.id).toBe('terraform-state')
  const node = {
    id: '1',
    kinds: ['Application'],
    properties: { name: 'x', appId: 'a', signInAudience: 'AzureADMyOrg' },
  }
  const graph = { graph: { nodes: [node], edges: [] } }
  expect(detectFormat({ kind: 'json', name: 'graph.json', value: graph })?.id).toBe('opengraph')
})

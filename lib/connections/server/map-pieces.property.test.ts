import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { type EdgeRecord, type FileConnector, type NormalisedRecord, privileges } from '@/lib/connectors/contract'
import { connectors, detectFormat } from '@/lib/connectors/registry'
import { bytesSource } from '@/lib/platform/files/byte-source'
import { defaultLimits } from '@/lib/platform/files/limits'
import { openLarge } from '@/lib/platform/files/open-large'
import { readUpload } from '@/lib/platform/files/read-file'
import { listsOf, mapPieces } from './map-pieces'
import { ResultGatherer } from './map-results'
import { unpackRecords } from './write-records'

const folder = path.join(process.cwd(), 'lib', 'connectors')
const context = { fingerprint: (secret: string) => `fp(${secret.length})`, instance: 'here' }

/** Fixtures of formats that may be read in pieces. */
const fixtures = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes(`${path.sep}fixtures${path.sep}`) && !/\.(?:md|ts)$/.test(name))
  .filter((name) => {
    const [system = ''] = name.split(path.sep)
    return connectors.some(({ id, pieces }) => pieces && (id === system || id.startsWith(`${system}-`)))
  })
  .map((name) => path.join(folder, name))
  .filter((file) => statSync(file).isFile())

/** What the merge makes one of: edges that differ in their scopes alone, of which it keeps the highest privilege. */
const edgeKey = ({ kind, from, to, effect, basis }: EdgeRecord) =>
  JSON.stringify([kind, from.type, from.externalId, to.type, to.externalId, effect, basis])

function comparable(records: Iterable<NormalisedRecord>): string[] {
  const edges = new Map<string, { scopes: Set<string>; rank: number }>()
  const nodes: string[] = []
  for (const record of records) {
    if (record.type === 'entitlement') {
      const { scopes, rank } = edges.get(edgeKey(record)) ?? { scopes: new Set(), rank: -1 }
      const own = record.privilege === undefined ? -1 : privileges.indexOf(record.privilege)
      edges.set(edgeKey(record), { scopes: new Set([...scopes, ...record.scopes]), rank: Math.max(rank, own) })
    } else {
      // How often a hit was reported is counted within a piece.
      const { timesReported: _counted, ...attributes } = ('attributes' in record && record.attributes) || {}
      nodes.push(JSON.stringify({ ...record, attributes }))
    }
  }
  return [
    ...nodes,
    ...[...edges].map(([key, { scopes, rank }]) => `${key} ${[...scopes].sort()} ${privileges[rank]}`),
  ].sort()
}

/** What was left out or is open stands in one of the parts, whichever came first. */
function gathered(gatherer: ResultGatherer) {
  const parts = gatherer.end()
  return {
    refused: parts.reduce((sum, { refusedCount }) => sum + refusedCount, 0),
    unresolved: [...new Set(parts.flatMap(({ unresolved }) => unresolved.map(({ reference }) => reference)))].sort(),
    parts: parts
      .map(({ blocks, system, instance }) => ({ system, instance, records: comparable(unpackRecords(blocks)) }))
      .filter(({ records }) => records.length > 0)
      .sort((a, b) => a.system.localeCompare(b.system) || a.instance.localeCompare(b.instance)),
  }
}

/** The objects of all Kubernetes fixtures as one answer of the API, those that others point to last. */
function listOfObjects(): { name: string; bytes: Uint8Array } {
  const documents = readdirSync(path.join(folder, 'kubernetes', 'fixtures'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && !name.includes('cassette'))
    .map((name) => path.join(folder, 'kubernetes', 'fixtures', name))
    .flatMap((file) => {
      const parsed = readUpload(file, new Uint8Array(readFileSync(file)))
      return parsed.kind === 'yaml' ? parsed.documents.map(({ value }) => value as { items?: unknown[] }) : []
    })
  const items = documents.flatMap((document) => (Array.isArray(document.items) ? document.items : [document]))
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: items.reverse() })
  return { name: 'objects.json', bytes: new TextEncoder().encode(text) }
}

/** The outermost entries of recorded answers that make a file of the format by themselves. */
function entriesOf(connector: FileConnector, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  const isEntry = !Array.isArray(value) && connector.accepts({ kind: 'json', name: 'entry.json', value: [value] })
  const isWrapped = Object.values(value).some((inner) => entriesOf(connector, inner).length > 0)
  return isEntry && !isWrapped ? [value] : Object.values(value).flatMap((inner) => entriesOf(connector, inner))
}

const nameOf = (entry: unknown) => {
  const { name, id, keyId } = entry as Record<string, unknown>
  return JSON.stringify(name ?? id ?? keyId ?? entry)
}

/** Fixtures of a format whose answers are recorded one by one, as one list, with what others point to last. */
function asList(connector: FileConnector): { name: string; bytes: Uint8Array } {
  const own = fixtures.filter(
    (file) => file.includes(`${path.sep}${connector.id}${path.sep}`) && file.endsWith('.json'),
  )
  const entries = own.flatMap((file) => {
    const parsed = readUpload(file, new Uint8Array(readFileSync(file)))
    return parsed.kind === 'json' ? entriesOf(connector, parsed.value) : []
  })
  // What two recordings say of one thing in different ways is told only when both are in one piece.
  const unique = new Map(entries.map((entry) => [nameOf(entry), entry]))
  return {
    name: `${connector.id}.json`,
    bytes: new TextEncoder().encode(JSON.stringify([...unique.values()].reverse())),
  }
}
const asLists = () => connectors.filter(({ id, pieces }) => pieces && /^(?:azure|gcp)-/.test(id)).map(asList)

test('a file that is read in pieces says what it says as a whole', { timeout: 120_000 }, () => {
  const tried = new Set<string>()
  const files = fixtures.map((file) => ({ name: path.basename(file), bytes: new Uint8Array(readFileSync(file)) }))
  for (const { name, bytes } of [...files, listOfObjects(), ...asLists()]) {
    const parsed = readUpload(name, bytes)
    const connector = detectFormat(parsed)
    const large = connector?.pieces && openLarge(name, bytesSource(bytes), defaultLimits)
    if (!connector?.pieces || !large) continue
    if (listsOf(connector, large).length === 0) continue
    const whole = new ResultGatherer(true)
    whole.add(connector.map(parsed, context))
    const expected = gathered(whole)
    if (expected.parts.length === 0) continue
    tried.add(connector.id)
    expect(detectFormat(large.sample)?.id, name).toBe(connector.id)
    for (const size of [1, 3_000, undefined]) {
      const inPieces = new ResultGatherer(true)
      mapPieces(connector, large, context, inPieces, size)
      expect(gathered(inPieces), `${name} in pieces of ${size} bytes`).toEqual(expected)
    }
  }
  const pieced = connectors.flatMap(({ id, pieces }) => (pieces ? [id] : []))
  expect([...tried].sort()).toEqual(pieced.sort())
})

test('a connector whose entries make many records gets them in smaller pieces', () => {
  const connector = connectors.find(({ id }) => id === 'aws-authorization-details')
  if (connector?.pieceBytes === undefined) throw new Error('the connector no longer asks for small pieces')
  const wide = connector.pieceBytes * 3
  const users = Array.from({ length: 300 }, (_, no) => ({
    ...{ UserName: `u${no}`, Arn: `arn:aws:iam::123456789012:user/u${no}`, GroupList: [] },
    Tags: [{ Key: 'note', Value: 'x'.repeat(Math.ceil(wide / 300)) }],
  }))
  const bytes = new TextEncoder().encode(JSON.stringify({ UserDetailList: users }))
  const large = openLarge('f.json', bytesSource(bytes), defaultLimits)
  if (large === undefined) throw new Error('the file is not read in pieces')
  let times = 0
  const counting: FileConnector = {
    ...connector,
    map: (...given) => {
      times += 1
      return connector.map(...given)
    },
  }
  const gatherer = new ResultGatherer(true)
  mapPieces(counting, large, context, gatherer)
  expect(times).toBeGreaterThanOrEqual(3)
  expect(gatherer.end().flatMap(({ blocks }) => [...unpackRecords(blocks)])).toHaveLength(300)
})

test('a file of more sources than can be told apart is refused', () => {
  const gatherer = new ResultGatherer(true)
  const add = (no: number) =>
    gatherer.add({
      system: 'gcp',
      instance: `p-${no}`,
      instanceName: `p-${no}`,
      records: [],
      refused: [],
      unresolved: [],
    })
  for (let no = 0; no < 10_000; no++) add(no)
  expect(() => add(10_000)).toThrow('more than 10,000 projects')
})

test('an open reference is none when a later piece defines it, of whichever part and however many there are', () => {
  const gatherer = new ResultGatherer(true)
  const said = { system: 'gcp', refused: [] }
  const account = (id: string): NormalisedRecord => ({
    ...{ type: 'identity', externalId: id, kind: 'service_account', name: id, status: 'unknown' },
  })
  const open = (id: string) => ({ at: '$[0]', reference: id, reason: 'is not in this file' })
  // More than are kept one by one, and of more parts than one.
  for (const [no, project] of ['a', 'b', 'c', 'd', 'e', 'f', 'g'].entries()) {
    const ids = Array.from({ length: 9_000 }, (_, n) => `account-${no * 9_000 + n}`)
    const unresolved = [...ids, `nobody-${no}`].map(open)
    gatherer.add({ ...said, instance: project, instanceName: project, records: [], unresolved })
  }
  const all = Array.from({ length: 63_000 }, (_, n) => account(`account-${n}`))
  gatherer.add({ ...said, instance: 'z', instanceName: 'z', records: all, unresolved: [] })
  const parts = gatherer.end()
  expect(parts.map(({ instance, unresolvedCount }) => [instance, unresolvedCount])).toEqual([
    ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((project) => [project, 1]),
    ['z', 0],
  ])
  expect(parts.slice(0, 5).flatMap(({ unresolved }) => unresolved.map(({ reference }) => reference))).toEqual([
    ...['nobody-0', 'nobody-1', 'nobody-2', 'nobody-3', 'nobody-4'],
  ])
})

test('records of many parts are packed before much of them waits', () => {
  const gatherer = new ResultGatherer(true)
  const name = 'x'.repeat(10_000)
  for (let no = 0; no < 6_000; no++) {
    const instance = `p-${no % 300}`
    const record = { type: 'resource', externalId: `r-${no}`, kind: 'bucket', name } as const
    gatherer.add({ system: 'gcp', instance, instanceName: instance, records: [record], refused: [], unresolved: [] })
  }
  const parts = gatherer.end()
  expect(parts).toHaveLength(300)
  const blocks = parts.flatMap((part) => part.blocks)
  expect(blocks.reduce((sum, { count }) => sum + count, 0)).toBe(6_000)
  // 60 MB in all: each part by itself would have waited for a megabyte and packed its 200 kB once, at the end.
  expect(blocks.length).toBeGreaterThan(600)
})

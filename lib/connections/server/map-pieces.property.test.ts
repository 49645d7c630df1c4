import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { EdgeRecord, NormalisedRecord } from '@/lib/connectors/contract'
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
  .map((name) => path.join(folder, name))
  .filter((file) => statSync(file).isFile())
  .filter((file) =>
    connectors.some(({ id, pieces }) => pieces && file.split(path.sep).some((step) => id.startsWith(step))),
  )

/** What the merge makes one of: edges that differ in their scopes alone. */
const edgeKey = ({ kind, from, to, effect, basis }: EdgeRecord) =>
  JSON.stringify([kind, from.type, from.externalId, to.type, to.externalId, effect, basis])

function comparable(records: Iterable<NormalisedRecord>): string[] {
  const edges = new Map<string, Set<string>>()
  const nodes: string[] = []
  for (const record of records) {
    if (record.type === 'entitlement') {
      const scopes = edges.get(edgeKey(record)) ?? new Set()
      edges.set(edgeKey(record), new Set([...scopes, ...record.scopes, `privilege ${record.privilege}`]))
    } else {
      // How often a hit was reported is counted within a piece.
      const { timesReported: _counted, ...attributes } = ('attributes' in record && record.attributes) || {}
      nodes.push(JSON.stringify({ ...record, attributes }))
    }
  }
  return [...nodes, ...[...edges].map(([key, scopes]) => `${key} ${[...scopes].sort()}`)].sort()
}

const gathered = (gatherer: ResultGatherer) =>
  gatherer
    .end()
    .map(({ blocks, system, instance, refusedCount, unresolved }) => ({
      system,
      instance,
      refusedCount,
      unresolved: [...new Set(unresolved.map(({ reference }) => reference))].sort(),
      records: comparable(unpackRecords(blocks)),
    }))
    .sort((a, b) => a.system.localeCompare(b.system) || a.instance.localeCompare(b.instance))

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

test('a file that is read in pieces says what it says as a whole', { timeout: 120_000 }, () => {
  const tried = new Set<string>()
  const files = fixtures.map((file) => ({ name: path.basename(file), bytes: new Uint8Array(readFileSync(file)) }))
  for (const { name, bytes } of [...files, listOfObjects()]) {
    const parsed = readUpload(name, bytes)
    const connector = detectFormat(parsed)
    const large = connector?.pieces && openLarge(name, bytesSource(bytes), defaultLimits)
    if (!connector?.pieces || !large) continue
    if (listsOf(connector, large).length === 0) continue
    const whole = new ResultGatherer(true)
    whole.add(connector.map(parsed, context))
    const expected = gathered(whole)
    if (expected.every(({ records }) => records.length === 0)) continue
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

import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { connectors, detectFormat } from '@/lib/connectors/registry'
import { bytesSource } from '@/lib/platform/files/byte-source'
import { defaultLimits } from '@/lib/platform/files/limits'
import { openLarge } from '@/lib/platform/files/open-large'
import { readUpload } from '@/lib/platform/files/read-file'
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

const gathered = (gatherer: ResultGatherer) =>
  gatherer.end().map(({ blocks, system, instance, refusedCount, unresolved }) => ({
    system,
    instance,
    refusedCount,
    unresolved: unresolved.map((entry) => JSON.stringify(entry)).sort(),
    records: [...unpackRecords(blocks)].map((record) => JSON.stringify(record)).sort(),
  }))

test('a file that is read in pieces says what it says as a whole', { timeout: 120_000 }, () => {
  let tried = 0
  for (const file of fixtures) {
    const bytes = new Uint8Array(readFileSync(file))
    const name = path.basename(file)
    const parsed = readUpload(name, bytes)
    const connector = detectFormat(parsed)
    const large = connector?.pieces && openLarge(name, bytesSource(bytes), defaultLimits)
    if (!connector?.pieces || !large) continue
    const lists = connector.pieces.filter((list) => large.lists.includes(list))
    if (lists.length === 0) continue
    tried += 1
    expect(detectFormat(large.sample)?.id, name).toBe(connector.id)
    const whole = new ResultGatherer(true)
    whole.add(connector.map(parsed, context))
    const inPieces = new ResultGatherer(true)
    for (const piece of large.pieces(lists)) inPieces.add(connector.map(piece.file, context), piece.list, piece.from)
    expect(gathered(inPieces), name).toEqual(gathered(whole))
  }
  expect(tried).toBeGreaterThan(0)
})

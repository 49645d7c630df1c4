import { gunzipSync, gzipSync } from 'node:zlib'
import { edgeId } from '@/lib/access-graph/server/merge-access-graph'
import type { NormalisedRecord } from '@/lib/connectors/contract'
import type { HeadedRecords } from '@/lib/platform/db/bulk-merge'
import { escapeText } from '@/lib/platform/db/bulk-stage'
import { IdSet, keyOf, keyOfHash } from '@/lib/platform/db/id-set'
import { canonicalJson, hashOf } from '@/lib/platform/db/record-hash'
import { readSpooled, type Spool, type SpooledBytes } from '@/lib/platform/files/spool'
import { noCounts } from '../rules'
import type { ImportCounts } from '../schema'

export type RecordType = NormalisedRecord['type']
export type RecordOf<T extends RecordType> = Extract<NormalisedRecord, { type: T }>

/** Records of one type as gzipped JSON Lines, in memory or on disk: small enough to unpack one at a time, and without any secret. */
export interface RecordBlock {
  type: RecordType
  count: number
  /** How many of them the source has not itself (`isWorkedOut`). */
  workedOut?: number
  packed: Uint8Array<ArrayBuffer> | SpooledBytes
  /** Numbers, ids and hashes of the records, as lines of COPY. Each id comes once in all blocks of the type. */
  heads?: Uint8Array<ArrayBuffer> | SpooledBytes
  /** Whether any of the records goes by other ids too; told where there are heads. */
  hasAliases?: boolean
}

const newline = 10

const bytesIn = (place: Uint8Array<ArrayBuffer> | SpooledBytes) =>
  place instanceof Uint8Array ? place : readSpooled(place)
/** The packed records of a block. */
export const bytesOf = ({ packed }: RecordBlock) => bytesIn(packed)

const blockCharacters = 1024 * 1024
/** Smaller where nothing but a spool is meant for them: what is waited with lives shorter, which keeps the heap small. */
const headedCharacters = 256 * 1024
const countOf: Record<RecordType, keyof ImportCounts> = {
  identity: 'identities',
  credential: 'credentials',
  role: 'roles',
  resource: 'resources',
  entitlement: 'entitlements',
  human: 'humans',
  sighting: 'sightings',
}

/** Told apart from the same id of another type, so that an id need be hashed once to ask for all of them. */
const typeBits: Record<RecordType, bigint> = {
  identity: 1n << 56n,
  credential: 2n << 56n,
  role: 3n << 56n,
  resource: 4n << 56n,
  entitlement: 5n << 56n,
  human: 6n << 56n,
  sighting: 7n << 56n,
}

/** The key of a record in the sets of those that were packed. */
const keyOfNode = (type: RecordType, idKey: bigint) => idKey ^ typeBits[type]

interface OpenBlock {
  lines: string[]
  heads: string
  characters: number
  workedOut: number
  hasAliases: boolean
}

interface PackerOptions {
  /** The same edge may come again and again, and is kept once. */
  isRepeating?: boolean
  spool?: Spool | undefined
  /** Ids and hashes are kept beside the records, so that a merge looks only at those that differ. */
  withHeads?: boolean
}

/**
 * Packs records as they come, so that only the packed ones are in memory. Of two records of one type and id the first is
 * kept.
 */
export class RecordPacker {
  readonly #blocks: RecordBlock[] = []
  readonly #open = new Map<RecordType, OpenBlock>()
  readonly #ids = new IdSet()
  readonly #edges = new IdSet()
  readonly #edgeIds = new IdSet()
  readonly #counts = new Map<RecordType, number>()
  /** Several edges have one id and are folded when they are merged, which takes all of them. */
  #hasFolds = false

  constructor(private readonly options: PackerOptions = {}) {}

  /** False when it was there already. */
  add(record: NormalisedRecord): boolean {
    const { type } = record
    const { isRepeating = false, withHeads = false } = this.options
    if (type !== 'entitlement' && !this.#ids.addKey(keyOfNode(type, keyOf(record.externalId)))) return false
    const line = withHeads ? canonicalJson(record) : JSON.stringify(record)
    const hashed = withHeads ? hashOf(line) : 0n
    if (type === 'entitlement' && isRepeating && !this.#addEdge(line, hashed)) return false
    const open = this.#open.get(type) ?? { lines: [], heads: '', characters: 0, workedOut: 0, hasAliases: false }
    this.#open.set(type, open)
    open.lines.push(line)
    open.characters += line.length
    if ('isWorkedOut' in record && record.isWorkedOut) open.workedOut += 1
    if (withHeads) this.#addHead(open, record, hashed)
    if (open.characters >= (withHeads ? headedCharacters : blockCharacters)) this.#close(type)
    return true
  }

  /** Characters of records that are not packed yet. */
  get openCharacters(): number {
    return [...this.#open.values()].reduce((sum, { characters }) => sum + characters, 0)
  }

  /** Packs what is open, although it is little. */
  flush(): void {
    for (const type of [...this.#open.keys()]) this.#close(type)
  }

  /** The keys of what was added, as `keysOfNode` tells them; among them those of edges. */
  keys(): Iterable<bigint> {
    return this.#ids.keys()
  }

  /** All blocks; nothing may be added after this. */
  end(): RecordBlock[] {
    this.flush()
    if (this.#hasFolds) for (const block of this.#blocks) if (block.type === 'entitlement') delete block.heads
    return this.#blocks
  }

  #addEdge(line: string, hashed: bigint): boolean {
    return this.options.withHeads ? this.#edges.addKey(keyOfHash(hashed)) : this.#ids.add(line)
  }

  #addHead(open: OpenBlock, record: NormalisedRecord, hashed: bigint): void {
    const { type } = record
    const no = this.#counts.get(type) ?? 0
    this.#counts.set(type, no + 1)
    if (type === 'entitlement') {
      const id = edgeId(record)
      if (!this.#edgeIds.addKey(keyOfHash(id))) this.#hasFolds = true
      open.heads += `${no}\t${id}\t${hashed}\n`
      return
    }
    open.heads += `${no}\t${escapeText(record.externalId)}\t${hashed}\n`
    if ('aliases' in record && record.aliases) open.hasAliases = true
  }

  #close(type: RecordType): void {
    const open = this.#open.get(type)
    if (!open || open.lines.length === 0) return
    const { lines, workedOut, hasAliases } = open
    const keep = (bytes: Uint8Array<ArrayBuffer>) => this.options.spool?.append(bytes) ?? bytes
    this.#blocks.push({
      ...{ type, count: lines.length, workedOut },
      packed: keep(new Uint8Array(gzipSync(lines.join('\n'), { level: 1 }))),
      ...(this.options.withHeads ? { heads: keep(new Uint8Array(Buffer.from(open.heads))), hasAliases } : {}),
    })
    this.#open.delete(type)
  }
}

/** The keys that a record of this id has in a packer, one for each type that it may be of. */
export function keysOfNode(externalId: string, types: readonly RecordType[]): bigint[] {
  const key = keyOf(externalId)
  return types.map((type) => keyOfNode(type, key))
}

/** The records of one type with their heads; undefined where not every block has them. */
export function headedRecords<T extends RecordType>(
  blocks: readonly RecordBlock[],
  type: T,
): HeadedRecords<RecordOf<T>> | undefined {
  const own = blocks.filter((block) => block.type === type)
  if (own.length === 0 || own.some(({ heads }) => heads === undefined)) return undefined
  return {
    count: own.reduce((sum, { count }) => sum + count, 0),
    *heads() {
      for (const { heads, count } of own) if (heads !== undefined) yield { text: bytesIn(heads), count }
    },
    pick: (numbers) => (numbers === 'all' ? recordsOf(own, type) : pickRecords(own, numbers)),
  }
}

/** Unpacks only blocks in which some of the records lie, and reads only those. */
function* pickRecords<R>(blocks: readonly RecordBlock[], numbers: readonly number[]): Generator<R> {
  let next = 0
  let first = 0
  for (const block of blocks) {
    const end = first + block.count
    if ((numbers[next] ?? Number.POSITIVE_INFINITY) < end) {
      const lines = gunzipSync(bytesOf(block)).toString('utf8').split('\n')
      for (let no = numbers[next]; no !== undefined && no < end; no = numbers[++next])
        yield JSON.parse(lines[no - first] ?? '') as R
    }
    first = end
  }
}

function* unpackBlock<R>(block: RecordBlock): Generator<R> {
  // From the bytes, a line at a time: a text of a megabyte and its lines would fill the heap faster than it is cleared.
  const bytes = gunzipSync(bytesOf(block))
  for (let from = 0; from < bytes.byteLength; ) {
    const end = bytes.indexOf(newline, from)
    const to = end < 0 ? bytes.byteLength : end
    yield JSON.parse(bytes.toString('utf8', from, to)) as R
    from = to + 1
  }
}

/** Everything in the blocks, one block at a time. */
export function* unpackRecords(blocks: readonly RecordBlock[]): Generator<NormalisedRecord> {
  for (const block of blocks) yield* unpackBlock<NormalisedRecord>(block)
}

/** The records of one type, one block at a time. Can be gone through again. */
export function recordsOf<T extends RecordType>(blocks: readonly RecordBlock[], type: T): Iterable<RecordOf<T>> {
  return {
    *[Symbol.iterator]() {
      for (const block of blocks) if (block.type === type) yield* unpackBlock<RecordOf<T>>(block)
    },
  }
}

/** How many records of each type the source has; `unresolved` is the caller's to say. */
export function countBlocks(blocks: readonly RecordBlock[]): ImportCounts {
  const counts = { ...noCounts }
  for (const { type, count, workedOut = 0 } of blocks) counts[countOf[type]] += count - workedOut
  return counts
}

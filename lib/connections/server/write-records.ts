import { gunzipSync, gzipSync } from 'node:zlib'
import type { NormalisedRecord } from '@/lib/connectors/contract'
import { IdSet, keyOf } from '@/lib/platform/db/id-set'
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
}

/** The packed records of a block. */
export const bytesOf = ({ packed }: RecordBlock) => (packed instanceof Uint8Array ? packed : readSpooled(packed))

const blockCharacters = 1024 * 1024
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

/**
 * Packs records as they come, so that only the packed ones are in memory. Of two records of one type and id the first is
 * kept. `isRepeating`: the same edge may come again and again, and is kept once.
 */
export class RecordPacker {
  readonly #blocks: RecordBlock[] = []
  readonly #open = new Map<RecordType, { lines: string[]; characters: number; workedOut: number }>()
  readonly #ids = new IdSet()

  constructor(
    private readonly isRepeating = false,
    private readonly spool?: Spool | undefined,
  ) {}

  /** False when it was there already. */
  add(record: NormalisedRecord): boolean {
    const { type } = record
    const line = JSON.stringify(record)
    if (type !== 'entitlement') {
      if (!this.#ids.addKey(keyOfNode(type, keyOf(record.externalId)))) return false
    } else if (this.isRepeating && !this.#ids.add(line)) return false
    const open = this.#open.get(type) ?? { lines: [], characters: 0, workedOut: 0 }
    this.#open.set(type, open)
    open.lines.push(line)
    open.characters += line.length
    if ('isWorkedOut' in record && record.isWorkedOut) open.workedOut += 1
    if (open.characters >= blockCharacters) this.#close(type)
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
    return this.#blocks
  }

  #close(type: RecordType): void {
    const open = this.#open.get(type)
    if (!open || open.lines.length === 0) return
    const bytes = new Uint8Array(gzipSync(open.lines.join('\n'), { level: 1 }))
    this.#blocks.push({
      ...{ type, count: open.lines.length, workedOut: open.workedOut },
      packed: this.spool?.append(bytes) ?? bytes,
    })
    this.#open.delete(type)
  }
}

/** The keys that a record of this id has in a packer, one for each type that it may be of. */
export function keysOfNode(externalId: string, types: readonly RecordType[]): bigint[] {
  const key = keyOf(externalId)
  return types.map((type) => keyOfNode(type, key))
}

function* unpackBlock<R>(block: RecordBlock): Generator<R> {
  for (const line of gunzipSync(bytesOf(block)).toString('utf8').split('\n')) yield JSON.parse(line) as R
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

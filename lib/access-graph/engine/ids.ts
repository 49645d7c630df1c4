const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The uuid at a place of a block of ids, 16 bytes each. */
export function uuidAt(ids: Uint8Array, place: number): string {
  let text = ''
  for (let byte = 0; byte < 16; byte += 1) {
    if (byte === 4 || byte === 6 || byte === 8 || byte === 10) text += '-'
    text += hexOf[ids[place * 16 + byte] ?? 0]
  }
  return text
}

/** Writes a uuid into a block of ids. @throws RangeError when it is none */
export function putUuid(ids: Uint8Array, place: number, uuid: string): void {
  const hex = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError('Not a uuid.')
  for (let byte = 0; byte < 16; byte += 1)
    ids[place * 16 + byte] = Number.parseInt(hex.slice(byte * 2, byte * 2 + 2), 16)
}

/** A block of the ids in the given order. */
export function idBlock(uuids: readonly string[]): Uint8Array {
  const ids = new Uint8Array(uuids.length * 16)
  for (const [place, uuid] of uuids.entries()) putUuid(ids, place, uuid)
  return ids
}

/** The place of an id among those from `start` to before `end`, which ascend; -1 when it is not there. */
export function placeOf(ids: Uint8Array, wanted: Uint8Array, start: number, end: number): number {
  let [low, high] = [start, end - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = compareIds(ids, middle, wanted, 0)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Below zero when the id at `place` of `ids` comes before the one at `otherPlace` of `other`. */
export function compareIds(ids: Uint8Array, place: number, other: Uint8Array, otherPlace: number): number {
  for (let byte = 0; byte < 16; byte += 1) {
    const order = (ids[place * 16 + byte] ?? 0) - (other[otherPlace * 16 + byte] ?? 0)
    if (order !== 0) return order
  }
  return 0
}

/**
 * Numbers of many ids, by a hash table over their bytes: for the ends of millions of edges, where a binary search would
 * take ten times as long. The id at place n of the blocks, one after the other, has number n.
 */
export class IdNumbers {
  readonly #words: Int32Array
  readonly #slots: Int32Array
  readonly #mask: number

  constructor(blocks: readonly Uint8Array[]) {
    const count = blocks.reduce((sum, block) => sum + block.length / 16, 0)
    const bytes = new Uint8Array(count * 16)
    let at = 0
    for (const block of blocks) {
      bytes.set(block, at)
      at += block.length
    }
    this.#words = new Int32Array(bytes.buffer)
    let size = 16
    while (size < count * 2) size *= 2
    this.#mask = size - 1
    this.#slots = new Int32Array(size).fill(-1)
    for (let no = 0; no < count; no += 1) {
      const slot = this.#find(this.#words, no * 4)
      if (this.#slots[slot] === -1) this.#slots[slot] = no
    }
  }

  /** The number of the id whose 16 bytes begin at word `at` (4 words each); -1 when it is not there. */
  numberAt(words: Int32Array, at: number): number {
    return this.#slots[this.#find(words, at)] ?? -1
  }

  /** The slot that has the id, or the free one where it would be. */
  #find(words: Int32Array, at: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = [words[at], words[at + 1], words[at + 2], words[at + 3]]
    let hash = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35) ^ Math.imul(c ^ Math.imul(d, 0x27d4eb2f), 0x165667b1)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    let slot = (hash ^ (hash >>> 13)) & this.#mask
    for (;;) {
      const no = this.#slots[slot] ?? -1
      if (no === -1) return slot
      const own = no * 4
      if (
        this.#words[own] === a &&
        this.#words[own + 1] === b &&
        this.#words[own + 2] === c &&
        this.#words[own + 3] === d
      )
        return slot
      slot = (slot + 1) & this.#mask
    }
  }
}

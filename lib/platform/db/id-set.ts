import { hash } from 'node:crypto'

/**
 * A set of texts that keeps 8 bytes of each: for the ids of millions of records. Two texts count as one with a probability
 * of about n²/2⁶⁵ (3 in 100 million for a million of them).
 */
export class IdSet {
  // Small at first: a file may speak of thousands of sources, each with a set of its own.
  #slots = new BigUint64Array(16)
  #size = 0

  /** True when the text was not in it before. */
  add(text: string): boolean {
    return this.addKey(keyOf(text))
  }

  has(text: string): boolean {
    return this.hasKey(keyOf(text))
  }

  /** The same by `keyOf` of a text, where it is known already */
  addKey(key: bigint): boolean {
    // Three quarters full: a few looks more for each text, and half of the memory where it matters.
    if (this.#size * 4 >= this.#slots.length * 3) this.#grow()
    return this.#put(key)
  }

  hasKey(key: bigint): boolean {
    const mask = this.#slots.length - 1
    for (let at = Number(key & 0xffffffffn) & mask; ; at = (at + 1) & mask) {
      if (this.#slots[at] === key) return true
      if (this.#slots[at] === 0n) return false
    }
  }

  /** The keys of all texts, in no order. */
  *keys(): Generator<bigint> {
    for (const key of this.#slots) if (key !== 0n) yield key
  }

  #put(key: bigint): boolean {
    const mask = this.#slots.length - 1
    let at = Number(key & 0xffffffffn) & mask
    while (this.#slots[at] !== 0n) {
      if (this.#slots[at] === key) return false
      at = (at + 1) & mask
    }
    this.#slots[at] = key
    this.#size += 1
    return true
  }

  #grow(): void {
    const before = this.#slots
    this.#slots = new BigUint64Array(before.length * 2)
    this.#size = 0
    for (const key of before) if (key !== 0n) this.#put(key)
  }
}

/** What a set keeps of a text. Never 0, which stands for an empty slot. */
export function keyOf(text: string): bigint {
  // As text: a buffer made for each would cost three times the hash.
  return BigInt(`0x${hash('sha1', text, 'hex').slice(0, 16)}`) | (1n << 63n)
}

/** The same of a hash of 64 bits of a text. */
export const keyOfHash = (hashed: bigint) => BigInt.asUintN(64, hashed) | (1n << 63n)

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
    if (this.#size * 2 >= this.#slots.length) this.#grow()
    return this.#put(keyOf(text))
  }

  has(text: string): boolean {
    const key = keyOf(text)
    const mask = this.#slots.length - 1
    for (let at = Number(key & 0xffffffffn) & mask; ; at = (at + 1) & mask) {
      if (this.#slots[at] === key) return true
      if (this.#slots[at] === 0n) return false
    }
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

/** Never 0, which stands for an empty slot. */
function keyOf(text: string): bigint {
  return hash('sha1', text, 'buffer').readBigUInt64LE(0) | (1n << 63n)
}

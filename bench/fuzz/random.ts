import { createHash } from 'node:crypto'

/** Random choices that depend on nothing but their seed: input 4,711 of seed 7 is the same on every machine. */
export class Random {
  private state: number

  constructor(seed: string) {
    this.state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  }

  /** A number from 0 (included) to 1 (excluded); mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number from 0 to `end`, without `end`; 0 when there is no such number. */
  below(end: number): number {
    return end < 1 ? 0 : Math.floor(this.next() * end)
  }

  /** True once in so many times. */
  once(inTimes: number): boolean {
    return this.below(inTimes) === 0
  }

  /** One of them. @throws RangeError when there is none */
  pick<T>(items: readonly T[]): T {
    const at = this.below(items.length)
    if (at >= items.length) throw new RangeError('there is nothing to pick from')
    return items[at] as T
  }
}

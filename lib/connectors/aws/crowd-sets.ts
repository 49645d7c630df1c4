import type { Crowd } from './crowds'
import type { PrincipalTable, Target } from './principal-table'

/**
 * Who belongs to which crowds. Those who belong to the same ones share one set: a chain of crowds, each with the set to which it
 * was added, so that a principal takes 4 bytes.
 */
export class CrowdSets {
  readonly #crowds: Crowd[] = []
  readonly #keys = new Set<string>()
  /** The set of each principal by its number; 0 is the empty one. */
  readonly #setOf: Uint32Array
  readonly #sets: { crowd: number; rest: number }[] = [{ crowd: 0, rest: 0 }]
  readonly #grown = new Map<string, number>()

  constructor(
    private readonly table: PrincipalTable,
    crowds: Iterable<Crowd>,
  ) {
    this.#setOf = new Uint32Array(table.size)
    for (const crowd of crowds) {
      if (this.#keys.has(crowd.key)) continue
      this.#keys.add(crowd.key)
      // Its members are known from here on by their sets; how many there are is told of it.
      const { length } = crowd.members
      this.#crowds.push({ ...crowd, members: { length, numbers: [], *[Symbol.iterator]() {} } })
      for (const number of crowd.members.numbers)
        this.#setOf[number] = this.#with(this.#setOf[number] ?? 0, this.#crowds.length - 1)
    }
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Those that a user or role belongs to. */
  of(arn: string): { crowd: Crowd; member: Target }[] {
    const number = this.table.find(arn)
    if (number === undefined) return []
    const found: { crowd: Crowd; member: Target }[] = []
    for (let set = this.#setOf[number] ?? 0; set !== 0; ) {
      const link = this.#sets[set]
      const crowd = this.#crowds[link?.crowd ?? -1]
      if (crowd !== undefined) found.push({ crowd, member: this.table.target(number) })
      set = link?.rest ?? 0
    }
    return found.reverse()
  }

  #with(rest: number, crowd: number): number {
    const key = `${rest} ${crowd}`
    const known = this.#grown.get(key)
    if (known !== undefined) return known
    this.#grown.set(key, this.#sets.length)
    return this.#sets.push({ crowd, rest }) - 1
  }
}

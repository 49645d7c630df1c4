import { type Way, WayTable } from './assumptions'
import { NumberList, PackedTexts } from './packed-texts'

/** What a user, a role or a group holds, as far as others need it. */
export interface Held {
  boundary: string | undefined
  /** ARNs of the managed policies. */
  policies: readonly string[]
  /** Names of the groups. */
  groups: readonly string[]
  /** One of the inline policies has a Deny that is certain. */
  doesDeny: boolean
  /** Where the inline policies lead, as they are written. */
  ways: readonly Way[]
}

const isDefined = 1
const isDenying = 2
const isNeeded = 4

const isBounded = 1
const hasDeny = 2

/**
 * Who holds what in an account, by numbers, until everybody is known; and of which managed policies the text matters to others
 * than those who read the policy itself.
 */
export class HeldPolicies {
  readonly #arns = new PackedTexts()
  readonly #facts = new NumberList()
  readonly #groups = new PackedTexts()
  /** Where in `#held` the group of that number is, and one; 0 = not defined. */
  readonly #groupPlaces = new NumberList()
  #ways = new WayTable()
  /** Where in `#held` the users and roles are. */
  #holders = new NumberList()
  /** One after another: facts, how many policies, groups and ways, and the numbers of each. */
  #held = new NumberList()

  define(arn: string, denies: boolean): void {
    this.#mark(this.#policy(arn), isDefined | (denies ? isDenying : 0))
  }

  isDefined(arn: string): boolean {
    return this.#is(this.#arns.find(arn), isDefined)
  }

  /** Known after `settle`. */
  isNeeded(arn: string): boolean {
    return this.#is(this.#arns.find(arn), isNeeded)
  }

  addHolder(held: Held): void {
    if (held.boundary !== undefined) this.#mark(this.#policy(held.boundary), isNeeded)
    this.#holders.push(this.#add(held))
  }

  /** Of two groups of one name the last counts. */
  addGroup(name: string, held: Held): void {
    this.#groupPlaces.set(this.#group(name), this.#add(held) + 1)
  }

  /** Once everybody is known, and once: where the inline policies lead of those from whom nothing is taken. */
  settle(): Iterable<Way> {
    const found = new Set<number>()
    for (const place of this.#places()) {
      const { facts, policies, groups, ways } = this.#read(place)
      const parts = groups.flatMap((group) => {
        const at = this.#groupPlaces.at(group)
        return at === 0 ? [] : [this.#read(at - 1)]
      })
      const all = [...policies, ...parts.flatMap((part) => part.policies)]
      const isDenied =
        [facts, ...parts.map((part) => part.facts)].some((each) => (each & hasDeny) !== 0) ||
        all.some((policy) => this.#is(policy, isDenying))
      if (isDenied || (facts & isBounded) !== 0) for (const policy of all) this.#mark(policy, isNeeded)
      if (!isDenied) for (const way of ways) found.add(way)
    }
    this.#holders = new NumberList()
    this.#held = new NumberList()
    const ways = this.#ways
    this.#ways = new WayTable()
    return ways.those(found)
  }

  *#places(): Generator<number> {
    yield* this.#holders
    for (const place of this.#groupPlaces) if (place > 0) yield place - 1
  }

  #add({ boundary, policies, groups, doesDeny, ways }: Held): number {
    const place = this.#held.length
    this.#held.push((boundary === undefined ? 0 : isBounded) | (doesDeny ? hasDeny : 0))
    for (const list of [policies, groups, ways]) this.#held.push(list.length)
    for (const arn of policies) this.#held.push(this.#policy(arn))
    for (const name of groups) this.#held.push(this.#group(name))
    for (const way of ways) this.#held.push(this.#ways.add(way))
    return place
  }

  #read(place: number) {
    const numbers = (from: number, count: number) =>
      Array.from({ length: count }, (_, each) => this.#held.at(from + each))
    const [facts = 0, policies = 0, groups = 0, ways = 0] = numbers(place, 4)
    const from = place + 4
    return {
      facts,
      policies: numbers(from, policies),
      groups: numbers(from + policies, groups),
      ways: numbers(from + policies + groups, ways),
    }
  }

  #policy(arn: string): number {
    const number = this.#arns.add(arn)
    if (number === this.#facts.length) this.#facts.push(0)
    return number
  }

  #group(name: string): number {
    const number = this.#groups.add(name)
    if (number === this.#groupPlaces.length) this.#groupPlaces.push(0)
    return number
  }

  #mark(policy: number, fact: number): void {
    this.#facts.set(policy, this.#facts.at(policy) | fact)
  }

  #is(policy: number | undefined, fact: number): boolean {
    return policy !== undefined && (this.#facts.at(policy) & fact) !== 0
  }
}

import { parseArn } from './arn'
import type { PrincipalTable, Target } from './principal-table'
import { matches } from './wildcards'

/** Users and roles of an account, in the order of the file. */
export interface Members extends Iterable<Target> {
  readonly length: number
  /** Their numbers in the table. */
  readonly numbers: Iterable<number>
}

type Numbers = readonly number[] | Uint32Array

/** By their numbers: each is made when it is asked for. */
class NumberedMembers implements Members {
  constructor(
    private readonly table: PrincipalTable,
    readonly numbers: Numbers,
  ) {}

  get length(): number {
    return this.numbers.length
  }

  *[Symbol.iterator](): Generator<Target> {
    for (const number of this.numbers) yield this.table.target(number)
  }
}

export interface TargetIndex {
  has: (arn: string) => boolean
  /** The targets that an ARN pattern matches; `*` matches all, a pattern with a policy variable none. */
  matching: (pattern: string) => Members
  /** Those of them that fit; `name` says by what they are chosen, and is the same for the same choice. */
  fitting: (pattern: string, name: string, fits: (table: PrincipalTable, number: number) => boolean) => Members
}

/** So many numbers of what was found are kept for when a pattern comes again; each finding counts for a few more. */
const keptNumbers = 2_000_000
const numbersOfOne = 32

/** Finds targets by pattern; one without wildcards is looked up, and what was found lately is not looked for again. */
export function indexTargets(table: PrincipalTable): TargetIndex {
  /** Of `*` alone, which comes again and again. */
  const ofAll = new Map<string, Numbers>()
  const lately = new Map<string, Numbers>()
  let kept = 0
  let byResource: Uint32Array | undefined

  function find(pattern: string): Numbers {
    if (isEverything(pattern)) return Uint32Array.from({ length: table.size }, (_, number) => number)
    const wanted = parseArn(pattern)
    if (wanted === undefined || pattern.includes('${')) return []
    if (!/[*?]/.test(pattern)) {
      const number = table.find(pattern)
      return number === undefined ? [] : [number]
    }
    const isWithin = table.headsLike(wanted)
    const fits = (number: number) => isWithin(number) && matches(wanted.resource, table.resource(number))
    const [prefix = ''] = wanted.resource.split(/[*?]/, 1)
    const found: number[] = []
    if (/^(?:role|user)?\/?$/.test(prefix)) {
      for (let number = 0; number < table.size; number++) if (fits(number)) found.push(number)
      return found
    }
    byResource ??= sortedByResource(table)
    for (let place = firstFrom(prefix, byResource, table); place < byResource.length; place++) {
      const number = byResource[place] ?? 0
      if (!table.resource(number).startsWith(prefix)) break
      if (fits(number)) found.push(number)
    }
    return found.sort((a, b) => a - b)
  }

  function forget(): void {
    for (const [key, { length }] of lately) {
      if (kept <= keptNumbers || lately.size === 1) return
      lately.delete(key)
      kept -= length + numbersOfOne
    }
  }

  /** True of the pattern of a bucket, say: nobody's ARN begins like it. */
  function isForeign(pattern: string): boolean {
    if (isEverything(pattern)) return false
    const wanted = parseArn(pattern)
    return wanted === undefined || !table.hasHeadLike(wanted)
  }

  function once(key: string, pattern: string, look: () => Numbers): Numbers {
    if (!/[*?]/.test(pattern)) return look()
    if (isForeign(pattern)) return []
    const known = ofAll.get(key) ?? lately.get(key)
    if (known !== undefined) return known
    const found = look()
    const numbers = found.length < numbersOfOne ? found : Uint32Array.from(found)
    if (isEverything(pattern)) ofAll.set(key, numbers)
    else {
      lately.set(key, numbers)
      kept += numbers.length + numbersOfOne
      forget()
    }
    return numbers
  }

  const numbersOf = (pattern: string) => once(pattern, pattern, () => find(pattern))

  return {
    has: (arn) => table.find(arn) !== undefined,
    matching: (pattern) => new NumberedMembers(table, numbersOf(pattern)),
    fitting(pattern, name, fits) {
      const look = () => {
        const found: number[] = []
        for (const number of numbersOf(pattern)) if (fits(table, number)) found.push(number)
        return found
      }
      return new NumberedMembers(table, once(`${name}\n${pattern}`, pattern, look))
    },
  }
}

const isEverything = (pattern: string) => /^\*+$/.test(pattern)

function sortedByResource(table: PrincipalTable): Uint32Array {
  const resources = Array.from({ length: table.size }, (_, number) => table.resource(number))
  const order = Uint32Array.from({ length: table.size }, (_, number) => number)
  return order.sort((a, b) => ((resources[a] ?? '') < (resources[b] ?? '') ? -1 : 1))
}

/** The first place whose resource does not come before the prefix. */
function firstFrom(prefix: string, byResource: Uint32Array, table: PrincipalTable): number {
  let from = 0
  let to = byResource.length
  while (from < to) {
    const middle = (from + to) >> 1
    if (table.resource(byResource[middle] ?? 0) < prefix) from = middle + 1
    else to = middle
  }
  return from
}

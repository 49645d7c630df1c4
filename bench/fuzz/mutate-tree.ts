import { oddKeys, oddText, oddValue } from './odd-values'
import type { Random } from './random'

type Holder = Record<string, unknown>

/** What the value is as a text or number; an object may have a `toString` of its own that is no function. */
function plain<T>(value: unknown, convert: (value: unknown) => T): T | null {
  try {
    return convert(value)
  } catch {
    return null
  }
}

interface Place {
  holder: Holder
  key: string
}

/** A few thousand places of a value, found without recursion. */
function placesOf(root: Holder): Place[] {
  const places: Place[] = []
  const waiting: Holder[] = [root]
  for (let holder = waiting.pop(); holder !== undefined && places.length < 5_000; holder = waiting.pop()) {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key })
      const value = holder[key]
      if (typeof value === 'object' && value !== null) waiting.push(value as Holder)
    }
  }
  return places
}

/** Sets a member even if it is called `__proto__`. */
function put(holder: Holder, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}

const changes: ((place: Place, root: Holder, random: Random) => void)[] = [
  function remove({ holder, key }) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1)
    else delete holder[key]
  },
  function repeat({ holder, key }, _root, random) {
    const value = holder[key]
    const times = JSON.stringify(value ?? null).length < 2_000 ? random.pick([1, 3, 200]) : 1
    if (Array.isArray(holder)) for (let n = 0; n < times; n++) holder.push(structuredClone(value))
    else put(holder, `${key}${random.pick(['2', ' ', '_copy', ''])}`, structuredClone(value))
  },
  function replace({ holder, key }, _root, random) {
    put(holder, key, oddValue(random))
  },
  function retype({ holder, key }, _root, random) {
    const value = holder[key]
    const next = [
      [value],
      { value },
      plain(value, String),
      plain(value, Number),
      JSON.stringify(value) ?? '',
      value === null ? {} : null,
    ]
    put(holder, key, random.pick<unknown>(next))
  },
  function rename({ holder, key }, _root, random) {
    if (Array.isArray(holder)) return
    const value = holder[key]
    delete holder[key]
    const names = [
      key.toUpperCase(),
      key.toLowerCase(),
      key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      random.pick(oddKeys),
    ]
    put(holder, random.pick(names), value)
  },
  function add({ holder }, _root, random) {
    if (Array.isArray(holder)) holder.push(oddValue(random))
    else put(holder, random.pick(oddKeys), oddValue(random))
  },
  function move({ holder, key }, root, random) {
    const other = random.pick(placesOf(root))
    const value = structuredClone(holder[key])
    if (JSON.stringify(value ?? null).length < 100_000) put(other.holder, other.key, value)
  },
  function turn({ holder, key }) {
    const value = holder[key]
    if (Array.isArray(value))
      put(holder, key, Object.fromEntries(value.slice(0, 500).map((entry, n) => [String(n), entry])))
    else if (typeof value === 'object' && value !== null) put(holder, key, Object.values(value))
  },
  function garble({ holder, key }, _root, random) {
    const value = holder[key]
    if (typeof value !== 'string') return
    const at = random.below(value.length + 1)
    put(
      holder,
      key,
      random.pick([
        value.slice(0, at),
        value.slice(at),
        value.slice(0, at) + oddText(random) + value.slice(at),
        value + value,
      ]),
    )
  },
]

/** Damages a value at 1 to 8 places and tells what was done. The value must be the caller's own. */
export function mutateTree(value: unknown, random: Random): { value: unknown; told: string[] } {
  const root: Holder = { root: value }
  const told: string[] = []
  for (let left = 1 + random.below(8); left > 0; left--) {
    const places = placesOf(root)
    if (places.length === 0) break
    const change = random.pick(changes)
    const place = random.pick(places)
    change(place, root, random)
    told.push(`${change.name} ${place.key.slice(0, 40)}`)
  }
  return { value: root.root, told }
}

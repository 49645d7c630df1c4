import type { Condensed } from './condense'
import type { AccessGraph } from './contract'

/** Identities by what they hop to: those with the same set of components share one signature. */
export interface Signatures {
  count: number
  /** The components of signature s, ascending: `components[from[s]]` … `components[from[s + 1] - 1]`. */
  from: Int32Array
  components: Int32Array
  /** By place in the given list of identities. */
  ofIdentity: Int32Array
}

/** Gives equal sets of components the same number, by a hash table over their numbers. */
export function findSignatures(graph: AccessGraph, { componentOf }: Condensed, identities: Int32Array): Signatures {
  const { hopFrom, hopTo } = graph
  const ofIdentity = new Int32Array(identities.length)
  let from = new Int32Array(1024)
  let pool = new Int32Array(4096)
  let slots = new Int32Array(2048).fill(-1)
  let hashes = new Int32Array(1024)
  let [count, used] = [0, 0]
  let set = new Int32Array(64)
  for (let place = 0; place < identities.length; place += 1) {
    const identity = identities[place] ?? 0
    const [first = 0, last = 0] = [hopFrom[identity], hopFrom[identity + 1]]
    if (last - first > set.length) set = new Int32Array((last - first) * 2)
    for (let at = first; at < last; at += 1) set[at - first] = componentOf[hopTo[at] ?? 0] ?? 0
    const size = sortedUnique(set, last - first)
    let hash = size
    for (let at = 0; at < size; at += 1) {
      hash = Math.imul(hash ^ (set[at] ?? 0), 0x9e3779b1)
      hash ^= hash >>> 15
    }
    let slot = hash & (slots.length - 1)
    for (;;) {
      const known = slots[slot] ?? -1
      if (known === -1 || (hashes[known] === hash && isSame(pool, from[known] ?? 0, from[known + 1] ?? 0, set, size)))
        break
      slot = (slot + 1) & (slots.length - 1)
    }
    let no = slots[slot] ?? -1
    if (no === -1) {
      no = count
      count += 1
      if (count + 1 > from.length) {
        from = grown(from)
        hashes = grown(hashes)
      }
      if (used + size > pool.length) pool = grown(pool, used + size)
      pool.set(set.subarray(0, size), used)
      used += size
      from[count] = used
      hashes[no] = hash
      slots[slot] = no
      if (count * 2 > slots.length) slots = rehashed(hashes, count, slots.length * 2)
    }
    ofIdentity[place] = no
  }
  return { count, from: from.slice(0, count + 1), components: pool.slice(0, used), ofIdentity }
}

function grown(array: Int32Array, least = 0): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, least))
  larger.set(array)
  return larger
}

function rehashed(hashes: Int32Array, count: number, size: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size).fill(-1)
  for (let no = 0; no < count; no += 1) {
    let slot = (hashes[no] ?? 0) & (size - 1)
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1)
    slots[slot] = no
  }
  return slots
}

function isSame(pool: Int32Array, first: number, last: number, set: Int32Array, size: number): boolean {
  if (last - first !== size) return false
  for (let at = 0; at < size; at += 1) if (pool[first + at] !== set[at]) return false
  return true
}

/** Sorts the first `size` numbers and moves each once to the front; how many there are. */
function sortedUnique(set: Int32Array, size: number): number {
  if (size > 24) set.subarray(0, size).sort()
  else {
    for (let at = 1; at < size; at += 1) {
      const value = set[at] ?? 0
      let hole = at
      for (; hole > 0 && (set[hole - 1] ?? 0) > value; hole -= 1) set[hole] = set[hole - 1] ?? 0
      set[hole] = value
    }
  }
  let kept = 0
  for (let at = 0; at < size; at += 1) {
    const value = set[at] ?? 0
    if (kept > 0 && set[kept - 1] === value) continue
    set[kept] = value
    kept += 1
  }
  return kept
}

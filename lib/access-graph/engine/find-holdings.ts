import type { Leads } from './leads'
import type { KeyedRows } from './rows'

/** The holdings of a graph, numbered from 0. */
export interface Holdings {
  count: number
  resource: Int32Array
  level: Uint8Array
  /** -1 when there is none: nobody holds the level there, or it opens nothing. */
  numberOf: (resource: number, level: number) => number
}

/** Every (resource, level) that is held, by a grant or through other holdings, and opens something. */
export function findHoldings(grants: KeyedRows, leads: Leads): Holdings {
  const numbers = new Map<number, number>()
  const keys: number[] = []
  const hold = (resource: number, level: number) => {
    if (!leads.doesOpen(resource, level)) return
    const key = resource * 8 + level
    if (numbers.has(key)) return
    numbers.set(key, keys.length)
    keys.push(key)
  }
  for (let no = 0; no < grants.to.length; no += 1) hold(grants.to[no] ?? 0, grants.level[no] ?? 0)
  for (let no = 0; no < keys.length; no += 1) {
    const key = keys[no] ?? 0
    leads.each(Math.floor(key / 8), key % 8, (to, isResource, _kind, _basis, level) => {
      if (isResource) hold(to, level)
    })
  }
  return {
    count: keys.length,
    resource: Int32Array.from(keys, (key) => Math.floor(key / 8)),
    level: Uint8Array.from(keys, (key) => key % 8),
    numberOf: (resource, level) => (leads.doesOpen(resource, level) ? (numbers.get(resource * 8 + level) ?? -1) : -1),
  }
}

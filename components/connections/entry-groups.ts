import { reasonKey } from '@/lib/connections/rules'
import type { ImportNote } from '@/lib/connections/schema'

/** Something that was left out or could not be resolved. */
export interface Entry {
  at: string
  reason: string
  reference?: string
}

/** Entries of one reason. */
export interface EntryGroup {
  /** The reason; what differs from entry to entry stands as `…`. */
  reason: string
  /** How many there are, those that are not listed included. */
  count: number
  entries: Entry[]
}

/**
 * Entries by their reason, the most frequent first; in a group they keep their order. `counted`: how many of each reason
 * there are in all, where not every one is listed.
 */
export function groupEntries(entries: readonly Entry[], counted: readonly ImportNote[] = []): EntryGroup[] {
  const groups = new Map<string, EntryGroup>()
  for (const entry of entries) {
    const key = reasonKey(entry.reason)
    const known = groups.get(key)
    if (!known) groups.set(key, { reason: entry.reason, count: 1, entries: [entry] })
    else {
      if (known.reason !== entry.reason) known.reason = key
      known.count += 1
      known.entries.push(entry)
    }
  }
  for (const { reason, count, samples } of counted) {
    const known = groups.get(reasonKey(reason))
    if (known) known.count = Math.max(known.count, count)
    else groups.set(reasonKey(reason), { reason, count, entries: samples.map((at) => ({ at, reason })) })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

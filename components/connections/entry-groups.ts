/** Something that was left out or could not be resolved; `count`: how many entries this one stands for, by default 1. */
export interface Entry {
  at: string
  reason: string
  reference?: string
  count?: number | undefined
}

/** Entries of one reason. */
export interface EntryGroup {
  /** The reason; what differs from entry to entry stands as `…`. */
  reason: string
  /** How many there are, those that are only counted included. */
  count: number
  entries: Entry[]
}

/** What differs between two sentences of one meaning: what is quoted, and numbers. */
const particulars = /"[^"]*"|'[^']*'|`[^`]*`|\b\d[\d.,:]*\b/g

const countOf = ({ count }: Entry) => count ?? 1

/** Entries by their reason, the most frequent first; in a group they keep their order. */
export function groupEntries(entries: readonly Entry[]): EntryGroup[] {
  const groups = new Map<string, EntryGroup>()
  for (const entry of entries) {
    const key = entry.reason.replace(particulars, '…')
    const known = groups.get(key)
    if (!known) groups.set(key, { reason: entry.reason, count: countOf(entry), entries: [entry] })
    else {
      if (known.reason !== entry.reason) known.reason = key
      known.count += countOf(entry)
      known.entries.push(entry)
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}

/** How many entries there are, those that are only counted included. */
export function countEntries(entries: readonly Entry[]): number {
  return entries.reduce((sum, entry) => sum + countOf(entry), 0)
}

import type { ReactNode } from 'react'
import type { SeenRows } from './use-row-window'

/** What of a list is chosen: rows by their ids, or everything that matched, kept by the server. */
export type Selection =
  | { kind: 'rows'; ids: string[] }
  | { kind: 'everything'; id: string; count: number; expiresAt: string; listKey: string }

export const noSelection: Selection = { kind: 'rows', ids: [] }

/** The most rows that are chosen one by one; more are chosen as all that match. */
export const mostChosen = 200

/** What the table needs to know of it. */
export interface TableSelection {
  ids: ReadonlySet<string>
  /** Every row of this list is chosen, and none of them by itself. */
  isEverything: boolean
  onToggle: (index: number, isRange: boolean) => void
  /** Stands over the checkboxes. */
  head: (seen: SeenRows) => ReactNode
}

/** Chooses a row, or lets go of it. Beyond the limit nothing is chosen. */
export function toggleRow(ids: readonly string[], id: string): string[] {
  if (ids.includes(id)) return ids.filter((known) => known !== id)
  return ids.length < mostChosen ? [...ids, id] : [...ids]
}

/** Adds rows up to the limit. */
export function addRows(ids: readonly string[], more: readonly string[]): { ids: string[]; isCut: boolean } {
  const all = [...new Set([...ids, ...more])]
  return { ids: all.slice(0, mostChosen), isCut: all.length > mostChosen }
}

/** The rows from the one chosen last to this one, at most as many as can be chosen, nearest to the first of them. */
export function rangeBetween(anchor: number, index: number): number[] {
  const by = index < anchor ? -1 : 1
  const length = Math.min(Math.abs(index - anchor) + 1, mostChosen + 1)
  return Array.from({ length }, (_, at) => anchor + at * by)
}

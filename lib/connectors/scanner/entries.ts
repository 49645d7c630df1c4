import type { ParsedFile } from '../contract'
import { isFields } from './fields'

/** A value of the report with its path. */
export interface Entry {
  value: unknown
  at: string
}

/** Under these names reports and recorded answers keep their lists. */
const holders = ['findings', 'results', 'alerts', 'data', 'items', 'value', 'body', 'secrets', 'leaks']

/**
 * The entries of a JSON report: a list (also a list of pages), JSON lines, one object, or a list under a usual name. Those of
 * a list that have not the shape of an entry are among them.
 */
export function entriesOf(file: ParsedFile, isEntry: (value: unknown) => boolean): Entry[] {
  return file.kind === 'json' ? (within(file.value, '$', isEntry, 0) ?? []) : []
}

/** Whether one of the first entries has the shape of one. */
export function hasEntries(file: ParsedFile, isEntry: (value: unknown) => boolean): boolean {
  return entriesOf(file, isEntry)
    .slice(0, 50)
    .some(({ value }) => isEntry(value))
}

function within(value: unknown, at: string, isEntry: (value: unknown) => boolean, depth: number): Entry[] | undefined {
  if (isEntry(value)) return [{ value, at }]
  if (depth > 3) return undefined
  if (Array.isArray(value)) {
    return value.flatMap((entry: unknown, i) => {
      const place = `${at}[${i}]`
      return Array.isArray(entry) ? (within(entry, place, isEntry, depth + 1) ?? []) : [{ value: entry, at: place }]
    })
  }
  if (!isFields(value)) return undefined
  for (const name of holders) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined
    if (typeof held !== 'object' || held === null) continue
    const entries = within(held, `${at}.${name}`, isEntry, depth + 1)
    if (entries?.some((entry) => isEntry(entry.value))) return entries
  }
  return undefined
}

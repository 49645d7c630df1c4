import type { ReactNode } from 'react'

/** A place of the navigation as the server gives it to the browser: with its icon drawn, so that the first page loads no script of icons. */
export interface DrawnEntry {
  href: string
  label: string
  icon: ReactNode
  /** Sequence of the shortcut registry. */
  keys: string
  /** Other addresses at which it is the current one. */
  alsoAt?: string[]
  /** What it and those that follow with the same word are called together. */
  group?: string
}

/** The entry at whose place an address is: of several the one that names it the furthest. */
export const currentEntry = <Entry extends Pick<DrawnEntry, 'href' | 'alsoAt'>>(
  entries: readonly Entry[],
  pathname: string,
): Entry | undefined =>
  entries.filter((entry) => isCurrentEntry(entry, pathname)).toSorted((a, b) => b.href.length - a.href.length)[0]

function isCurrentEntry(entry: Pick<DrawnEntry, 'href' | 'alsoAt'>, pathname: string): boolean {
  if (entry.href === '/') return pathname === '/'
  return [entry.href, ...(entry.alsoAt ?? [])].some((place) => pathname === place || pathname.startsWith(`${place}/`))
}

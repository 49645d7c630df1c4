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
}

export function isCurrentEntry(entry: Pick<DrawnEntry, 'href' | 'alsoAt'>, pathname: string): boolean {
  if (entry.href === '/') return pathname === '/'
  return [entry.href, ...(entry.alsoAt ?? [])].some((place) => pathname === place || pathname.startsWith(`${place}/`))
}

import { createSerializer, type SingleParserBuilder } from 'nuqs/server'

/**
 * Writes parameters into the address at once: null takes one away, parameters that are not named stay. At once, for a
 * write that runs after a link was clicked makes Next drop the navigation to that link.
 */
export function writeAddress(
  // biome-ignore lint/suspicious/noExplicitAny: parsers of any values
  parsers: Record<string, SingleParserBuilder<any>>,
  change: Readonly<Record<string, unknown>>,
  { history: how }: { history: 'push' | 'replace' },
): void {
  const { pathname, search, hash } = window.location
  const url = `${pathname}${changedSearch(parsers, search, change)}${hash}`
  if (url === `${pathname}${search}${hash}`) return
  if (how === 'push') window.history.pushState(null, '', url)
  else window.history.replaceState(null, '', url)
}

/** The query of an address, `?` included, with some of its parameters changed; empty when none is left. */
export function changedSearch(
  // biome-ignore lint/suspicious/noExplicitAny: parsers of any values
  parsers: Record<string, SingleParserBuilder<any>>,
  search: string,
  change: Readonly<Record<string, unknown>>,
): string {
  const known = Object.entries(change).filter(([name]) => Object.hasOwn(parsers, name))
  return createSerializer(parsers)(new URLSearchParams(search), Object.fromEntries(known))
}

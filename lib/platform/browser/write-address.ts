import type { SingleParserBuilder } from 'nuqs/server'

// biome-ignore lint/suspicious/noExplicitAny: parsers of any values
type Parsers = Record<string, SingleParserBuilder<any> & { defaultValue?: unknown }>

/**
 * Writes parameters into the address at once: null takes one away, parameters that are not named stay. At once, for a write
 * that runs after a link was clicked makes Next drop the navigation to that link.
 */
export function writeAddress(
  parsers: Parsers,
  change: Readonly<Record<string, unknown>>,
  { history: how }: { history: 'push' | 'replace' },
): void {
  const { pathname, search, hash } = window.location
  const url = `${pathname}${changedSearch(parsers, search, change)}${hash}`
  if (url === `${pathname}${search}${hash}`) return
  if (how === 'push') window.history.pushState(null, '', url)
  else window.history.replaceState(null, '', url)
}

/**
 * The query of an address, `?` included, with some of its parameters changed; empty when none is left. What is not named or
 * undefined stays, null and what is meant without it are taken away.
 */
export function changedSearch(parsers: Parsers, search: string, change: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams(search)
  for (const [name, parser] of Object.entries(parsers)) {
    const value = Object.hasOwn(change, name) ? change[name] : undefined
    if (value === undefined) continue
    const { defaultValue } = parser
    if (value === null || (defaultValue !== undefined && parser.eq(value, defaultValue))) params.delete(name)
    else params.set(name, parser.serialize(value))
  }
  const pairs = [...params].map(([name, value]) => `${encodeURIComponent(name)}=${readable(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

/** Only what an address cannot hold as it is: `kind=bot,workload` stays so. */
function readable(value: string): string {
  return value
    .replaceAll(/[%+#&"'`<>\p{Cc}]/gu, (letter) => (letter === "'" ? '%27' : encodeURIComponent(letter)))
    .replaceAll(' ', '+')
}

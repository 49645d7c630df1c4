import type { SingleParserBuilder } from 'nuqs/server'

export interface DroppedParameter {
  name: string
  /** The text in the address. */
  text: string
  /** Nobody reads a parameter of this name · its value is none that it can have · it stands there before already. */
  why: 'unknown' | 'malformed' | 'repeated'
}

// biome-ignore lint/suspicious/noExplicitAny: parsers of any values
type Parsers = Readonly<Record<string, SingleParserBuilder<any>>>

/**
 * What a page leaves aside of its address, in the order of the address. `parsers` are those that it reads with, `others`
 * names that something else on the page reads.
 */
export function droppedParameters(
  search: URLSearchParams,
  parsers: Parsers,
  others: readonly string[] = [],
): DroppedParameter[] {
  const seen = new Set<string>()
  const dropped: DroppedParameter[] = []
  for (const [name, text] of search) {
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined
    if (others.includes(name)) continue
    if (!parser) dropped.push({ name, text, why: 'unknown' })
    else if (seen.has(name)) dropped.push({ name, text, why: 'repeated' })
    else if (parser.parse(text) === null) dropped.push({ name, text, why: 'malformed' })
    seen.add(name)
  }
  return dropped
}

/** The query without what is dropped, `?` included; empty when nothing is left. */
export function keptSearch(search: URLSearchParams, parsers: Parsers, others: readonly string[] = []): string {
  const dropped = droppedParameters(search, parsers, others)
  const kept = new URLSearchParams()
  for (const [name, text] of search) {
    const at = dropped.findIndex((entry) => entry.name === name && entry.text === text)
    if (at === -1 || (dropped[at]?.why === 'repeated' && !kept.has(name))) kept.append(name, text)
  }
  return kept.size === 0 ? '' : `?${kept}`
}

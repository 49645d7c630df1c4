import type { SingleParserBuilder } from 'nuqs/server'
import { looksSecret } from './secret-shape'

export interface DroppedParameter {
  /** Its place among the parameters of the address, from 0. */
  at: number
  name: string
  /** The text in the address; three points for what looks like a secret. */
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
  return [...search].flatMap(([name, said], at): DroppedParameter[] => {
    const text = looksSecret(said) ? '…' : said
    if (others.includes(name)) return []
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined
    if (!parser) return [{ at, name, text, why: 'unknown' }]
    if (seen.has(name)) return [{ at, name, text, why: 'repeated' }]
    seen.add(name)
    return parser.parse(said) === null ? [{ at, name, text, why: 'malformed' }] : []
  })
}

/** The query without what is dropped, `?` included; empty when nothing is left. */
export function keptSearch(search: URLSearchParams, parsers: Parsers, others: readonly string[] = []): string {
  const dropped = new Set(droppedParameters(search, parsers, others).map(({ at }) => at))
  const kept = new URLSearchParams([...search].filter((_, at) => !dropped.has(at)))
  return kept.size === 0 ? '' : `?${kept}`
}

import type { SingleParserBuilder } from 'nuqs/server'
import { joinList, splitList } from './address-parsers'
import { looksSecret } from './secret-shape'

export interface DroppedParameter {
  /** Its place among the parameters of the address, from 0. */
  at: number
  name: string
  /** The text in the address, of `partly` what is dropped of it; three points for what looks like a secret. */
  text: string
  /** Nobody reads a parameter of this name · its value is none that it can have, or some of its values · it stands there before already. */
  why: 'unknown' | 'malformed' | 'partly' | 'repeated'
  /** What stays of `partly`. */
  kept?: string
}

// biome-ignore lint/suspicious/noExplicitAny: parsers of any values
type Parsers = Readonly<Record<string, SingleParserBuilder<any>>>
/** The values that there are of lists whose parsers take any: columns with their widths, groups. */
export type KnownValues = Readonly<Record<string, readonly string[] | undefined>>

/**
 * What a page leaves aside of its address, in the order of the address. `parsers` are those that it reads with, `others`
 * names that something else on the page reads.
 */
export function droppedParameters(
  search: URLSearchParams,
  parsers: Parsers,
  others: readonly string[] = [],
  known: KnownValues = {},
): DroppedParameter[] {
  const seen = new Set<string>()
  return [...search].flatMap(([name, said], at): DroppedParameter[] => {
    const text = shown(said)
    if (others.includes(name)) return []
    const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined
    if (!parser) return [{ at, name, text, why: 'unknown' }]
    if (seen.has(name)) return [{ at, name, text, why: 'repeated' }]
    seen.add(name)
    if (parser.parse(said) === null) return [{ at, name, text, why: 'malformed' }]
    const values = known[name]
    const isKnown = (item: string) => values?.some((value) => value === item || value === item.replace(/[.!].*/, ''))
    const items = values ? splitList(said) : []
    const strange = items.filter((item) => !isKnown(item))
    if (strange.length === 0) return []
    return [{ at, name, text: shown(joinList(strange)), why: 'partly', kept: joinList(items.filter(isKnown)) }]
  })
}

const shown = (text: string) => (looksSecret(text) ? '…' : text)

/** The query without what is dropped, `?` included; empty when nothing is left. */
export function keptSearch(search: URLSearchParams, dropped: readonly DroppedParameter[]): string {
  const kept = [...search].flatMap(([name, text], at) => {
    const drop = dropped.find((one) => one.at === at && one.name === name)
    return drop ? (drop.kept ? [[name, drop.kept]] : []) : [[name, text]]
  })
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`
}

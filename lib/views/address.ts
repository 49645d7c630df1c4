import { pathParsers } from '@/lib/access-graph/address'
import { credentialParsers, identityParsers } from '@/lib/identities/address'
import type { ViewedList, ViewQuery } from './schema'

/**
 * Parameters that say where the reader is in a list, or which view brought them there; the rest is what a view keeps. `view`
 * opens a view: the page answers with the view's own parameters, and `from` then says where they come from, so that the page
 * can tell that something was changed since.
 */
const positions = ['tab', 'cursor', 'selected', 'skip', 'at', 'open', 'view', 'from']

interface Parameter {
  parse: (text: string) => unknown
  serialize: (value: never) => string
}

export const parameters: Record<ViewedList, Record<string, Parameter>> = {
  identities: withoutPositions(identityParsers),
  credentials: withoutPositions(credentialParsers),
  paths: withoutPositions(pathParsers),
}
function withoutPositions(parsers: Record<string, unknown>): Record<string, Parameter> {
  return Object.fromEntries(Object.entries(parsers).filter(([name]) => !positions.includes(name))) as never
}

/** The names of the parameters that a view of a list can keep. */
export function parametersOf(list: ViewedList): string[] {
  return Object.keys(parameters[list])
}

/** What an address says of a list, as a view would keep it; what the list does not know is left out. */
export function queryOfSearch(list: ViewedList, search: URLSearchParams): ViewQuery {
  const query: ViewQuery = {}
  for (const [name, text] of [...new Map(search)].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const parameter = Object.hasOwn(parameters[list], name) ? parameters[list][name] : undefined
    const value = parameter?.parse(text)
    if (parameter && value !== null && value !== undefined) query[name] = parameter.serialize(value as never)
  }
  return query
}

/** Whether two queries show the same. Both in their one form. */
export function isSameQuery(one: ViewQuery, other: ViewQuery): boolean {
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
}

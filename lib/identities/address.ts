import type { SingleParserBuilder } from 'nuqs/server'
import { credentialTypes, identityKinds } from '@/lib/connectors/contract'
import {
  eitherOf,
  exactText,
  listOfEach,
  searchWords,
  someDays,
  textLike,
  textUpTo,
  uuid,
  valueLike,
  wholeNumber,
  wordOf,
} from '@/lib/platform/browser/address-parsers'
import { type ColumnChoice, parseColumns, printColumns } from '@/lib/platform/browser/column-choice'
import { changedSearch } from '@/lib/platform/browser/write-address'
import type { CredentialFilter, CredentialQuery, IdentityFilter, IdentityQuery } from './filters'
import {
  credentialSorts,
  credentialStatuses,
  exclusionRules,
  holders,
  identityGroups,
  identitySorts,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
  sortDirections,
} from './values'

/**
 * The inventory's state in the address, as the page reads and writes it, without the contracts of `filters.ts`: these hold
 * the same values, and a test compares the two.
 */

/** Whole days of `90d`. */
export function daysOf(days: string): number {
  return Number.parseInt(days, 10)
}

export const inventoryTabs = ['identities', 'credentials'] as const
export const identityTabs = ['summary', 'ownership', 'credentials', 'access', 'blast-radius', 'history'] as const
export type IdentityTab = (typeof identityTabs)[number]

/** A score over 60, or from 40 to below 50. */
const scores = textLike(/^(\d{1,2}|\d{1,2}-(\d{1,2}|100))$/)
const environments = listOfEach(exactText(100))
const exceptions = { excepted: listOfEach(wordOf(exclusionRules)), notExcepted: listOfEach(wordOf(exclusionRules)) }

const identityFilters = {
  q: searchWords(200),
  kind: listOfEach(wordOf(identityKinds)),
  environment: environments,
  owner: listOfEach(wordOf(ownerFilters)),
  ownedBy: listOfEach(textUpTo(200)),
  privilege: listOfEach(wordOf(privilegeFilters)),
  status: listOfEach(wordOf(identityStatuses)),
  source: listOfEach(uuid),
  trait: listOfEach(wordOf(identityTraits)),
  age: someDays,
  expiry: eitherOf(wordOf(['expired', 'never']), someDays),
  used: eitherOf(wordOf(['never', 'unknown']), someDays),
  blast: eitherOf(wordOf(['unknown']), scores),
  ...exceptions,
} satisfies ParsersOf<IdentityFilter>
export const identityFilterNames = Object.keys(identityFilters)

const credentialFilters = {
  q: searchWords(200),
  type: listOfEach(wordOf(credentialTypes)),
  status: listOfEach(wordOf(credentialStatuses)),
  environment: environments,
  age: someDays,
  expiry: eitherOf(wordOf(['expired', 'never', 'unknown']), someDays),
  used: eitherOf(wordOf(['never', 'unknown']), someDays),
  identity: uuid,
  holder: listOfEach(wordOf(holders)),
  ...exceptions,
} satisfies ParsersOf<CredentialFilter>
export const credentialFilterNames = Object.keys(credentialFilters)

type ParsersOf<Filter> = { [Name in keyof Required<Filter>]: SingleParserBuilder<NonNullable<Filter[Name]>> }

/** The columns in their order: `name.240!,owner,kind`, with a width in px after the point and `!` for pinned. */
const columns = valueLike<ColumnChoice[]>((text) => {
  const choices = text.length > 0 && text.length <= 600 ? parseColumns(text) : []
  return choices.length > 0 ? choices : null
}, printColumns)

/** How the reader looks at the list; but for the direction no part of what is asked of the server. */
const view = {
  dir: wordOf(sortDirections),
  /** The row at the top of the view, counted from 0, heads of groups with it. */
  at: wholeNumber(1, 100_000_000),
  /** The row that is open beside the list. */
  selected: uuid,
  /** Without it the list's own columns. */
  cols: columns,
  density: wordOf(['compact']),
  /** The groups whose rows are shown. */
  open: listOfEach(exactText(200)),
}

const tab = wordOf(inventoryTabs).withDefault('identities')

export const identityParsers = {
  ...identityFilters,
  sort: wordOf(identitySorts),
  group: wordOf(identityGroups),
  ...view,
  tab,
}
export const credentialParsers = { ...credentialFilters, sort: wordOf(credentialSorts), ...view, tab }
export const identityPageParsers = {
  tab: wordOf(identityTabs).withDefault('summary'),
  /** Where the shown page of credentials begins, and which of them is open beside the list. */
  after: exactText(300),
  selected: uuid,
  /** Whose preview is open: nothing is done by an address. */
  do: wordOf(['rotate', 'revoke']),
}

const asked = ['sort', 'dir', 'cursor', 'skip', 'limit']

/** The page's state without what is only its look, as a query of the list. */
export function identityQueryOf(state: object): IdentityQuery {
  return pickSet(state, [...identityFilterNames, 'group', ...asked])
}

export function credentialQueryOf(state: object): CredentialQuery {
  return pickSet(state, [...credentialFilterNames, ...asked])
}

function pickSet<T extends object>(state: object, names: readonly string[]): T {
  const set = Object.entries(state).filter(([name, value]) => names.includes(name) && value !== null)
  return Object.fromEntries(set) as T
}

/** A query as the texts of its parameters, as REST takes them too. What is not set is left out. */
export function textsOf(list: 'identities' | 'credentials', query: object): Record<string, string> {
  const parsers: Record<string, { serialize: (value: never) => string }> =
    list === 'identities' ? identityParsers : credentialParsers
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    set.map(([name, value]) => [name, parsers[name]?.serialize(value as never) ?? String(value)]),
  )
}

/** The address of the inventory that shows exactly these identities. */
export function identitiesHref(filter: IdentityFilter): string {
  return `/inventory${changedSearch(identityParsers, '', { ...filter })}`
}

/** The address of the inventory that shows exactly these credentials. */
export function credentialsHref(filter: CredentialFilter): string {
  return `/inventory${changedSearch(credentialParsers, '', { ...filter, tab: 'credentials' })}`
}

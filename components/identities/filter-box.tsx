'use client'

import type { Facet } from '@/components/ui/facet-menu'
import type { FilterLanguage } from '@/lib/platform/browser/filter-language'

/** What to write into the address: every filter of the language, null where it is not set, and `cursor: null`. */
export type FilterChange = Record<string, string | string[] | null>

/**
 * The text box that mirrors the filter menus; both edit the state in the address. Give it to `FilterBar` as `box`:
 *
 * ```tsx
 * <FilterBar
 *   label="Filter identities"
 *   facets={facets}
 *   onFacetChange={…}
 *   onClear={clear}
 *   box={
 *     <FilterBox
 *       orgId={orgId}
 *       label="Filter identities"
 *       placeholder="Name, ARN or id"
 *       language={identityLanguage}          // or credentialLanguage, of lib/identities/filter-text.ts
 *       filter={query}                       // identityQueryOf(state); sort, dir and cursor are not looked at
 *       facets={facets}                      // the same as the menus': their labels are the names, their counts are shown
 *       onChange={(change, options) => writeAddress(identityParsers, change, options)}
 *     />
 *   }
 * />
 * ```
 *
 * `onChange` must change the address before it returns, as `writeAddress` (lib/platform/browser/write-address.ts) does and
 * the setter of nuqs does not: a click on a row's link first takes the focus out of the box, which settles what was typed,
 * and Next drops the link's navigation when the address is replaced after it has begun.
 */
export interface FilterBoxProps<Filter extends object> {
  orgId: string
  /** Names the box: "Filter identities". */
  label: string
  placeholder?: string
  language: FilterLanguage<Filter>
  /** The filter as the address has it. */
  filter: Filter
  facets: Facet[]
  /** The first change after the box got the focus is to be a step of the history, those after it replace that step. */
  onChange: (change: FilterChange, options: { history: 'push' | 'replace' }) => void
}

export function FilterBox<Filter extends object>({ label, placeholder }: FilterBoxProps<Filter>) {
  return <input aria-label={label} placeholder={placeholder} />
}

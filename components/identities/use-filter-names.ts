'use client'

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Facet } from '@/components/ui/facet-options'
import { identityList } from '@/lib/identities/queries'
import type { FilterLanguage } from '@/lib/platform/browser/filter-language'
import type { FilterOptions } from '@/lib/platform/browser/suggest-filter'

interface NameOptions {
  orgId: string
  language: Pick<FilterLanguage<object>, 'keys'>
  facets: Facet[]
  /** Somebody is in the box. */
  isNeeded: boolean
}

const longMs = 5 * 60_000

/**
 * The values that the menus offer, with their counts. The menus leave out what the filter leaves no row of; sources that
 * they leave out so are looked up in the list without a filter, for the text may name them all the same.
 */
export function useFilterNames({ orgId, language, facets, isNeeded }: NameOptions): FilterOptions {
  const isNamed = language.keys.some(({ name, values }) => name === 'source' && values.kind === 'named')
  const list = identityList(orgId, {})
  const all = useQuery({
    queryKey: [...list.key, 'sources'],
    queryFn: ({ signal }) => list.page({ limit: 1 }, signal),
    enabled: isNamed && isNeeded,
    staleTime: longMs,
  })
  const sources = isNamed ? all.data?.facets?.source : undefined
  return useMemo(() => {
    const menus: FilterOptions = Object.fromEntries(facets.map((facet) => [facet.id, facet.options]))
    // The same rules, from which somebody is excepted or not; a menu of the latter is there only where it is asked for.
    const options: FilterOptions = { notExcepted: menus.excepted ?? [], ...menus }
    if (!sources) return options
    // A source that was chosen by its id alone is in the menu without its name.
    const named = (options.source ?? []).map((option) => ({
      ...option,
      label: sources.find(({ value }) => value === option.value)?.label ?? option.label,
    }))
    const absent = sources
      .filter(({ value }) => !named.some((option) => option.value === value))
      .map(({ value, label }) => ({ value, label: label ?? value, count: 0 }))
    return { ...options, source: [...named, ...absent] }
  }, [facets, sources])
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo } from 'react'
import { ownersQuery } from '@/lib/organizations/queries'
import type { FilterLanguage } from '@/lib/platform/browser/filter-language'
import {
  type FilterOptions,
  type FilterSuggestion,
  suggestFilter,
  valueAt,
} from '@/lib/platform/browser/suggest-filter'

interface SuggestionOptions {
  orgId: string
  language: FilterLanguage<object> | Pick<FilterLanguage<object>, 'keys'>
  text: string
  caret: number
  options: FilterOptions
  isOpen: boolean
}

const none: FilterSuggestion[] = []
const noNames: { value: string; label: string }[] = []

/** What could stand at the caret. Behind `owner:` the teams and people of the organization are asked for by name. */
export function useFilterSuggestions({ orgId, language, text, caret, options, isOpen }: SuggestionOptions) {
  const at = isOpen ? valueAt(language, text, caret) : undefined
  const labels = at?.key.values.kind === 'choice' ? at.key.values.labels : undefined
  const asked = useDeferredValue(labels === undefined ? '' : (at?.item.text.trim() ?? ''))
  const owners = useQuery({ ...ownersQuery(orgId, asked), enabled: labels !== undefined, staleTime: 60_000 })
  const found = owners.data?.items
  return useMemo(() => {
    if (!isOpen) return none
    if (labels === undefined) return suggestFilter(language, text, caret, options)
    const known = options[labels] ?? noNames
    const others = (found ?? []).map(({ label }) => ({ value: label, label }))
    const added = others.filter(({ value }, index) => {
      const isKnown = known.some((option) => option.value.toLowerCase() === value.toLowerCase())
      return !isKnown && others.findIndex((other) => other.value === value) === index
    })
    return suggestFilter(language, text, caret, { ...options, [labels]: [...known, ...added] })
  }, [isOpen, language, text, caret, options, labels, found])
}

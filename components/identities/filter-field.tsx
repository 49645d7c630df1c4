'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { FilterFrame } from '@/components/ui/filter-frame'
import { identityKindLabels } from '@/components/ui/marks/identity-kind'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { SettledInput } from '@/components/ui/settled-input'
import { IdentityPage } from '@/lib/identities/schema'
import { apiFetch } from '@/lib/platform/browser/api'
import { formatWord } from '@/lib/platform/browser/format'

/** What may be chosen, by the name that it has in the address of the inventory. */
const facetWords = {
  kind: { label: 'Kind', words: identityKindLabels },
  environment: { label: 'Environment', words: {} },
  source: { label: 'Source', words: {} },
  privilege: { label: 'Privilege', words: { ...privilegeLabels, none: 'None known' } },
  owner: {
    label: 'Owner',
    words: { none: 'No owner', left: 'Owner left', suggested: 'Not confirmed', confirmed: 'Confirmed' },
  },
  trait: { label: 'Trait', words: {} },
} as const satisfies Record<string, { label: string; words: Readonly<Record<string, string>> }>
export type FilterFacet = keyof typeof facetWords

/** How many each choice would leave. */
const choicesQuery = (orgId: string, filter: Record<string, string>) => ({
  queryKey: ['identities', orgId, 'filter-choices', filter] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    apiFetch(`/api/v1/identities?${new URLSearchParams({ ...filter, limit: '1' })}`, { schema: IdentityPage, signal }),
  placeholderData: keepPreviousData,
})

const listOf = (text: string | undefined) => (text ? text.split(',') : [])

interface FilterFieldProps {
  orgId: string
  /** Names the whole: "Whose credentials". */
  label: string
  facets: readonly FilterFacet[]
  value: Record<string, string>
  onChange: (filter: Record<string, string>) => void
  actions?: ReactNode
}

/** The filter of the inventory as a field of a form, with how many identities each choice leaves. */
export function FilterField({ orgId, label, facets, value, onChange, actions }: FilterFieldProps) {
  const { data } = useQuery(choicesQuery(orgId, value))
  const set = (name: string, text: string) => {
    const { [name]: _, ...rest } = value
    onChange(text === '' ? rest : { ...rest, [name]: text })
  }
  return (
    <FilterFrame
      label={label}
      className="border-b-0 px-0 md:px-0"
      text={value.q ?? ''}
      box={
        <div className="w-full sm:w-64">
          <SettledInput
            label="Part of the name"
            placeholder="Part of the name"
            icon={<Search aria-hidden />}
            value={value.q ?? ''}
            onSettle={(text) => set('q', text.trim())}
          />
        </div>
      }
      facets={facets.map((id) => {
        const words: Readonly<Record<string, string>> = facetWords[id].words
        const wordOf = (each: string) => words[each] ?? formatWord(each, true)
        const selected = listOf(value[id])
        const counted: { value: string; label?: string; count: number }[] = data?.facets?.[id] ?? []
        const told = counted.filter(
          (each) => each.value !== 'mine' && (each.count > 0 || selected.includes(each.value)),
        )
        const missing = selected.filter((each) => !told.some((option) => option.value === each))
        return {
          id,
          label: facetWords[id].label,
          selected,
          options: [
            ...told.map((option) => ({ ...option, label: option.label ?? wordOf(option.value) })),
            ...missing.map((each) => ({ value: each, label: wordOf(each) })),
          ],
        }
      })}
      onFacetChange={(id, values) => set(id, values.join(','))}
      onClear={() => onChange({})}
      actions={actions}
    />
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { FilterFrame } from '@/components/ui/filter-frame'
import { identityKindLabels } from '@/components/ui/marks/identity-kind'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { SettledInput } from '@/components/ui/settled-input'
import { filterChoicesQuery } from '@/lib/lifecycle/policy-queries'
import { formatWord } from '@/lib/platform/browser/format'

type Filter = Record<string, string>

const facets = [
  { id: 'kind', label: 'Kind', words: identityKindLabels as Record<string, string> },
  { id: 'environment', label: 'Environment', words: {} },
  { id: 'source', label: 'Source', words: {} },
  { id: 'privilege', label: 'Privilege', words: { ...privilegeLabels, none: 'None known' } as Record<string, string> },
  {
    id: 'owner',
    label: 'Owner',
    words: { none: 'No owner', left: 'Owner left', suggested: 'Not confirmed', confirmed: 'Confirmed' } as Record<
      string,
      string
    >,
  },
] as const

const listOf = (text: string | undefined) => (text ? text.split(',') : [])

interface PolicyFilterProps {
  orgId: string
  value: Filter
  onChange: (filter: Filter) => void
}

/** Whose credentials a policy covers: the filter of the inventory, with how many each choice leaves. */
export function PolicyFilterField({ orgId, value, onChange }: PolicyFilterProps) {
  const { data } = useQuery(filterChoicesQuery(orgId, value))
  const set = (name: string, text: string) => {
    const { [name]: _, ...rest } = value
    onChange(text === '' ? rest : { ...rest, [name]: text })
  }
  return (
    <FilterFrame
      label="Whose credentials"
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
      facets={facets.map(({ id, label, words }) => {
        const selected = listOf(value[id])
        const told = (data?.facets?.[id] ?? []).filter(
          ({ value: each, count }) => each !== 'mine' && (count > 0 || selected.includes(each)),
        )
        const missing = selected.filter((each) => !told.some((option) => option.value === each))
        return {
          id,
          label,
          selected,
          options: [
            ...told.map((option) => ({
              value: option.value,
              label: option.label ?? words[option.value as never] ?? formatWord(option.value, true),
              count: option.count,
            })),
            ...missing.map((each) => ({ value: each, label: words[each as never] ?? formatWord(each, true) })),
          ],
        }
      })}
      onFacetChange={(id, values) => set(id, values.join(','))}
      onClear={() => onChange({})}
    />
  )
}

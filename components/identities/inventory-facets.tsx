import type { Facet, FacetOption } from '@/components/ui/facet-options'
import { IdentityKind, identityKindLabels } from '@/components/ui/marks/identity-kind'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { daysOf } from '@/lib/identities/address'
import type { IdentityQuery } from '@/lib/identities/filters'
import type { FacetCount, IdentityFacets } from '@/lib/identities/schema'
import { exclusionRules } from '@/lib/identities/values'
import { formatWord } from '@/lib/platform/browser/format'
import { ruleWords } from './edit-words'

export type Labels = Record<string, string>

const ownerLabels: Labels = {
  none: 'No owner',
  left: 'Owner left',
  suggested: 'Not confirmed',
  confirmed: 'Confirmed',
  mine: 'Mine',
}
export const traitLabels: Labels = {
  cross_environment: 'Across environments',
  destructive_tools: 'Destructive tools',
  third_party: 'Of a third party',
  break_glass: 'Break-glass',
  owner_conflict: 'Owners disagree',
}
const usedLabels: Labels = { never: 'Never used', unknown: 'Not known' }

/** Values that leave rows, with their counts, and those that are chosen though they leave none. */
export function options(
  counts: FacetCount[] | undefined,
  selected: readonly string[],
  label: (value: string) => string,
) {
  const shown = (counts ?? []).filter(({ value, count }) => count > 0 || selected.includes(value))
  const known = shown.map((entry) => ({
    value: entry.value,
    label: entry.label ?? label(entry.value),
    count: entry.count,
  }))
  const missing = selected.filter((value) => !known.some((option) => option.value === value))
  return [...known, ...missing.map((value) => ({ value, label: label(value), count: counts ? 0 : undefined }))]
}

const sentence = (value: string) => formatWord(value, true)
export const worded = (labels: Labels) => (value: string) => labels[value] ?? sentence(value)

/** A length of time to choose from, with the organization's own and whatever the address says. */
export function spans(choices: number[], words: (days: number) => string, chosen: string | undefined): FacetOption[] {
  const own = chosen && /^\d+d$/.test(chosen) ? [daysOf(chosen)] : []
  const days = [...new Set([...choices, ...own])].toSorted((a, b) => a - b)
  return days.map((count) => ({ value: `${count}d`, label: words(count) }))
}

/** The bands of the score from the highest, with whatever the address says. */
function scoreOptions(own: string | undefined): FacetOption[] {
  const bands = ['85-100', '60-85', '30-60', '0-30', 'unknown']
  const words: Labels = {
    '85-100': 'Critical, 85 and more',
    '60-85': 'High, 60 to 85',
    '30-60': 'Moderate, 30 to 60',
    '0-30': 'Low, below 30',
    unknown: 'Not worked out',
  }
  const value = (score: string) => (score.includes('-') ? score.replace('-', ' to ') : `Over ${score}`)
  return [...new Set([...(own ? [own] : []), ...bands])].map((score) => ({
    value: score,
    label: words[score] ?? value(score),
  }))
}

export const chosen = (value: string | undefined) => (value === undefined ? [] : [value])

/** The filter bar of the identities. */
export function identityFacetMenus(query: IdentityQuery, facets: IdentityFacets | null | undefined): Facet[] {
  const menu = (id: keyof IdentityFacets & keyof IdentityQuery, label: string, name: (value: string) => string) => {
    const selected: string[] = query[id] ?? []
    return { id, label, selected, options: options(facets?.[id], selected, name) }
  }
  const kind = menu('kind', 'Kind', worded(identityKindLabels))
  return [
    {
      ...kind,
      options: kind.options.map((option) => ({ ...option, icon: <IdentityKind kind={option.value as 'bot'} /> })),
    },
    menu('environment', 'Environment', (value) => value),
    menu('owner', 'Owner', worded(ownerLabels)),
    menu('privilege', 'Privilege', worded({ ...privilegeLabels, none: 'None known' })),
    {
      id: 'age',
      label: 'Age',
      isSingle: true,
      selected: chosen(query.age),
      options: spans([30, 90, 180, 365], (days) => `Over ${days} days`, query.age),
    },
    {
      id: 'expiry',
      label: 'Expiry',
      isSingle: true,
      selected: chosen(query.expiry),
      options: [
        { value: 'expired', label: 'Expired' },
        ...spans([7, 30, 90], (days) => `Within ${days} days`, query.expiry),
        { value: 'never', label: 'Never expires' },
      ],
    },
    {
      id: 'blast',
      label: 'Blast radius',
      isSingle: true,
      selected: chosen(query.blast),
      options: scoreOptions(query.blast),
    },
    usedMenu(query.used),
    menu('status', 'State', sentence),
    menu('source', 'Source', (value) => value),
    menu('trait', 'Trait', worded(traitLabels)),
    ...exceptionMenus(query),
  ]
}

/** From which rules they are excepted now; those for whom a rule holds are a menu only where the address asks for them. */
export function exceptionMenus({ excepted, notExcepted }: Pick<IdentityQuery, 'excepted' | 'notExcepted'>): Facet[] {
  const options = exclusionRules.map((value) => ({ value, label: ruleWords[value] }))
  return [
    { id: 'excepted', label: 'Exception', selected: excepted ?? [], options },
    ...(notExcepted ? [{ id: 'notExcepted', label: 'Not excepted from', selected: notExcepted, options }] : []),
  ]
}

export function usedMenu(used: string | undefined): Facet {
  return {
    id: 'used',
    label: 'Last used',
    isSingle: true,
    selected: chosen(used),
    options: [
      { value: 'never', label: usedLabels.never ?? '' },
      ...spans([30, 90, 180, 365], (days) => `Over ${days} days ago`, used),
      { value: 'unknown', label: usedLabels.unknown ?? '' },
    ],
  }
}

const singles = ['age', 'expiry', 'used', 'blast']

/** What choosing in a menu writes into the address. */
export function facetChange(id: string, values: string[]): Record<string, unknown> {
  const value = singles.includes(id) ? (values[0] ?? null) : values.length > 0 ? values : null
  return { [id]: value }
}

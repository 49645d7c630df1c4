import type { ChangeEvent, ClipboardEvent, KeyboardEvent, SyntheticEvent } from 'react'
import type { Facet } from '@/components/ui/facet-options'
import type { OnFilterChange } from './use-filter-draft'

export interface FilterBoxProps<Filter extends object> {
  orgId: string
  /** Names the box: "Filter identities". */
  label: string
  placeholder?: string
  list: 'identities' | 'credentials'
  /** The filter as the address has it. */
  filter: Filter
  /** The same as text, for the first view. */
  printed: string
  facets: Facet[]
  /** The first change after the box got the focus is to be a step of the history, those after it replace that step. */
  onChange: OnFilterChange
}

/** What the box shows and says of itself. */
export interface BoxView {
  value: string
  'aria-expanded': boolean
  'aria-controls': string | undefined
  'aria-activedescendant': string | undefined
  'aria-invalid': true | undefined
  'aria-describedby': string | undefined
}

/** What happens in the box. */
export interface BoxEvents {
  onChange: (event: ChangeEvent<HTMLInputElement>) => void
  onSelect: (event: SyntheticEvent<HTMLInputElement>) => void
  onClick: () => void
  onFocus: () => void
  onBlur: () => void
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void
  onPaste: (event: ClipboardEvent<HTMLInputElement>) => void
  /** Another filter in place of all that stands there. */
  replace: (filter: object) => void
}

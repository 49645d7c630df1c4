'use client'

import { ListFilter } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { Button } from './button'
import { cn } from './class-names'
import { type Facet, FacetMenu } from './facet-menu'
import { Kbd } from './kbd'
import { SettledInput } from './settled-input'

export interface FilterBarProps {
  /** Names the text box: "Filter identities". */
  label: string
  text?: string
  /** Called when typing pauses for 250 ms, and at once on Enter and when the box is left. */
  onTextChange?: (text: string) => void
  /** In place of the plain text box, over the full width; it binds `/` by itself. */
  box?: ReactNode
  placeholder?: string
  facets?: Facet[]
  onFacetChange?: (id: string, values: string[]) => void
  /** Clears text and facets; shown when anything is set. */
  onClear?: () => void
  /** At the right: columns, density, export. */
  actions?: ReactNode
  className?: string
}

export function FilterBar(props: FilterBarProps) {
  const { label, text = '', onTextChange, box, placeholder, facets = [] } = props
  const { onFacetChange, onClear, actions, className } = props
  const input = useRef<HTMLInputElement>(null)
  const isSet = text !== '' || facets.some((facet) => facet.selected.length > 0)
  useShortcut({ keys: '/', label: 'Filter this list', group: 'This list' }, () => input.current?.focus(), !box)
  return (
    <search
      aria-label={label}
      className={cn('flex flex-wrap items-center gap-2 border-b px-4 py-2 md:px-6', className)}
    >
      {box ? (
        <div className="w-full">{box}</div>
      ) : (
        <div className="relative w-full sm:w-64">
          <SettledInput
            ref={input}
            value={text}
            onSettle={(next) => onTextChange?.(next)}
            label={label}
            placeholder={placeholder}
            icon={<ListFilter aria-hidden />}
          />
          {text === '' ? <Kbd keys="/" className="pointer-events-none absolute top-1 right-1.5 max-sm:hidden" /> : null}
        </div>
      )}
      {facets.map((facet) => (
        <FacetMenu key={facet.id} facet={facet} onChange={(values) => onFacetChange?.(facet.id, values)} />
      ))}
      {isSet && onClear ? (
        <Button variant="ghost" onClick={onClear}>
          Clear
        </Button>
      ) : null}
      {actions ? <div className="ml-auto flex items-center gap-1">{actions}</div> : null}
    </search>
  )
}

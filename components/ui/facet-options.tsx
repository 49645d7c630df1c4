'use client'

import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from './class-names'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from './command'

export interface FacetOption {
  value: string
  label: string
  icon?: ReactNode
  /** How many rows have it. */
  count?: number
}

export interface Facet {
  id: string
  label: string
  options: FacetOption[]
  selected: string[]
  /** Choosing one lets go of the other. */
  isSingle?: boolean
}

const searchAbove = 8

/** The values of one filter, to choose from. */
export function FacetOptions({ facet, onToggle }: { facet: Facet; onToggle: (value: string) => void }) {
  return (
    <Command label={facet.label} takesFocus>
      {facet.options.length > searchAbove ? (
        <CommandInput placeholder={`Find in ${facet.label.toLowerCase()}`} />
      ) : null}
      <CommandList>
        <CommandEmpty>Nothing of that name.</CommandEmpty>
        <CommandGroup>
          {facet.options.map((option) => (
            <CommandItem
              key={option.value}
              value={`${option.label} ${option.value}`}
              onSelect={() => onToggle(option.value)}
              icon={<CheckMark isOn={facet.selected.includes(option.value)} />}
              detail={option.count === undefined ? null : <span className="tabular">{formatNumber(option.count)}</span>}
            >
              <span className="inline-flex items-center gap-1.5">
                {option.icon}
                {option.label}
                {facet.selected.includes(option.value) ? <span className="sr-only">(chosen)</span> : null}
              </span>
            </CommandItem>
          ))}
        </CommandGroup>
      </CommandList>
    </Command>
  )
}

function CheckMark({ isOn }: { isOn: boolean }) {
  return (
    <span
      aria-hidden
      className={cn(
        'grid size-4 shrink-0 place-items-center rounded-sm border border-line-strong',
        isOn && 'border-accent bg-accent [&_svg]:size-3! [&_svg]:text-on-accent!',
      )}
    >
      {isOn ? <Check strokeWidth={3} /> : null}
    </span>
  )
}

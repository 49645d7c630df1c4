'use client'

import type { RefObject } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { Button } from './button'
import { cn } from './class-names'
import type { Facet, FacetOption } from './facet-options'
import { Sheet, SheetContent } from './sheet'

interface FacetSheetProps {
  isOpen: boolean
  onOpenChange: (open: boolean) => void
  opener: RefObject<HTMLElement | null>
  facets: Facet[]
  onFacetChange: (id: string, values: string[]) => void
  /** Absent: nothing is set. */
  onClear: (() => void) | undefined
}

/** All filters of a list on a narrow screen, one under the other. The list behind follows each choice at once. */
export function FacetSheet({ isOpen, onOpenChange, opener, facets, onFacetChange, onClear }: FacetSheetProps) {
  return (
    <Sheet open={isOpen} onOpenChange={onOpenChange}>
      <SheetContent
        title="Filters"
        opener={opener}
        footer={
          <>
            {onClear ? (
              <Button variant="ghost" size="lg" className="mr-auto" onClick={onClear}>
                Clear all
              </Button>
            ) : null}
            <Button variant="primary" size="lg" onClick={() => onOpenChange(false)}>
              Show the list
            </Button>
          </>
        }
      >
        <div className="-mx-4 -my-3">
          {facets.map((facet) => (
            <FacetSection key={facet.id} facet={facet} onChange={(values) => onFacetChange(facet.id, values)} />
          ))}
        </div>
      </SheetContent>
    </Sheet>
  )
}

function FacetSection({ facet, onChange }: { facet: Facet; onChange: (values: string[]) => void }) {
  const { label, options, selected, isSingle } = facet
  const words = options.filter(({ value }) => selected.includes(value)).map((option) => option.label)
  const toggle = (value: string) => {
    const isOn = selected.includes(value)
    if (isSingle) return onChange(isOn ? [] : [value])
    onChange(isOn ? selected.filter((item) => item !== value) : [...selected, value])
  }
  return (
    <details className="group/facet border-b" open={selected.length > 0 || undefined}>
      <summary className="flex min-h-11 cursor-default list-none items-center gap-3 px-4 text-sm hover:bg-hover">
        <span className="font-medium">{label}</span>
        <span
          className={cn('min-w-0 flex-1 truncate text-right', words.length > 0 ? 'text-accent-ink' : 'text-ink-muted')}
        >
          {words.length > 0 ? words.join(', ') : 'any'}
        </span>
        <span aria-hidden className="text-ink-faint transition-transform group-open/facet:rotate-90">
          ›
        </span>
      </summary>
      <fieldset className="pb-2">
        <legend className="sr-only">{label}</legend>
        {options.length === 0 ? <p className="px-4 py-2 text-sm text-ink-muted">Nothing to choose.</p> : null}
        {options.map((option) => (
          <OptionLine
            key={option.value}
            option={option}
            isOn={selected.includes(option.value)}
            onToggle={() => toggle(option.value)}
          />
        ))}
      </fieldset>
    </details>
  )
}

function OptionLine({ option, isOn, onToggle }: { option: FacetOption; isOn: boolean; onToggle: () => void }) {
  return (
    <label className="flex min-h-10 items-center gap-3 px-4 text-sm hover:bg-hover">
      {/* One of a few can be let go of too, which a radio button cannot. */}
      <input type="checkbox" checked={isOn} onChange={onToggle} className="size-4 accent-accent" />
      <span className="inline-flex min-w-0 flex-1 items-center gap-1.5">
        {option.icon}
        <span className="truncate">{option.label}</span>
      </span>
      {option.count === undefined ? null : (
        <span className="tabular text-xs text-ink-muted">{formatNumber(option.count)}</span>
      )}
    </label>
  )
}

'use client'

import { ChevronDown, X } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { cn } from './class-names'
import type { Facet } from './facet-options'
import { Popover, PopoverContent, PopoverTrigger } from './popover'
import { Skeleton } from './skeleton'

export interface FacetMenuProps {
  facet: Facet
  onChange: (values: string[]) => void
}

const load = () => import('./facet-options').then((module) => ({ default: module.FacetOptions }))
const FacetOptions = lazy(load)
preloadWhenIdle(load)

export function FacetMenu({ facet, onChange }: FacetMenuProps) {
  const chosen = facet.options.filter((option) => facet.selected.includes(option.value))
  const isActive = facet.selected.length > 0
  const words = chosen.length > 2 ? `${chosen.length} chosen` : chosen.map((option) => option.label).join(', ')
  const toggle = (value: string) => {
    const isOn = facet.selected.includes(value)
    if (facet.isSingle) return onChange(isOn ? [] : [value])
    onChange(isOn ? facet.selected.filter((item) => item !== value) : [...facet.selected, value])
  }
  return (
    <span
      className={cn(
        'inline-flex h-7 items-center rounded-md border border-line-strong/60',
        isActive ? 'border-accent-line bg-accent-wash' : 'border-dashed',
      )}
    >
      <Popover>
        <PopoverTrigger
          className={cn(
            'inline-flex h-full items-center rounded-md pl-2 text-sm',
            isActive ? 'gap-1 pr-1' : 'gap-0.5 pr-1 text-ink-muted hover:text-ink',
          )}
        >
          {isActive ? `${facet.label}:` : facet.label}
          {isActive ? (
            <span className="max-w-44 truncate font-medium">{words || facet.selected.join(', ')}</span>
          ) : (
            <ChevronDown className="size-3.5" aria-hidden />
          )}
        </PopoverTrigger>
        <PopoverContent className="w-64 p-0" aria-label={`Filter by ${facet.label}`}>
          <Suspense fallback={<Skeleton className="m-3 h-24" />}>
            <FacetOptions facet={facet} onToggle={toggle} />
          </Suspense>
        </PopoverContent>
      </Popover>
      {isActive ? (
        <button
          type="button"
          aria-label={`Clear the filter on ${facet.label}`}
          onClick={() => onChange([])}
          className="grid h-full w-6 place-items-center rounded-md text-ink-muted hover:text-ink"
        >
          <X className="size-3.5" aria-hidden />
        </button>
      ) : null}
    </span>
  )
}

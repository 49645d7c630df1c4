'use client'

import { ListFilter, SlidersHorizontal } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { Button } from './button'
import { cn } from './class-names'
import { FacetMenu } from './facet-menu'
import type { Facet } from './facet-options'
import { Kbd } from './kbd'
import { SettledInput } from './settled-input'

/** More than these go into a sheet of their own on a narrow screen; those that are set stay in sight. */
const shownNarrow = 4
const load = () => import('./facet-sheet').then((module) => ({ default: module.FacetSheet }))
const FacetSheet = lazy(load)
preloadWhenIdle(load)

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
  const [isSheetOpen, setIsSheetOpen] = useState(false)
  const [wasSheetOpened, setWasSheetOpened] = useState(false)
  const sheetOpener = useRef<HTMLButtonElement>(null)
  if (isSheetOpen && !wasSheetOpened) setWasSheetOpened(true)
  const chosen = facets.filter((facet) => facet.selected.length > 0).length
  const isLong = facets.length > shownNarrow
  const isSet = text !== '' || chosen > 0
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
      {isLong ? (
        <Button
          ref={sheetOpener}
          className="md:hidden"
          icon={<SlidersHorizontal aria-hidden />}
          aria-haspopup="dialog"
          aria-expanded={isSheetOpen}
          onClick={() => setIsSheetOpen(true)}
        >
          Filters
          {chosen > 0 ? (
            <span className="tabular rounded-sm bg-accent px-1 text-xs text-on-accent">{chosen}</span>
          ) : null}
        </Button>
      ) : null}
      {facets.map((facet) => (
        <span key={facet.id} className={cn('contents', isLong && facet.selected.length === 0 && 'max-md:hidden')}>
          <FacetMenu facet={facet} onChange={(values) => onFacetChange?.(facet.id, values)} />
        </span>
      ))}
      {wasSheetOpened ? (
        <Suspense fallback={null}>
          <FacetSheet
            isOpen={isSheetOpen}
            onOpenChange={setIsSheetOpen}
            opener={sheetOpener}
            facets={facets}
            onFacetChange={(id, values) => onFacetChange?.(id, values)}
            onClear={isSet ? onClear : undefined}
          />
        </Suspense>
      ) : null}
      {isSet && onClear ? (
        <Button variant="ghost" onClick={onClear}>
          Clear
        </Button>
      ) : null}
      {actions ? <div className="ml-auto flex items-center gap-1">{actions}</div> : null}
    </search>
  )
}

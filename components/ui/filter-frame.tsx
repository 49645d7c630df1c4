'use client'

import { SlidersHorizontal } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { Button } from './button'
import { cn } from './class-names'
import { FacetMenu } from './facet-menu'
import type { Facet } from './facet-options'

/** More than these go into a sheet of their own on a narrow screen; those that are set stay in sight. */
const shownNarrow = 4
const load = () => import('./facet-sheet').then((module) => ({ default: module.FacetSheet }))
const FacetSheet = lazy(load)
preloadWhenIdle(load)

export interface FilterFrameProps {
  /** Names the whole: "Filter identities". */
  label: string
  /** What is set of the text. */
  text?: string
  /** The text box. */
  box: ReactNode
  facets?: Facet[]
  onFacetChange?: (id: string, values: string[]) => void
  /** Clears text and facets; shown when anything is set. */
  onClear?: () => void
  /** At the right: columns, density, export. */
  actions?: ReactNode
  className?: string
}

/** The filters of a list around a text box of any kind; `FilterBar` has the plain one. */
export function FilterFrame(props: FilterFrameProps) {
  const { label, text = '', box, facets = [] } = props
  const { onFacetChange, onClear, actions, className } = props
  const [isSheetOpen, setIsSheetOpen] = useState(false)
  const [wasSheetOpened, setWasSheetOpened] = useState(false)
  const sheetOpener = useRef<HTMLButtonElement>(null)
  if (isSheetOpen && !wasSheetOpened) setWasSheetOpened(true)
  const chosen = facets.filter((facet) => facet.selected.length > 0).length
  const isLong = facets.length > shownNarrow
  const isSet = text !== '' || chosen > 0
  return (
    <search
      aria-label={label}
      className={cn('flex flex-wrap items-center gap-x-1.5 gap-y-2 border-b px-4 py-2 md:px-6', className)}
    >
      {box}
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

'use client'

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatCount } from '@/lib/platform/browser/format'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { Button } from '../ui/button'

export interface SelectionBarProps {
  count: number
  /** In place of the count, when more has to be said of what is chosen. */
  words?: ReactNode
  noun: [singular: string, plural: string]
  onClear: () => void
  /** The actions on the selection. */
  children: ReactNode
}

/** Floats over the foot of the list, so that nothing moves when a selection begins. Put it after the table. */
export function SelectionBar({ count, words, noun, onClear, children }: SelectionBarProps) {
  useShortcut({ keys: 'Escape', label: 'Clear the selection', group: 'This list' }, onClear, count > 0)
  return (
    <div
      className="pointer-events-none sticky bottom-3 z-30 -mt-12 flex h-12 items-end justify-center px-2 sm:px-4"
      aria-live="polite"
    >
      {count > 0 ? (
        <div
          role="toolbar"
          aria-label="Selection"
          className="pointer-events-auto flex max-w-full flex-wrap items-center gap-x-2 gap-y-1 rounded-lg bg-raised py-1.5 pr-2 pl-3 shadow-float"
        >
          <span className="tabular min-w-0 text-sm font-medium">
            {words ?? `${formatCount(count, ...noun)} selected`}
          </span>
          <Button variant="ghost" size="sm" icon={<X aria-hidden />} onClick={onClear}>
            Clear
          </Button>
          <span className="h-4 w-px shrink-0 bg-line" aria-hidden />
          {children}
        </div>
      ) : null}
    </div>
  )
}

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

/** The bar in a `SelectionPlace`. */
export function SelectionBar({ count, words, noun, onClear, children }: SelectionBarProps) {
  useShortcut({ keys: 'Escape', label: 'Clear the selection', group: 'This list' }, onClear, count > 0)
  if (count === 0) return null
  return (
    <div
      role="toolbar"
      aria-label="Selection"
      className="pointer-events-auto flex max-w-full flex-wrap items-center gap-x-2 gap-y-1 rounded-lg bg-raised py-1.5 pr-2 pl-3 shadow-float"
    >
      <span className="tabular min-w-0 text-sm font-medium">{words ?? `${formatCount(count, ...noun)} selected`}</span>
      <Button variant="ghost" size="sm" icon={<X aria-hidden />} onClick={onClear}>
        Clear
      </Button>
      <span className="h-4 w-px shrink-0 bg-line" aria-hidden />
      {children}
    </div>
  )
}

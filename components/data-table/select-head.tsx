'use client'

import { ChevronDown } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { Checkbox } from '../ui/checkbox'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu'
import type { SeenRows } from './use-row-window'

interface SelectHeadProps {
  seen: SeenRows
  noun: [singular: string, plural: string]
  /** How many are chosen, and whether they are all that match. */
  chosen: number
  isEverything: boolean
  /** "1,204 identities that match"; absent where all of a list cannot be chosen. */
  everything: { count: number; isExact: boolean; onSelect: () => void } | undefined
  onSelectRows: (first: number, end: number) => void
  onClear: () => void
}

/** Over the checkboxes: the rows in view at a press, and a menu with every choice in words. */
export function SelectHead({ seen, noun, chosen, isEverything, everything, onSelectRows, onClear }: SelectHeadProps) {
  const { first, end } = useSyncExternalStore(seen.subscribe, seen.get, seen.get)
  const selectSeen = () => onSelectRows(first, end)
  const count = end - first
  return (
    <span className="flex items-center">
      <Checkbox
        label={chosen > 0 ? 'Clear the selection' : `Select the ${count} rows in view`}
        checked={isEverything ? true : chosen > 0 ? 'indeterminate' : false}
        onCheckedChange={chosen > 0 ? onClear : selectSeen}
      />
      <DropdownMenu>
        <DropdownMenuTrigger
          aria-label="What to select"
          className="grid h-6 w-4 place-items-center rounded-sm hover:text-ink aria-expanded:text-ink"
        >
          <ChevronDown className="size-3" aria-hidden />
        </DropdownMenuTrigger>
        <DropdownMenuContent align="start">
          <DropdownMenuItem onSelect={selectSeen}>The {count} rows in view</DropdownMenuItem>
          {everything ? (
            <DropdownMenuItem disabled={everything.count === 0} onSelect={everything.onSelect}>
              {everythingWords(everything, noun)}
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuSeparator />
          <DropdownMenuItem disabled={chosen === 0} onSelect={onClear}>
            None
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
    </span>
  )
}

export function everythingWords(
  { count, isExact }: { count: number; isExact: boolean },
  noun: [string, string],
): string {
  if (!isExact) return `All ${noun[1]} that match, more than ${formatNumber(count)}`
  return count === 1 ? `The one ${noun[0]} that matches` : `All ${formatCount(count, ...noun)} that match`
}

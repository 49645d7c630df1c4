'use client'

import { SlidersHorizontal } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { IconButton } from '../ui/icon-button'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'
import { Skeleton } from '../ui/skeleton'
import type { ColumnPanelProps } from './column-panel'

const ColumnPanel = lazy(() => import('./column-panel').then((module) => ({ default: module.ColumnPanel })))

/** Which columns a list has, in which order, which are pinned, and how high the rows are. */
export function ColumnChooser(props: ColumnPanelProps) {
  return (
    <Popover>
      <PopoverTrigger asChild>
        <IconButton label="Columns and density">
          <SlidersHorizontal aria-hidden />
        </IconButton>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-80 p-0" aria-label="Columns and density">
        <Suspense fallback={<Skeleton className="m-3 h-72" />}>
          <ColumnPanel {...props} />
        </Suspense>
      </PopoverContent>
    </Popover>
  )
}

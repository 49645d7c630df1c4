'use client'

import { Download } from 'lucide-react'
import { lazy } from 'react'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import type { ExportMenuProps } from './export-choices'

const load = () => import('./export-choices').then((module) => ({ default: module.ExportChoices }))
/** The menu waits for it before it opens. */
const Choices = lazy(load)
preloadWhenIdle(load)

/** Downloads what is on the screen: the list with its filters, order and columns, as CSV, JSON or NDJSON. */
export function ExportMenu(props: ExportMenuProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" icon={<Download aria-hidden />} disabled={props.total === 0}>
          Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-64">
        <Choices {...props} />
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

'use client'

import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import type { ExportReachedQuery } from '@/lib/access-graph/filters'
import { exportReachedHref } from '@/lib/access-graph/queries'
import { formatCount } from '@/lib/platform/browser/format'
import type { ReachedFilter } from './blast-address'

const formats: { label: string; detail: string; format: ExportReachedQuery['format']; bom?: 'yes' }[] = [
  { label: 'CSV', detail: 'with each way in words', format: 'csv' },
  { label: 'CSV for Excel', detail: 'with a mark for UTF-8', format: 'csv', bom: 'yes' },
  { label: 'JSON', detail: 'with each way step by step', format: 'json' },
  { label: 'OpenGraph', detail: 'nodes and edges', format: 'opengraph' },
]

interface ReachedExportProps {
  identityId: string
  filter: ReachedFilter
  /** How many rows match; undefined while not known. */
  total: number | undefined
}

/** Downloads what the table shows, with its filter and order. */
export function ReachedExport({ identityId, filter, total }: ReachedExportProps) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" icon={<Download aria-hidden />} disabled={total === 0}>
          Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-64">
        <DropdownMenuLabel>
          Export {total === undefined ? 'what is reached' : formatCount(total, 'reached resource')}
        </DropdownMenuLabel>
        {formats.map(({ label, detail, format, bom }) => (
          <DropdownMenuItem key={label} asChild>
            {/* The browser writes the stream to its file; nothing of it is held in the page. */}
            <a href={exportReachedHref(identityId, { ...filter, format, bom })} download>
              <span className="flex-1">{label}</span>
              <span className="text-xs text-ink-muted">{detail}</span>
            </a>
          </DropdownMenuItem>
        ))}
        <p className="max-w-72 px-2 pt-1 pb-1.5 text-xs text-ink-muted">
          As the table shows it: filter and order, and only what you may see. The audit trail says that you took it.
        </p>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

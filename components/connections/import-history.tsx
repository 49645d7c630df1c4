'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Section } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState, FailedState } from '@/components/ui/state-block'
import { importListQuery } from '@/lib/connections/queries'
import type { ImportList, ImportRun } from '@/lib/connections/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { ApiError } from '@/lib/platform/browser/api'
import { formatNumber } from '@/lib/platform/browser/format'
import { badgeOf, summarise } from './words'

const columns: DataColumn<ImportRun>[] = [
  {
    id: 'files',
    header: 'Files',
    width: 280,
    isGrowing: true,
    isRowLink: true,
    cell: (run) => <FileNames names={[...new Set(run.fileNames)]} />,
  },
  {
    id: 'status',
    header: 'State',
    width: 190,
    cell: (run) => <StateBadge {...badgeOf(run)} className="min-w-0 truncate" />,
  },
  { id: 'changes', header: 'Records', width: 220, cell: (run) => summarise(run.changes) },
  {
    id: 'identities',
    header: 'Identities',
    width: 96,
    align: 'end',
    cell: (run) => formatNumber(run.counts.identities),
  },
  {
    id: 'credentials',
    header: 'Credentials',
    width: 104,
    align: 'end',
    cell: (run) => formatNumber(run.counts.credentials),
  },
  { id: 'by', header: 'By', width: 180, cell: (run) => <span className="truncate">{run.createdBy}</span> },
  { id: 'at', header: 'Uploaded', width: 140, cell: (run) => <RelativeTime at={run.createdAt} /> },
]

function FileNames({ names }: { names: string[] }) {
  const [first = 'no file', ...others] = names
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate max-sm:hidden">
        <MiddleTruncate value={first} keepEnd={16} />
      </span>
      <span className="line-clamp-2 min-w-0 font-mono text-xs leading-4 break-words sm:hidden" title={names.join('\n')}>
        {first}
      </span>
      {others.length > 0 ? (
        <span className="shrink-0 text-ink-muted" title={names.join('\n')}>
          <span className="max-sm:hidden">and {others.length} more</span>
          <span className="sm:hidden">+{others.length}</span>
        </span>
      ) : null}
    </span>
  )
}

/** Every import of the organization, newest first. */
export function ImportHistory({ orgId, initial }: { orgId: string; initial: ActionResult<ImportList> }) {
  const [cursors, setCursors] = useState<string[]>([])
  const cursor = cursors.at(-1) ?? null
  const { data, error, isFetching, isPending, refetch } = useQuery({
    ...importListQuery(orgId, cursor),
    ...(cursor === null && initial.ok ? { initialData: initial.data } : {}),
  })
  const next = data?.nextCursor
  return (
    <Section title="History">
      <DataTable
        label="Imports"
        columns={columns}
        rows={data?.items ?? noRuns}
        rowId={(run) => run.id}
        rowName={(run) => run.fileNames.join(', ')}
        rowHref={(run) => `/import/${run.id}`}
        isLoading={isPending || (isFetching && !data)}
        skeletonRows={6}
        empty={
          error ? (
            <FailedState
              title="The history could not be read"
              requestId={error instanceof ApiError ? error.requestId : undefined}
              actions={<Button onClick={() => refetch()}>Try again</Button>}
            >
              {error.message}
            </FailedState>
          ) : (
            <EmptyState title="Nothing has been imported yet">
              Drop an export above: you will see what it holds before anything changes.
            </EmptyState>
          )
        }
      />
      {cursors.length > 0 || next ? (
        <Pagination
          shown={data?.items.length ?? 0}
          noun={['import', 'imports']}
          onPrevious={cursors.length > 0 ? () => setCursors(cursors.slice(0, -1)) : undefined}
          onNext={next ? () => setCursors([...cursors, next]) : undefined}
          isPending={isFetching}
        />
      ) : null}
    </Section>
  )
}

const noRuns: ImportRun[] = []

'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState, FailedState } from '@/components/ui/state-block'
import type { SyncRun } from '@/lib/connections/live'
import { isUnderWay, syncsQuery } from '@/lib/connections/queries'
import { formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import { skippedByReason } from './skipped'
import { SyncDetails } from './sync-details'
import { readsWords, syncBadge, tookWords } from './sync-words'
import { summarise } from './words'

/** The last syncs of a connection. */
export function SyncHistory({ orgId, id, lastRun }: { orgId: string; id: string; lastRun: SyncRun | null }) {
  const [openId, setOpenId] = useState<string>()
  const columns = useMemo(() => columnsOf(setOpenId), [])
  const { data, error, refetch } = useQuery({
    ...syncsQuery(orgId, id, `${lastRun?.id} ${lastRun?.status}`),
    placeholderData: keepPreviousData,
  })
  return (
    <Section title="Syncs">
      <DataTable
        label="Syncs"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={data?.items ?? none}
        rowId={(run) => run.id}
        rowName={(run) => `the sync of ${formatDateTime(run.createdAt)}`}
        onRowOpen={(run) => setOpenId(run.id)}
        openRowId={openId}
        isLoading={data === undefined && !error}
        skeletonRows={3}
        empty={
          error ? (
            <FailedState
              title="The syncs could not be read"
              actions={<Button onClick={() => refetch()}>Try again</Button>}
            >
              {error.message}
            </FailedState>
          ) : (
            <EmptyState title="No sync yet">The first one brings in what the connection may see.</EmptyState>
          )
        }
      />
      <SyncDetails run={data?.items.find(({ id: runId }) => runId === openId)} onClose={() => setOpenId(undefined)} />
    </Section>
  )
}

const none: SyncRun[] = []

const wasRead = ({ status }: SyncRun) => status === 'applied' || status === 'previewed'

/** How many the source has: all that were read, or what is known after reading what changed. */
function identitiesAfter({ reads, counts, changes: { identity } }: SyncRun): number {
  return reads === 'changes' && identity ? identity.new + identity.changed + identity.unchanged : counts.identities
}

/** Opens the sync's details, by pointer or keyboard. */
function Asked({ run, onOpen }: { run: SyncRun; onOpen: (id: string) => void }) {
  return (
    <Button
      variant="link"
      aria-label={`Details of the sync of ${formatDateTime(run.createdAt)}`}
      onClick={(event) => {
        event.stopPropagation()
        onOpen(run.id)
      }}
    >
      <RelativeTime at={run.createdAt} />
    </Button>
  )
}

const columnsOf = (onOpen: (id: string) => void): DataColumn<SyncRun>[] => [
  { id: 'at', header: 'Asked for', width: 150, isPinned: true, cell: (run) => <Asked run={run} onOpen={onOpen} /> },
  { id: 'state', header: 'State', width: 150, cell: (run) => <StateBadge {...syncBadge(run)} /> },
  { id: 'took', header: 'Took', width: 90, align: 'end', cell: tookWords },
  {
    id: 'reads',
    header: 'Read',
    width: 250,
    cell: (run) => (
      <span className="block truncate" title={run.readsBecause ?? undefined}>
        {readsWords(run)}
        {run.reads === 'all' ? <span className="text-ink-muted">{` · ${run.readsBecause}`}</span> : null}
      </span>
    ),
  },
  {
    id: 'identities',
    header: 'Identities',
    width: 96,
    align: 'end',
    cell: (run) => (wasRead(run) ? formatNumber(identitiesAfter(run)) : '–'),
  },
  {
    id: 'changes',
    header: 'What it changed',
    width: 190,
    cell: (run) => (isUnderWay(run.status) ? '–' : wasRead(run) ? summarise(run.changes) : 'nothing changed'),
  },
  {
    id: 'left',
    header: 'Left out',
    width: 200,
    isGrowing: true,
    cell: (run) => <span className="block truncate text-ink-muted">{isUnderWay(run.status) ? '–' : leftOut(run)}</span>,
  },
  { id: 'by', header: 'By', width: 130, cell: (run) => <span className="truncate">{run.startedBy}</span> },
]

function leftOut({ error, skipped, refusedCount }: SyncRun): string {
  const parts = [
    ...(error ? [error] : []),
    ...skippedByReason(skipped).map(({ scopes }) => scopes),
    ...(refusedCount > 0 ? [`${formatNumber(refusedCount)} entries were not understood`] : []),
  ]
  return parts.join('; ') || 'nothing'
}

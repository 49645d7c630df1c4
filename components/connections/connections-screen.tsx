'use client'

import { Plug } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import type { Connection, ConnectionList } from '@/lib/connections/live'
import { connectionsQuery } from '@/lib/connections/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { intervalWords, syncBadge } from './sync-words'
import { summarise } from './words'

/** The connections to running systems: how fresh each is, what its last sync did, and when the next one comes. */
export function ConnectionsScreen({
  orgId,
  connections: first,
}: {
  orgId: string
  connections: ActionResult<ConnectionList>
}) {
  const { data, error, retry } = useLoaded(connectionsQuery(orgId), first)
  const add = data?.can.create ? (
    <Button asChild variant="primary">
      <Link href="/connections/new">
        <Plug aria-hidden />
        Add connection
      </Link>
    </Button>
  ) : null
  const rows = data?.items ?? []
  return (
    <>
      <PageHeader title="Connections" actions={rows.length > 0 ? add : null}>
        Running systems that Bailiwick reads by itself. Files go on the import page.
      </PageHeader>
      {error ? (
        <Refusal what="connections" error={error} onRetry={retry} />
      ) : (
        <Section title="All connections" detail={data ? formatCount(rows.length, 'connection') : undefined}>
          <DataTable
            label="Connections"
            className="-mx-4 md:-mx-6"
            columns={columns}
            rows={rows}
            rowId={(row) => row.id}
            rowName={(row) => row.name}
            rowHref={(row) => `/connections/${row.id}`}
            isLoading={data === undefined}
            skeletonRows={3}
            empty={
              <EmptyState title="Nothing is connected yet" actions={add}>
                A connection signs in to a system with the least rights that suffice, and keeps the inventory fresh.
              </EmptyState>
            }
          />
        </Section>
      )}
    </>
  )
}

const columns: DataColumn<Connection>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 240,
    isGrowing: true,
    isRowLink: true,
    isPinned: true,
    cell: ({ name }) => <span className="truncate font-medium">{name}</span>,
  },
  {
    id: 'system',
    header: 'System',
    width: 170,
    cell: ({ connector, systemTitle }) => <SystemTag system={connector} label={systemTitle} />,
  },
  { id: 'state', header: 'Last sync', width: 170, cell: (row) => <LastSync connection={row} /> },
  {
    id: 'changes',
    header: 'What it changed',
    width: 200,
    cell: ({ lastRun }) => (lastRun?.status === 'applied' ? summarise(lastRun.changes) : <Muted>nothing</Muted>),
  },
  {
    id: 'owner',
    header: 'Owner',
    width: 150,
    cell: ({ owner }) => <span className="truncate">{owner?.label ?? <Muted>nobody yet</Muted>}</span>,
  },
  { id: 'asOf', header: 'As of', width: 130, cell: ({ asOf }) => <RelativeTime at={asOf} never="never read" /> },
  { id: 'next', header: 'Next sync', width: 150, cell: (row) => <NextSync connection={row} /> },
]

function Muted({ children }: { children: string }) {
  return <span className="text-ink-muted">{children}</span>
}

function LastSync({ connection: { lastRun } }: { connection: Connection }) {
  if (!lastRun) return <Muted>none yet</Muted>
  return <StateBadge {...syncBadge(lastRun)} className="min-w-0 truncate" />
}

function NextSync({ connection: { status, nextSyncAt, intervalMinutes } }: { connection: Connection }) {
  if (status === 'paused') return <Muted>paused</Muted>
  if (nextSyncAt === null) return <Muted>{intervalWords(intervalMinutes)}</Muted>
  return <RelativeTime at={nextSyncAt} isAhead />
}

'use client'

import type { Directory } from '@/lib/decisions/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Badge } from '../ui/badge'
import { Section } from '../ui/page-header'
import { EmptyState } from '../ui/state-block'

type Source = Directory['sources'][number]

const kinds: Record<Source['kind'], string> = { http: 'Service', sql: 'Database', ticket: 'Ticket system' }

const columns: DataColumn<Source>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 160,
    isPinned: true,
    cell: ({ name }) => <span className="block truncate font-medium">{name}</span>,
  },
  { id: 'kind', header: 'Kind', width: 120, cell: ({ kind }) => kinds[kind] },
  {
    id: 'place',
    header: 'Where',
    width: 260,
    isGrowing: true,
    cell: (source) => (
      <span className="block truncate font-mono text-xs">
        {source.kind === 'sql' ? `${source.user}@${source.host}:${source.port}/${source.database}` : source.url}
      </span>
    ),
  },
  {
    id: 'about',
    header: 'Knows of',
    width: 220,
    isGrowing: true,
    cell: (source) => (
      <span className="block truncate">
        {source.kind === 'ticket'
          ? source.tellsOnCall
            ? 'tickets, and who is on call'
            : 'tickets'
          : source.types.join(', ')}
      </span>
    ),
  },
  {
    id: 'times',
    header: 'Waits, keeps',
    width: 140,
    cell: ({ timeoutMs, freshSeconds }) => (
      <span className="tabular">
        {timeoutMs} ms, {freshSeconds} s
      </span>
    ),
  },
  {
    id: 'absent',
    header: 'Its silence means',
    width: 140,
    cell: ({ whenAbsent }) =>
      whenAbsent === 'deny' ? <Badge tone="notice">no</Badge> : <span className="text-ink-muted">unknown</span>,
  },
  {
    id: 'secret',
    header: 'Secret',
    width: 90,
    cell: ({ hasSecret }) => (hasSecret ? 'stored' : <span className="text-ink-muted">none</span>),
  },
]

/** What is asked beside the inventory before a policy runs; told of by programs. */
export function SourcesSection({ first }: { first: ActionResult<Directory> }) {
  // Who may not see it sees the refusal of the whole page already.
  if (!first.ok) return null
  const { sources } = first.data
  return (
    <Section title="Context sources" detail={formatCount(sources.length, 'source')}>
      <DataTable
        label="Context sources"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={sources}
        rowId={({ name }) => name}
        rowName={({ name }) => name}
        empty={
          <EmptyState title="Only the inventory is asked">
            Services, databases and ticket systems can be asked too, before a policy runs: tell of them by REST,{' '}
            <code className="font-mono text-xs">PUT /api/v1/decision-directory</code>.
          </EmptyState>
        }
      />
    </Section>
  )
}

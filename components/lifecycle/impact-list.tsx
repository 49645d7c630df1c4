'use client'

import { useMemo } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import type { ImpactTarget } from '@/lib/lifecycle/schema'

const idOf = ({ identityId, credentialId }: Pick<ImpactTarget, 'identityId' | 'credentialId'>) =>
  `${identityId} ${credentialId ?? ''}`

/** The exact list of what an order is about; what is refused stands first. */
export function ImpactList({ targets }: { targets: ImpactTarget[] }) {
  const rows = useMemo(() => [...targets].sort((a, b) => b.problems.length - a.problems.length), [targets])
  return (
    <div className="flex max-h-80 overflow-hidden rounded-md border">
      <DataTable
        label="Exact list"
        columns={columns}
        rows={rows}
        rowId={idOf}
        rowName={({ name }) => name}
        density="compact"
        hasShortcuts={false}
        empty={<EmptyState title="Nothing is left on the list">Choose something to revoke.</EmptyState>}
      />
    </div>
  )
}

const columns: DataColumn<ImpactTarget>[] = [
  {
    id: 'name',
    header: 'What',
    width: 200,
    isGrowing: true,
    cell: ({ name, credentialName }) => (
      <span className="truncate" title={credentialName ? `${credentialName} of ${name}` : name}>
        <span className="font-medium">{name}</span>
        {credentialName ? <span className="text-ink-muted"> {credentialName}</span> : null}
      </span>
    ),
  },
  {
    id: 'problem',
    header: 'Can it be done',
    width: 260,
    cell: ({ problems }) =>
      problems[0] ? (
        <span className="truncate text-danger-ink" title={problems.map(({ says }) => says).join('\n')}>
          No: {problems[0].says}
        </span>
      ) : (
        'yes'
      ),
  },
  {
    id: 'system',
    header: 'Source',
    width: 150,
    cell: ({ system, connectionName, systemTitle }) => (
      <SystemTag system={system} label={connectionName ?? systemTitle} />
    ),
  },
  { id: 'owner', header: 'Answers for it', width: 130, cell: ({ owner }) => owner ?? 'nobody' },
  {
    id: 'used',
    header: 'Last used',
    width: 110,
    cell: ({ lastUsedAt, neverUsed }) => <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} />,
  },
  {
    id: 'sessions',
    header: 'Sessions',
    width: 84,
    align: 'end',
    cell: ({ sessions }) => (sessions ? String(sessions.count) : 'unknown'),
  },
  {
    id: 'score',
    header: 'Blast radius',
    width: 100,
    align: 'end',
    cell: ({ score }) => (score === null ? 'unknown' : score.toFixed(1)),
  },
]

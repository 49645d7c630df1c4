import { Siren } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { cn } from '@/components/ui/class-names'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { toneInk } from '@/components/ui/tone'
import type { RunSummary } from '@/lib/lifecycle/schema'
import { kindLabels, stateLabels, stopwatchWords, toneOf } from './run-words'
import { VerdictMark } from './verdict-mark'

export const runColumns: DataColumn<RunSummary>[] = [
  {
    id: 'what',
    header: 'Run',
    width: 240,
    isRowLink: true,
    isPinned: true,
    cell: ({ identity, credential, kind, isEmergency }) => (
      <span
        className="flex min-w-0 items-center gap-1.5"
        title={credential ? `${credential.name} of ${identity.name}` : identity.name}
      >
        {isEmergency ? <Siren className="size-3.5 shrink-0 text-warning-ink" aria-label="Emergency" /> : null}
        <span className="shrink-0 text-ink-muted">{kindLabels[kind]} of</span>
        <span className="truncate font-medium">{identity.name}</span>
      </span>
    ),
  },
  {
    id: 'headline',
    header: 'What has been shown',
    width: 210,
    isGrowing: true,
    cell: ({ headline, tone }) => (
      <span className={cn('truncate', toneInk[toneOf[tone]])} title={headline}>
        {headline}
      </span>
    ),
  },
  {
    id: 'effect',
    header: 'Proof',
    width: 180,
    cell: (run) => <VerdictMark verdict={{ of: 'run', effect: run.effect }} />,
  },
  { id: 'state', header: 'State', width: 116, cell: ({ state }) => stateLabels[state] },
  {
    id: 'proved',
    header: 'Proved after',
    width: 100,
    align: 'end',
    cell: ({ verifiedSeconds }) =>
      verifiedSeconds === null ? <span className="text-ink-muted">–</span> : stopwatchWords(verifiedSeconds),
  },
  {
    id: 'source',
    header: 'Source',
    width: 126,
    cell: ({ system, connection }) => <SystemTag system={system} label={connection.name} />,
  },
  {
    id: 'by',
    header: 'Asked for by',
    width: 128,
    cell: ({ requestedBy }) => <span className="truncate">{requestedBy}</span>,
  },
  { id: 'at', header: 'When', width: 104, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
]

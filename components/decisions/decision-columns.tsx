import { Check, Search, X } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { Badge } from '@/components/ui/badge'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Since } from '@/lib/decisions/filters'
import type { LoggedDecision } from '@/lib/decisions/schema'

export const sinceLabels: Record<Since, string> = {
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
}

/** A reason in readers' words: `subject_revoked` → `subject revoked`. */
export const reasonWords = (reason: string) => reason.replaceAll('_', ' ')

/** Yes or no, by icon, word and colour; a search is neither. */
export function Outcome({ decision }: { decision: Pick<LoggedDecision, 'isAllowed' | 'found'> }) {
  if (decision.found !== null) return <Badge icon={<Search aria-hidden />}>{decision.found} found</Badge>
  return decision.isAllowed ? (
    <Badge tone="good" icon={<Check aria-hidden />}>
      Allowed
    </Badge>
  ) : (
    <Badge tone="danger" icon={<X aria-hidden />}>
      Denied
    </Badge>
  )
}

function Thing({ type, id }: { type: string; id: string | null }) {
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <span className="shrink-0 text-ink-muted">{type.replaceAll('_', ' ')}</span>
      {id === null ? null : <MiddleTruncate value={id} />}
    </span>
  )
}

export const decisionColumns: DataColumn<LoggedDecision>[] = [
  { id: 'at', header: 'When', width: 210, cell: (decision) => <RelativeTime at={decision.at} hasTime /> },
  { id: 'outcome', header: 'Answer', width: 110, isRowLink: true, cell: (decision) => <Outcome decision={decision} /> },
  {
    id: 'subject',
    header: 'Who',
    width: 260,
    isGrowing: true,
    cell: ({ subject }) => <Thing type={subject.type} id={subject.id} />,
  },
  {
    id: 'action',
    header: 'Action',
    width: 140,
    cell: ({ action }) => <span className="truncate font-mono text-xs">{action ?? 'any'}</span>,
  },
  {
    id: 'resource',
    header: 'On what',
    width: 260,
    isGrowing: true,
    cell: ({ resource }) => (resource ? <Thing type={resource.type} id={resource.id} /> : null),
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 180,
    cell: ({ reason }) => <span className="truncate">{reasonWords(reason)}</span>,
  },
  {
    id: 'latency',
    header: 'Took',
    width: 80,
    align: 'end',
    cell: ({ latencyMs }) => <span className="tabular text-ink-muted">{latencyMs.toFixed(1)} ms</span>,
  },
]

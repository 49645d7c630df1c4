import type { DataColumn } from '@/components/data-table/data-column'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Use } from '@/lib/break-glass/schema'
import { stateLabels, stateTones, verdictLabels, verdictTones } from './break-glass-words'

/** How a use stands, in one word or two. */
export function UseBadge({ use: { state, isOverdue, verdict } }: { use: Use }) {
  if (verdict) return <Badge tone={verdictTones[verdict]}>{verdictLabels[verdict]}</Badge>
  if (isOverdue) return <Badge tone="danger">Review overdue</Badge>
  return <Badge tone={stateTones[state]}>{stateLabels[state]}</Badge>
}

export const breakGlassColumns: DataColumn<Use>[] = [
  {
    id: 'what',
    header: 'Access',
    width: 260,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: ({ what, subject, isDrill }) => (
      <span className="truncate font-medium" title={`${what} for ${subject}`}>
        {isDrill ? 'Drill: ' : ''}
        {what} for {subject}
      </span>
    ),
  },
  { id: 'state', header: 'State', width: 190, cell: (use) => <UseBadge use={use} /> },
  {
    id: 'invoker',
    header: 'By',
    width: 150,
    cell: ({ invoker }) => (
      <span className="truncate" title={invoker.name}>
        {invoker.name}
      </span>
    ),
  },
  { id: 'invoked', header: 'Begun', width: 130, cell: ({ invokedAt }) => <RelativeTime at={invokedAt} /> },
  { id: 'seen', header: 'Seen by', width: 150, cell: ({ seenBy }) => seenBy ?? 'nobody yet' },
  {
    id: 'review',
    header: 'Review due',
    width: 130,
    cell: ({ reviewDueAt, reviewedAt }) =>
      reviewedAt ? 'done' : <RelativeTime at={reviewDueAt} never="after its end" isAhead />,
  },
  {
    id: 'secrets',
    header: 'To make anew',
    width: 120,
    align: 'end',
    cell: ({ secretsDue }) => secretsDue,
  },
]

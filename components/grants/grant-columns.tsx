import { Hourglass, TriangleAlert } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Grant } from '@/lib/grants/schema'
import { GrantClock } from './grant-clock'
import { durationWords, scoreWords, stateLabels, tierLabels, timesWords } from './grant-words'

export const grantTitle = ({ subject, rights }: Pick<Grant, 'subject' | 'rights'>): string => {
  const [first] = rights
  const more = rights.length > 1 ? ` and ${rights.length - 1} more` : ''
  return `${first?.name ?? 'Access'}${more} for ${subject.name}`
}

export const grantColumns: DataColumn<Grant>[] = [
  {
    id: 'what',
    header: 'Access',
    width: 220,
    isRowLink: true,
    isPinned: true,
    cell: (grant) => <span className="truncate font-medium">{grantTitle(grant)}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: 166,
    cell: ({ state, overrunSeconds }) => (
      <span className="inline-flex items-center gap-1.5">
        {overrunSeconds > 0 ? (
          <TriangleAlert className="size-3.5 text-danger-ink" aria-label="It outlived its end" />
        ) : state === 'requested' ? (
          <Hourglass className="size-3.5 text-warning-ink" aria-hidden />
        ) : null}
        {stateLabels[state]}
      </span>
    ),
  },
  { id: 'left', header: 'Time left', width: 104, cell: (grant) => <GrantClock grant={grant} /> },
  {
    id: 'length',
    header: 'Asked for',
    width: 130,
    cell: ({ seconds, uses }) =>
      uses === null ? durationWords(seconds) : `${timesWords(uses)}, ${durationWords(seconds)}`,
  },
  { id: 'tier', header: 'Weight', width: 80, cell: ({ tier }) => tierLabels[tier] },
  {
    id: 'blast',
    header: 'Blast radius',
    width: 106,
    cell: ({ impact, mode }) => (mode === 'console' ? 'a role here' : scoreWords(impact)),
  },
  {
    id: 'task',
    header: 'Task',
    width: 150,
    isGrowing: true,
    cell: ({ task }) => (
      <span className="truncate" title={task}>
        {task}
      </span>
    ),
  },
  {
    id: 'by',
    header: 'Asked for by',
    width: 120,
    cell: ({ requester }) => <span className="truncate">{requester.name}</span>,
  },
  { id: 'at', header: 'When', width: 98, cell: ({ requestedAt }) => <RelativeTime at={requestedAt} /> },
]

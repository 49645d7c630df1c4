import type { SignalStream } from '@/lib/signals/schema'
import type { DataColumn } from '../data-table/data-column'
import { Badge } from '../ui/badge'
import { RelativeTime } from '../ui/relative-time'
import { shortType } from './event-words'
import { StreamMenu } from './stream-menu'

const states = {
  enabled: { label: 'On', tone: 'good' },
  paused: { label: 'Paused', tone: 'notice' },
  disabled: { label: 'Off', tone: 'quiet' },
} as const

export function streamColumns({
  orgId,
  canUpdate,
  onChoose,
}: {
  orgId: string
  canUpdate: boolean
  onChoose: (what: 'edit' | 'undelivered', id: string) => void
}): DataColumn<SignalStream>[] {
  return [
    {
      id: 'description',
      header: 'Receiver',
      width: 170,
      isPinned: true,
      cell: ({ description }) => <span className="block truncate font-medium">{description}</span>,
    },
    {
      id: 'status',
      header: 'State',
      width: 84,
      cell: ({ status, reason }) => (
        <span title={reason ?? undefined}>
          <Badge tone={states[status].tone}>{states[status].label}</Badge>
        </span>
      ),
    },
    {
      id: 'address',
      header: 'Address',
      width: 220,
      isGrowing: true,
      cell: ({ delivery }) => <span className="block truncate font-mono text-xs">{delivery.endpoint_url}</span>,
    },
    {
      id: 'events',
      header: 'Events',
      width: 170,
      isGrowing: true,
      cell: ({ events_requested, events_supported }) => (
        <span className="block truncate">
          {events_requested.length === events_supported.length ? 'all' : events_requested.map(shortType).join(', ')}
        </span>
      ),
    },
    {
      id: 'waiting',
      header: 'Waiting',
      width: 170,
      cell: ({ waiting, problem }) => (
        <span className="block truncate" title={waiting > 0 ? (problem ?? undefined) : undefined}>
          <span className="tabular">{waiting}</span>
          {waiting > 0 && problem ? <span className="text-ink-muted"> · {problem}</span> : null}
        </span>
      ),
    },
    {
      id: 'undelivered',
      header: 'Not delivered',
      width: 116,
      cell: ({ stream_id, undelivered }) =>
        undelivered === 0 ? (
          <span className="tabular">0</span>
        ) : (
          <button
            type="button"
            className="tabular text-danger underline underline-offset-2"
            onClick={() => onChoose('undelivered', stream_id)}
          >
            {undelivered}
          </button>
        ),
    },
    {
      id: 'delivered',
      header: 'Last delivered',
      width: 124,
      cell: ({ delivered_at }) => <RelativeTime at={delivered_at} never="never" />,
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 88,
      align: 'end',
      cell: (stream) => (canUpdate ? <StreamMenu orgId={orgId} stream={stream} onChoose={onChoose} /> : null),
    },
  ]
}

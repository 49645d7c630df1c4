import { Hourglass, Siren } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { cn } from '@/components/ui/class-names'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Order } from '@/lib/lifecycle/schema'
import { countWords, kindLabels, orderStateLabels, targetWords } from './run-words'

/** What an order is about: its one target by name, or how many. */
export function orderTitle({ kind, targets, targetCount }: Pick<Order, 'kind' | 'targets' | 'targetCount'>): string {
  const [only] = targets
  if (targetCount === 1 && only) return `${kindLabels[kind]} of ${only.name}`
  return `${kindLabels[kind]} of ${targetCount <= targets.length ? targetWords(targets) : `${targetCount} at once`}`
}

export const orderColumns: DataColumn<Order>[] = [
  {
    id: 'what',
    header: 'Order',
    width: 270,
    isRowLink: true,
    isPinned: true,
    cell: (order) => (
      <span className="flex min-w-0 items-center gap-1.5">
        {order.isEmergency ? <Siren className="size-3.5 shrink-0 text-warning-ink" aria-label="Emergency" /> : null}
        <span className="truncate font-medium">{orderTitle(order)}</span>
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: 200,
    cell: ({ state }) => (
      <span className={cn('inline-flex items-center gap-1.5', state === 'waiting' && 'text-warning-ink')}>
        {state === 'waiting' ? <Hourglass className="size-3.5" aria-hidden /> : null}
        {orderStateLabels[state]}
      </span>
    ),
  },
  {
    id: 'runs',
    header: 'Runs',
    width: 220,
    cell: ({ counts }) => countWords(counts) || <span className="text-ink-muted">none yet</span>,
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 240,
    isGrowing: true,
    cell: ({ reason }) => (
      <span className="truncate" title={reason}>
        {reason}
      </span>
    ),
  },
  {
    id: 'by',
    header: 'Asked for by',
    width: 150,
    cell: ({ requestedBy }) => <span className="truncate">{requestedBy}</span>,
  },
  { id: 'at', header: 'When', width: 120, cell: ({ requestedAt }) => <RelativeTime at={requestedAt} /> },
]

import type { DataColumn } from '@/components/data-table/data-column'
import { cn } from '@/components/ui/class-names'
import { RelativeTime } from '@/components/ui/relative-time'
import { type Tone, toneInk } from '@/components/ui/tone'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import type { CampaignSummary } from '@/lib/reviews/schema'
import { itemNoun, stateLabels, templateLabels } from './review-words'
import { TimeLeft } from './time-left'

export const summaryTones: Record<CampaignSummary['tone'], Tone> = {
  good: 'good',
  bad: 'danger',
  busy: 'notice',
  quiet: 'quiet',
  attention: 'warning',
}

export const campaignColumns: DataColumn<CampaignSummary>[] = [
  {
    id: 'name',
    header: 'Campaign',
    width: 260,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: ({ name, template }) => (
      <span className="flex min-w-0 items-baseline gap-2" title={name}>
        <span className="truncate font-medium">{name}</span>
        {template === 'custom' ? null : (
          <span className="shrink-0 text-xs text-ink-muted max-md:hidden">{templateLabels[template]}</span>
        )}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: 180,
    cell: ({ state, tone, stage }) => (
      <span className={cn('truncate', toneInk[summaryTones[tone]])}>
        {stateLabels[state]}
        {state === 'active' && stage.of > 1 ? `, stage ${stage.no} of ${stage.of}` : ''}
      </span>
    ),
  },
  {
    id: 'settled',
    header: 'Settled',
    width: 190,
    cell: ({ counts, state }) => <Share counts={counts} state={state} />,
  },
  {
    id: 'items',
    header: 'Items',
    width: 130,
    align: 'end',
    cell: ({ counts, level, state }) =>
      state === 'draft' ? <span className="text-ink-muted">–</span> : formatCount(counts.items, ...itemNoun(level)),
  },
  {
    id: 'deadline',
    header: 'Deadline',
    width: 150,
    cell: ({ deadlineAt, timeZone, closedAt, state }) =>
      closedAt ? (
        <span className="text-ink-muted">
          closed <RelativeTime at={closedAt} />
        </span>
      ) : state === 'active' ? (
        <TimeLeft at={deadlineAt} timeZone={timeZone} />
      ) : (
        <span className="text-ink-muted">–</span>
      ),
  },
  {
    id: 'by',
    header: 'By',
    width: 150,
    cell: ({ createdBy }) => <span className="truncate">{createdBy}</span>,
  },
]

function Share({ counts, state }: Pick<CampaignSummary, 'counts' | 'state'>) {
  const { items, settled, unassignable } = counts
  if (state === 'draft' || items === 0) return <span className="text-ink-muted">not begun</span>
  const share = Math.floor((settled / items) * 100)
  return (
    <span className="flex w-full items-center gap-2">
      <span aria-hidden data-mark className="h-1.5 flex-1 overflow-hidden rounded-xs bg-hover">
        <span className="block h-full bg-accent" style={{ width: `${(settled / items) * 100}%` }} />
      </span>
      <span className="tabular w-10 text-right">{share}%</span>
      {unassignable > 0 ? (
        <span className="text-xs text-warning-ink" title={`${formatNumber(unassignable)} without a reviewer`}>
          {formatNumber(unassignable)} alone
        </span>
      ) : null}
    </span>
  )
}

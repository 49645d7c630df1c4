'use client'

import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Progress } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { formatCount } from '@/lib/platform/browser/format'
import type { Difference, Trial } from '@/lib/policy-versions/schema'

const columns: DataColumn<Difference>[] = [
  {
    id: 'subject',
    header: 'Subject',
    width: 240,
    isGrowing: true,
    isPinned: true,
    cell: ({ subject }) => (
      <span className="truncate" title={`${subject.type} ${subject.id}`}>
        {subject.id} <span className="text-ink-muted">{subject.type}</span>
      </span>
    ),
  },
  { id: 'action', header: 'Action', width: 130, cell: ({ action }) => <span className="truncate">{action}</span> },
  {
    id: 'type',
    header: 'On',
    width: 120,
    cell: ({ resourceType }) => <span className="truncate">{resourceType}</span>,
  },
  {
    id: 'change',
    header: 'Would be',
    width: 130,
    cell: ({ nowAllowed }) => (nowAllowed ? 'yes instead of no' : 'no instead of yes'),
  },
  {
    id: 'count',
    header: 'Answers',
    width: 90,
    align: 'end',
    cell: ({ count }) => <span className="tabular">{count}</span>,
  },
  {
    id: 'why',
    header: 'Because',
    width: 200,
    cell: ({ reasonNow, ruleNow }) => (
      <span className="truncate" title={ruleNow ?? undefined}>
        {reasonNow}
      </span>
    ),
  },
  {
    id: 'sample',
    header: 'For example',
    width: 110,
    cell: ({ sampleDecision }) =>
      sampleDecision ? (
        <Link href={`/decisions?decision=${sampleDecision}`} className="text-accent-ink hover:underline">
          one answer
        </Link>
      ) : null,
  },
]

const differenceId = ({ subject, action, resourceType, nowAllowed }: Difference) =>
  JSON.stringify([subject, action, resourceType, nowAllowed])

/** What a version would have answered otherwise: of what is asked now, or of what was recorded. */
export function TrialResults({ trial }: { trial: Trial }) {
  const { kind, state, isStale, asked, differing, skipped, dropped, masked, total, problem } = trial
  const title = kind === 'shadow' ? 'In shadow' : `Replay of ${formatCount(trial.days ?? 0, 'day')}`
  const isReading = state === 'queued' || (state === 'running' && kind === 'replay')
  const looked = asked + skipped + dropped
  return (
    <section aria-label={title} className="flex flex-col gap-2 border-b px-4 py-4 last:border-b-0 md:px-6">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-sm font-medium">{title}</h3>
        <span className="text-xs text-ink-muted">
          by {trial.askedBy} <RelativeTime at={trial.beganAt} hasTime />
        </span>
      </div>
      {isStale ? (
        <Alert tone="warning" title="Stale">
          Something else answers by now, or the text changed. This tells nothing about today.
        </Alert>
      ) : null}
      {problem ? <Alert tone="danger">{problem}</Alert> : null}
      {isReading ? (
        <Progress
          label="Recorded answers put to it"
          value={looked}
          max={Math.max(1, total ?? 1)}
          isIndeterminate={total === null}
        />
      ) : null}
      <p className="text-sm" aria-live="polite">
        {differing === 0
          ? `None of ${formatCount(asked, 'answer')} would differ.`
          : `${differing} of ${formatCount(asked, 'answer')} would differ.`}{' '}
        <span className="text-ink-muted">
          {kind === 'replay'
            ? 'Each was put to it with the facts and the moment that the log keeps of it. '
            : 'Each was put to it after its answer. '}
          {skipped > 0 ? `${skipped} were answered by no policy and left out. ` : ''}
          {dropped > 0 ? `${dropped} could not be put to it. ` : ''}
          {masked > 0 ? `${masked} hold values that the log masks, which may change what it says. ` : ''}
          {kind === 'replay' && state === 'done' && total !== null && total > looked
            ? `Of ${total} recorded ones the latest ${looked} were taken.`
            : ''}
        </span>
      </p>
      {trial.differences.length > 0 ? (
        <DataTable
          label={`${title}: answers that would differ`}
          columns={columns}
          rows={trial.differences}
          rowId={differenceId}
          rowName={({ subject, action }) => `${action} by ${subject.id}`}
          empty={<EmptyState title="Nothing would differ" />}
        />
      ) : null}
    </section>
  )
}

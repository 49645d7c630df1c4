'use client'

import { Alert } from '@/components/ui/alert'
import { cn } from '@/components/ui/class-names'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { toneInk } from '@/components/ui/tone'
import type { PolicyPreview } from '@/lib/lifecycle/policies'
import { formatCount, formatDate, formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import type { PolicyForm } from './use-policy-form'

/** What a policy would do and when, beside the form, as it is written. */
export function PolicyPreviewPanel({ form: { preview, isWhole, draft } }: { form: PolicyForm }) {
  const { data, error, isFetching, refetch } = preview
  return (
    <section aria-label="What it would do" aria-busy={isFetching} className="flex flex-col gap-4 px-4 py-5 md:px-6">
      <h2 className="text-base font-medium">What it would do</h2>
      {isWhole ? null : <p className="text-sm text-ink-muted">It is worked out as soon as the form is whole.</p>}
      {error && !data ? <Refusal what="preview" error={error} onRetry={() => void refetch()} /> : null}
      {isWhole && !data && !error ? <Skeleton className="h-40" /> : null}
      {data ? (
        <div className={cn('flex flex-col gap-5', (isFetching || !isWhole) && 'opacity-60')}>
          <Sentence preview={data} isAutomatic={draft.isAutomatic} />
          <Counts preview={data} />
          <Weeks preview={data} />
          {data.warnings.map((says) => (
            <Alert key={says} tone="notice">
              {says}
            </Alert>
          ))}
          <First preview={data} />
        </div>
      ) : null}
    </section>
  )
}

function Sentence({
  preview: { covered, isMore, firstBegins },
  isAutomatic,
}: {
  preview: PolicyPreview
  isAutomatic: boolean
}) {
  if (covered === 0)
    return <p className="text-sm">It covers nothing now: no identity that matches has a credential in use.</p>
  return (
    <p className="text-sm">
      It covers{' '}
      <span className="font-medium">
        {isMore ? `more than ${formatCount(covered, 'credential')}` : formatCount(covered, 'credential')}
      </span>
      .{' '}
      {isAutomatic
        ? firstBegins === null
          ? 'None of them can be rotated from here, so nothing would begin by itself.'
          : `The first rotation would begin ${formatDateTime(firstBegins)}.`
        : 'Nothing begins by itself: what is due is shown on the board.'}
    </p>
  )
}

function Counts({ preview }: { preview: PolicyPreview }) {
  const rows = [
    { label: 'Overdue', value: preview.overdue, tone: 'danger' as const },
    { label: 'Due', value: preview.due, tone: 'warning' as const },
    { label: 'Due within two weeks', value: preview.soon },
    { label: 'Later', value: preview.later },
    { label: 'Excepted', value: preview.excepted },
    { label: 'Rotated by hand, as no connection can', value: preview.byHand },
    { label: 'Of unknown age, counted from their first sight', value: preview.ageUnknown },
    { label: 'Due no later by another policy, which holds', value: preview.elsewhere },
  ].filter(({ value }, index) => index < 4 || value > 0)
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 text-sm">
      {rows.map(({ label, value, tone }) => (
        <div key={label} className="col-span-2 grid grid-cols-subgrid border-b py-1 last:border-b-0">
          <dt className="text-ink-muted">{label}</dt>
          <dd className={cn('tabular text-end', tone && value > 0 && toneInk[tone])}>{formatNumber(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** How many fall due in each of the next 13 weeks. */
function Weeks({ preview: { weeks, covered } }: { preview: PolicyPreview }) {
  const most = Math.max(1, ...weeks.map(({ count }) => count))
  if (covered === 0) return null
  return (
    <figure>
      <figcaption className="mb-1 text-sm font-medium">Falling due, week by week</figcaption>
      <ol className="flex h-16 items-end gap-px" aria-label="Falling due in each of the next 13 weeks">
        {weeks.map(({ from, count }, index) => (
          <li
            key={from}
            title={`${index === 0 ? 'This week and before' : `Week of ${formatDate(from)}`}: ${count}`}
            className="flex h-full flex-1 items-end"
          >
            <span className="sr-only">
              {index === 0 ? 'This week and before' : `Week of ${formatDate(from)}`}: {count}
            </span>
            <span
              aria-hidden
              className={cn(
                'w-full rounded-xs',
                count === 0 ? 'bg-line' : index === 0 ? 'bg-warning-mark' : 'bg-accent',
              )}
              style={{ height: count === 0 ? 1 : `${Math.max(6, (count / most) * 100)}%` }}
            />
          </li>
        ))}
      </ol>
      <div className="mt-1 flex justify-between text-xs text-ink-muted" aria-hidden>
        <span>due by now, and this week: {formatNumber(weeks[0]?.count ?? 0)}</span>
        <span>13 weeks</span>
      </div>
    </figure>
  )
}

function First({ preview: { first } }: { preview: PolicyPreview }) {
  if (first.length === 0) return null
  return (
    <div>
      <h3 className="mb-1 text-sm font-medium">Due first</h3>
      <ul className="text-sm">
        {first.map(({ identity, credential, dueAt, connection }) => (
          <li key={credential.id} className="flex items-baseline justify-between gap-4 border-b py-1 last:border-b-0">
            <span className="min-w-0 truncate">
              {identity.name}
              {connection ? null : <span className="text-ink-muted">, by hand</span>}
            </span>
            <span className="shrink-0 text-ink-muted">
              <RelativeTime at={dueAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}

'use client'

import { BarList } from '@/components/charts/bar-list'
import { SegmentBar } from '@/components/charts/segment-bar'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { identityKindLabels } from '@/components/ui/marks/identity-kind'
import { Skeleton } from '@/components/ui/skeleton'
import { formatCount, formatDateTime, formatNumber } from '@/lib/platform/browser/format'
import type { CampaignPreview } from '@/lib/reviews/schema'
import { adviceLabels, decisionColours, inZone, itemNoun, wayLabels } from './review-words'
import type { Builder } from './use-builder'

/** Beside the form: what launching exactly this would do, as of now. */
export function BuilderPreview({ builder }: { builder: Builder }) {
  const { preview, isWhole, isFresh, errors, draft } = builder
  const [first] = errors.values()
  return (
    <section
      aria-label="What it would be"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard too
      tabIndex={0}
      className="flex flex-col gap-4 px-4 py-5 -outline-offset-2 md:px-6 lg:sticky lg:top-0 lg:max-h-dvh lg:overflow-y-auto lg:px-5"
    >
      <div>
        <h2 className="text-base font-medium">What it would be</h2>
        <p className="text-sm text-ink-muted">Nobody is asked, and nothing is frozen, before you launch it.</p>
      </div>
      {!isWhole ? (
        <Alert tone="notice" title="Not whole yet">
          {first ?? 'Something is missing.'}
        </Alert>
      ) : preview.error && !preview.isFetching ? (
        <Alert
          tone="danger"
          title="It could not be worked out"
          actions={<Button onClick={() => void preview.refetch()}>Try again</Button>}
        >
          {preview.error.message}
        </Alert>
      ) : preview.data ? (
        <div aria-busy={!isFresh} className={cn('flex flex-col gap-5', !isFresh && 'opacity-60')}>
          <Shown preview={preview.data} builder={builder} />
        </div>
      ) : (
        <div aria-busy="true" className="flex flex-col gap-3">
          <Skeleton className="h-8 w-40" />
          <Skeleton className="h-24" />
          <Skeleton className="h-24" />
        </div>
      )}
      <p className="sr-only" role="status">
        {isFresh && preview.data ? `${formatCount(preview.data.items, ...itemNoun(draft.level))} to review.` : ''}
      </p>
    </section>
  )
}

function Shown({ preview, builder }: { preview: CampaignPreview; builder: Builder }) {
  const { level, rules } = builder.draft
  const { items, identities, leftOut, groups, reviewerCount } = preview
  return (
    <>
      <div>
        <p className="text-lg font-medium">
          <span className="tabular">{formatNumber(items)}</span> {itemNoun(level)[items === 1 ? 0 : 1]}
        </p>
        <p className="text-sm text-ink-muted">
          {level === 'identity' ? '' : `of ${formatCount(identities, 'identity', 'identities')}, `}
          in {formatCount(groups, 'group')} of equal evidence, asked of {formatCount(reviewerCount, 'reviewer')}
          {leftOut > 0 ? `. ${formatNumber(leftOut)} left out: they belong to people, or to nobody known` : ''}.
        </p>
      </div>
      {preview.blocked.length > 0 ? (
        <Alert tone="danger" title="It cannot be launched now">
          <ul>
            {preview.blocked.map(({ sourceId, source, says }) => (
              <li key={sourceId}>
                {source}: {says}
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {preview.warnings.map((warning) => (
        <Alert key={warning} tone="warning">
          {warning}
        </Alert>
      ))}
      <Reviewers preview={preview} />
      <Unassignable preview={preview} />
      {preview.recommended.length > 0 ? (
        <Figure title="What the evidence says">
          <SegmentBar
            label="What the evidence says"
            segments={preview.recommended.map(({ decision, items: value }) => ({
              id: decision,
              label: adviceLabels[decision],
              value,
              colour: decisionColours[decision],
            }))}
          />
        </Figure>
      ) : null}
      {preview.byKind.length > 1 ? (
        <Figure title="What they are">
          <BarList
            label="Items by kind of identity"
            items={preview.byKind.map(({ kind, items: value }) => ({
              id: kind,
              label: identityKindLabels[kind],
              value,
            }))}
          />
        </Figure>
      ) : null}
      <Figure title="If nobody decided anything">
        <p className="text-sm">{preview.silence.says}</p>
        <p className="text-sm text-ink-muted">
          That would be {formatCount(preview.silence.items, ...itemNoun(level))}, {formatNumber(preview.silence.inUse)}{' '}
          of them in use.
        </p>
      </Figure>
      <Figure title="Deadlines, if it began now">
        <ol className="text-sm">
          {preview.deadlines.map(({ stage, name, at }) => (
            <li key={stage} className="flex flex-wrap justify-between gap-x-4 border-b py-1 last:border-b-0">
              <span>{name}</span>
              <time dateTime={at} title={formatDateTime(at)} className="text-ink-muted">
                {inZone(at, rules.timeZone)}
              </time>
            </li>
          ))}
        </ol>
      </Figure>
    </>
  )
}

function Figure({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 text-sm font-medium">{title}</h3>
      {children}
    </section>
  )
}

const shownReviewers = 8

function Reviewers({ preview: { reviewers, reviewerCount, conflicts } }: { preview: CampaignPreview }) {
  const shown = reviewers.slice(0, shownReviewers)
  const busiest = Math.max(0, ...reviewers.map(({ items, elsewhere }) => items + elsewhere))
  return (
    <Figure title="Who is asked">
      {shown.length === 0 ? (
        <p className="text-sm text-ink-muted">Nobody.</p>
      ) : (
        <>
          <BarList
            label="Items by reviewer"
            max={busiest}
            items={shown.map(({ key, name, ways, items, elsewhere }) => ({
              id: key,
              label: (
                <span
                  title={ways.map(({ way, items: count }) => `${wayLabels[way]}: ${formatNumber(count)}`).join(', ')}
                >
                  {name}
                </span>
              ),
              value: items,
              parts: [
                { value: items, colour: 'bg-accent' },
                { value: elsewhere, colour: 'bg-quiet-mark' },
                { value: Math.max(0, busiest - items - elsewhere), colour: 'bg-hover' },
              ],
            }))}
          />
          <p className="text-xs text-ink-muted">
            {reviewerCount > shown.length
              ? `The ${shown.length} with the most of ${formatNumber(reviewerCount)}. `
              : ''}
            Grey: what waits for them in other campaigns.
          </p>
        </>
      )}
      {conflicts.length > 0 ? (
        <ul className="mt-2 text-sm">
          {conflicts.map(({ conflict, items, says }) => (
            <li key={conflict} className="flex gap-3 border-b py-1 last:border-b-0">
              <span className="min-w-0 flex-1 text-ink-muted">Passed over: {says}</span>
              <span className="tabular">{formatNumber(items)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </Figure>
  )
}

function Unassignable({ preview: { unassignable, unassignableItems } }: { preview: CampaignPreview }) {
  if (unassignable === 0) return null
  const reasons = new Map<string, { id: string; name: string }[]>()
  for (const { identity, says } of unassignableItems) reasons.set(says, [...(reasons.get(says) ?? []), identity])
  return (
    <Alert tone="warning" title={`${formatCount(unassignable, 'item')} would have no reviewer`}>
      Name a fallback, or hand them out after the launch. Until then they wait in a queue of their own.
      {[...reasons].map(([says, names]) => (
        <details key={says} className="mt-1">
          <summary className="cursor-pointer text-accent-ink">{says}</summary>
          <ul>
            {names.map(({ id, name }) => (
              <li key={id} className="truncate" title={name}>
                {name}
              </li>
            ))}
            {unassignable > unassignableItems.length ? (
              <li className="text-ink-muted">and {formatNumber(unassignable - unassignableItems.length)} more</li>
            ) : null}
          </ul>
        </details>
      ))}
    </Alert>
  )
}

'use client'

import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import { formatNumber } from '@/lib/platform/browser/format'
import type { MyReview } from '@/lib/reviews/schema'
import { deskHref, reviewHref, signOffHref } from './review-address'
import { itemNoun } from './review-words'
import { TimeLeft } from './time-left'

/** What waits for the reader, the nearest deadline first: why they, how much, by when, and what if not. */
export function MyReviewList({ items }: { items: readonly MyReview[] }) {
  const sorted = items.toSorted((one, other) => one.deadlineAt.localeCompare(other.deadlineAt))
  return (
    <ul aria-label="My open reviews" className="flex flex-col">
      {sorted.map((review) => (
        <li
          key={`${review.campaign.id} ${review.stage.no}`}
          className="flex flex-wrap items-center gap-x-6 gap-y-2 border-b py-3 last:border-b-0"
        >
          <div className="min-w-0 flex-1 basis-72">
            <Link href={reviewHref(review.campaign.id)} className="text-sm font-medium hover:underline">
              {review.campaign.name}
            </Link>
            {review.stage.of > 1 ? (
              <span className="ml-2 text-xs text-ink-muted">
                {review.stage.name}, stage {review.stage.no} of {review.stage.of}
              </span>
            ) : null}
            <p className="text-sm text-ink-muted">{review.says}</p>
            <p className="text-xs text-ink-muted">{review.silenceSays}</p>
          </div>
          <div className="flex w-60 flex-col gap-1 max-sm:w-full">
            <Progress
              label="Decided"
              value={review.drafted + review.signed}
              max={review.total}
              detail={`${formatNumber(review.drafted + review.signed)} of ${formatNumber(review.total)} ${itemNoun(review.campaign.level)[1]}`}
            />
            <TimeLeft at={review.deadlineAt} timeZone={review.timeZone} className="text-xs" />
          </div>
          <NextStep review={review} />
        </li>
      ))}
    </ul>
  )
}

function NextStep({ review: { campaign, open, drafted } }: { review: MyReview }) {
  const isDecided = open === 0 && drafted > 0
  return (
    <Button asChild variant={open > 0 || isDecided ? 'primary' : 'secondary'} className="max-sm:h-10 max-sm:w-full">
      {isDecided ? (
        <Link href={signOffHref(campaign.id)} aria-label={`Sign off ${campaign.name}`}>
          Sign off {formatNumber(drafted)}
        </Link>
      ) : (
        <Link href={deskHref(campaign.id)} aria-label={`Review ${campaign.name}`}>
          {open > 0 ? `Review ${formatNumber(open)}` : 'Look at it'}
        </Link>
      )}
    </Button>
  )
}

'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import type { IdentityReview } from '@/lib/reviews/items'
import { identityReviewsQuery } from '@/lib/reviews/queries'
import { DecisionMark } from './decision-mark'

/** What was decided on one identity in reviews, newest first, with who said what and why. */
export function IdentityReviews({ orgId, identityId }: { orgId: string; identityId: string }) {
  const reviews = useInfiniteQuery(identityReviewsQuery(orgId, identityId))
  const { data, error, hasNextPage, isFetchingNextPage } = reviews
  const shown = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Section title="Decisions in reviews" detail="newest first">
      {error && !data ? (
        <p className="flex flex-wrap items-center gap-2 text-sm text-ink-muted">
          {error.message}
          <Button size="sm" onClick={() => void reviews.refetch()}>
            Try again
          </Button>
        </p>
      ) : !data ? (
        <div aria-busy="true">
          <Skeleton className="h-12" />
        </div>
      ) : shown.length === 0 ? (
        <p className="text-sm text-ink-muted">It was never part of a review that you may see.</p>
      ) : (
        <ul>
          {shown.map((review) => (
            <Line key={`${review.campaign.id} ${review.item}`} review={review} />
          ))}
        </ul>
      )}
      {hasNextPage ? (
        <Button className="mt-2" isPending={isFetchingNextPage} onClick={() => void reviews.fetchNextPage()}>
          Show older reviews
        </Button>
      ) : null}
    </Section>
  )
}

function Line({ review }: { review: IdentityReview }) {
  const { campaign, item, subject, outcome, until, settledBy, settledAt, words, remedy } = review
  return (
    <li className="grid gap-x-6 gap-y-1 border-b py-2 text-sm last:border-b-0 md:grid-cols-[11rem_minmax(0,1fr)_8rem]">
      <span className="flex flex-col">
        <DecisionMark decision={outcome} until={until} form="done" none="No outcome yet" />
        {settledBy === 'silence' && outcome !== 'keep' ? (
          <span className="text-xs text-ink-muted">as nobody decided</span>
        ) : null}
      </span>
      <span className="min-w-0">
        <Link href={`/reviews/${campaign.id}?tab=items&item=${item}`} className="text-accent-ink hover:underline">
          {campaign.name}
        </Link>
        {subject ? <span className="text-ink-muted">, {subject}</span> : null}
        {words.map((word) => (
          <span key={`${word.by} ${word.at}`} className="block break-words text-ink-muted">
            {word.by}: <DecisionMark decision={word.decision} form="done" />
            {word.note ? ` ${word.note}` : ''}
          </span>
        ))}
        {remedy ? <span className="block text-ink-muted">{remedy}</span> : null}
      </span>
      <span className="text-ink-muted">{settledAt ? <RelativeTime at={settledAt} /> : 'under review'}</span>
    </li>
  )
}

'use client'

import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatNumber } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { myReviewsQuery } from '@/lib/reviews/queries'
import type { MyReviews } from '@/lib/reviews/schema'
import { MyReviewList } from './my-review-list'
import { ReviewTabs } from './review-tabs'

/** The reader's own inbox of reviews. */
export function MyReviewsScreen({ orgId, first }: { orgId: string; first: ActionResult<MyReviews> }) {
  const { data, error, retry } = useLoaded(myReviewsQuery(orgId), first)
  return (
    <>
      <PageHeader title="Waiting for me" tabs={<ReviewTabs orgId={orgId} />}>
        What you are asked to review. Your decisions are drafts until you sign off.
      </PageHeader>
      {!data ? (
        <Refusal what="reviews that wait for you" error={error} onRetry={retry} />
      ) : data.items.length === 0 ? (
        <EmptyState title="Nothing waits for you">
          When a campaign asks you about something, it stands here and on the overview.
        </EmptyState>
      ) : (
        <Section
          title="My open reviews"
          detail={
            data.open > 0
              ? `${formatNumber(data.open)} to decide`
              : data.drafted > 0
                ? `${formatNumber(data.drafted)} to sign off`
                : undefined
          }
        >
          <MyReviewList items={data.items} />
        </Section>
      )}
    </>
  )
}

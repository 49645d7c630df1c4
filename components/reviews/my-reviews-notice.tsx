'use client'

import { useQuery } from '@tanstack/react-query'
import { Section } from '@/components/ui/page-header'
import { myReviewsQuery } from '@/lib/reviews/queries'
import { MyReviewList } from './my-review-list'

/** On the overview, for those who have something to review. Shows nothing to the others. */
export function MyReviewsNotice({ orgId }: { orgId: string }) {
  const { data } = useQuery(myReviewsQuery(orgId))
  const waiting = data?.items.filter(({ open, drafted }) => open + drafted > 0) ?? []
  if (waiting.length === 0) return null
  return (
    <Section title="To review" detail="You are asked whether each still needs its access.">
      <MyReviewList items={waiting} />
    </Section>
  )
}

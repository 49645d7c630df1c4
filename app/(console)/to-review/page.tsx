import type { Metadata } from 'next'
import { MyReviewsScreen } from '@/components/reviews/my-reviews-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { listMyReviews } from '@/lib/reviews/server/list-my-reviews'

export const metadata: Metadata = { title: 'Waiting for me' }

export default async function MyReviewsPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => listMyReviews(ctx))
  return <MyReviewsScreen orgId={ctx.tenant.orgId} first={first} />
}

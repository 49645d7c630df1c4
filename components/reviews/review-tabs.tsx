'use client'

import { useQuery } from '@tanstack/react-query'
import { usePathname } from 'next/navigation'
import { LinkTabs } from '@/components/ui/link-tabs'
import { myReviewsQuery } from '@/lib/reviews/queries'

/** What waits for the reader, and all campaigns; how many items wait stands on the tab. */
export function ReviewTabs({ orgId }: { orgId: string }) {
  const pathname = usePathname()
  const open = useQuery(myReviewsQuery(orgId)).data?.open
  const tabs = [
    { href: '/reviews', label: 'Campaigns' },
    { href: '/to-review', label: 'Waiting for me', count: open === 0 ? undefined : open },
  ]
  return <LinkTabs label="Reviews" tabs={tabs.map((tab) => ({ ...tab, isCurrent: pathname === tab.href }))} />
}

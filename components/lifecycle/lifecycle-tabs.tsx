'use client'

import { useQuery } from '@tanstack/react-query'
import { usePathname } from 'next/navigation'
import { LinkTabs } from '@/components/ui/link-tabs'
import { orderListQuery } from '@/lib/lifecycle/queries'

/** What is due, runs, the orders that they come from, drills, and the policies; how many orders wait stands on the tab. */
export function LifecycleTabs({ orgId }: { orgId: string }) {
  const pathname = usePathname()
  const waiting = useQuery(orderListQuery(orgId, { state: 'waiting' })).data
  const tabs = [
    { href: '/runs/due', label: 'Due' },
    { href: '/runs', label: 'Runs' },
    { href: '/orders', label: 'Orders', count: waiting && waiting.items.length > 0 ? waiting.items.length : undefined },
    { href: '/drills', label: 'Drills' },
    { href: '/runs/policies', label: 'Policies' },
  ]
  return (
    <LinkTabs
      label="Runs, orders and drills"
      tabs={tabs.map((tab) => ({ ...tab, isCurrent: pathname === tab.href }))}
    />
  )
}

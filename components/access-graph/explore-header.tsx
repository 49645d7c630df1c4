'use client'

import { Crown, Route, Scissors } from 'lucide-react'
import { usePathname } from 'next/navigation'
import type { ReactNode } from 'react'
import { LinkTabs } from '@/components/ui/link-tabs'
import { PageHeader } from '@/components/ui/page-header'

const places = [
  { href: '/explore', label: 'Paths', icon: <Route aria-hidden /> },
  { href: '/explore/crown-jewels', label: 'Crown jewels', icon: <Crown aria-hidden /> },
  { href: '/explore/choke-points', label: 'Choke points', icon: <Scissors aria-hidden /> },
]

interface ExploreHeaderProps {
  /** What the page answers, in a sentence. */
  children: ReactNode
  actions?: ReactNode
  /** Beside the tabs: the saved searches. */
  views?: ReactNode
}

/** The head of the three pages that look at the access graph as a whole. */
export function ExploreHeader({ children, actions, views }: ExploreHeaderProps) {
  const pathname = usePathname()
  const tabs = places.map((place) => ({ ...place, isCurrent: pathname === place.href }))
  return (
    <PageHeader
      title="Explore"
      actions={actions}
      tabs={
        <div className="flex flex-wrap items-center justify-between gap-x-4">
          <LinkTabs label="Explore" tabs={tabs} />
          {views ? <div className="min-w-0 max-md:-ml-3 max-md:basis-full max-md:pb-2">{views}</div> : null}
        </div>
      }
    >
      {children}
    </PageHeader>
  )
}

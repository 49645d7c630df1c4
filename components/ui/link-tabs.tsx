import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from './class-names'

export interface LinkTab {
  href: string
  label: string
  isCurrent: boolean
  count?: number
  icon?: ReactNode
}

export interface LinkTabsProps {
  /** Names the set: "Views of this identity". */
  label: string
  tabs: LinkTab[]
  className?: string
}

/** Tabs whose state is the URL: each is a link, so that Back, reload and a pasted address work. */
export function LinkTabs({ label, tabs, className }: LinkTabsProps) {
  return (
    <nav aria-label={label} className={cn('-mb-px flex gap-x-4 max-sm:flex-wrap sm:overflow-x-auto', className)}>
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          scroll={false}
          aria-current={tab.isCurrent ? 'page' : undefined}
          className={cn(
            'inline-flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 border-transparent text-sm text-ink-muted hover:text-ink [&_svg]:size-3.5',
            tab.isCurrent && 'border-accent-ink font-medium text-ink',
          )}
        >
          {tab.icon}
          {tab.label}
          {tab.count === undefined ? null : (
            <span className="tabular text-xs font-normal text-ink-muted">{formatNumber(tab.count)}</span>
          )}
        </Link>
      ))}
    </nav>
  )
}

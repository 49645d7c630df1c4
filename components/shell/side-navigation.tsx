'use client'

import Link, { useLinkStatus } from 'next/link'
import { usePathname } from 'next/navigation'
import { cn } from '../ui/class-names'
import { Tooltip } from '../ui/tooltip'
import { currentEntry, type DrawnEntry } from './drawn-entry'

export interface SideNavigationProps {
  entries: DrawnEntry[]
  isCollapsed?: boolean
  onNavigate?: () => void
}

export function SideNavigation({ entries, isCollapsed, onNavigate }: SideNavigationProps) {
  const current = currentEntry(entries, usePathname())
  return (
    <nav aria-label="Console">
      <ul className="flex flex-col gap-px">
        {entries.map((entry, at) => {
          const isCurrent = entry === current
          const isFirst = entry.group !== entries[at - 1]?.group
          const link = (
            <Link
              href={entry.href}
              onClick={onNavigate}
              aria-current={isCurrent ? 'page' : undefined}
              className={cn(
                'relative flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-ink-muted hover:bg-hover hover:text-ink',
                isCurrent &&
                  'bg-hover font-medium text-ink before:absolute before:inset-y-1.5 before:-left-2 before:w-0.5 before:bg-accent-ink',
                isCollapsed && 'w-8 justify-center px-0',
              )}
            >
              <span className={cn(isCurrent && 'text-accent-ink')}>{entry.icon}</span>
              <span className={cn(isCollapsed && 'sr-only')}>{entry.label}</span>
              <PendingMark />
            </Link>
          )
          return (
            <li key={entry.href} className={cn(isFirst && at > 0 && 'mt-2')}>
              {isFirst && entry.group && !isCollapsed ? (
                <span className="block px-2 pt-1 pb-0.5 text-xs text-ink-muted">{entry.group}</span>
              ) : null}
              {isCollapsed ? (
                <Tooltip content={entry.label} keys={entry.keys} side="right">
                  {link}
                </Tooltip>
              ) : (
                link
              )}
            </li>
          )
        })}
      </ul>
    </nav>
  )
}

/** Answers the click at once, while the page is still on its way. */
function PendingMark() {
  const { pending } = useLinkStatus()
  return pending ? (
    <span aria-hidden className="absolute inset-y-1.5 -left-2 w-0.5 animate-pulse bg-accent-ink" />
  ) : null
}

'use client'

import Link from 'next/link'
import type { Notification } from '@/lib/notifications/schema'
import { kindFacts } from '@/lib/notifications/values'
import { Button } from '../ui/button'
import { cn } from '../ui/class-names'
import { RelativeTime } from '../ui/relative-time'

interface NotificationItemProps {
  item: Notification
  /** In the bell's panel: without what else is known of it. */
  isShort?: boolean
  onMark: (item: Notification, isRead: boolean) => void
  onOpen?: () => void
}

/** One thing that somebody was told: opening it leads to its page and marks it as read. */
export function NotificationItem({ item, isShort, onMark, onOpen }: NotificationItemProps) {
  const isUnread = item.readAt === null
  return (
    <li
      data-notification={item.id}
      className={cn('flex items-start gap-3 border-b px-4 py-3 last:border-b-0', isShort ? 'px-3 py-2' : 'md:px-6')}
    >
      <span
        aria-hidden
        className={cn('mt-1.5 size-2 shrink-0 rounded-full', isUnread ? 'bg-accent' : 'border border-line-strong')}
      />
      <div className="min-w-0 flex-1">
        <Link
          href={item.path}
          prefetch={false}
          className={cn(
            'inline-block text-sm break-words underline-offset-2 hover:underline',
            isUnread && 'font-medium',
          )}
          onClick={() => {
            if (isUnread) onMark(item, true)
            onOpen?.()
          }}
        >
          {isUnread ? <span className="sr-only">Unread: </span> : null}
          {item.subject}
        </Link>
        {isShort || item.facts.length === 0 ? null : (
          <dl className="mt-1 grid max-w-[72ch] gap-x-3 text-sm sm:grid-cols-[auto_minmax(0,1fr)]">
            {item.facts.map(({ label, value }) => (
              <div key={label} className="contents">
                <dt className="text-ink-muted">{label}</dt>
                <dd className="break-words max-sm:mb-1">{value}</dd>
              </div>
            ))}
          </dl>
        )}
        <p className="mt-1 text-xs text-ink-muted">
          {kindFacts[item.kind].title} · <RelativeTime at={item.createdAt} />
          {item.times > 1 ? (
            <>
              {' '}
              · told {item.times} times, last <RelativeTime at={item.lastAt} />
            </>
          ) : null}
        </p>
      </div>
      {isShort ? null : (
        <Button
          size="sm"
          variant="ghost"
          aria-label={`Mark “${item.subject}” as ${isUnread ? 'read' : 'unread'}`}
          onClick={() => onMark(item, isUnread)}
        >
          {isUnread ? 'Mark as read' : 'Mark as unread'}
        </Button>
      )}
    </li>
  )
}

'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Bell } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { notificationListQuery, notificationsKey, unreadCountQuery } from '@/lib/notifications/queries'
import { Button } from '../ui/button'
import { cn } from '../ui/class-names'
import { IconButton } from '../ui/icon-button'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'
import { Skeleton } from '../ui/skeleton'
import { NotificationItem } from './notification-item'
import { useAttended } from './use-attended'
import { useMarking } from './use-marking'

interface NotificationBellProps {
  orgId: string
  /** Whether the navigation that it stands in is narrow; undefined: in the bar of a telephone. */
  isNarrow: boolean | undefined
}

const mostCounted = 99

/** How many notifications are unread, and the newest of them. Fetched when the page is idle: no page waits for it. */
export function NotificationBell({ orgId, isNarrow }: NotificationBellProps) {
  const [isOpen, setIsOpen] = useState(false)
  const queries = useQueryClient()
  const { data } = useQuery(unreadCountQuery(orgId, useAttended()))
  const known = data?.unread
  const unread = known ?? 0
  useEffect(() => {
    if (known !== undefined) void queries.invalidateQueries({ queryKey: [...notificationsKey(orgId), 'list'] })
  }, [queries, orgId, known])
  const count = unread > mostCounted ? `${mostCounted}+` : String(unread)
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <IconButton
          label={unread === 0 ? 'Notifications' : `Notifications, ${count} unread`}
          keys="g n"
          side="right"
          size={isNarrow === undefined ? 'lg' : 'md'}
          className={cn('relative', isNarrow && 'w-8')}
        >
          <Bell aria-hidden />
          {unread === 0 ? null : (
            <span
              aria-hidden
              className="tabular absolute -top-1 -right-1 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-xs leading-none text-on-accent"
            >
              {count}
            </span>
          )}
        </IconButton>
      </PopoverTrigger>
      <PopoverContent align="start" aria-label="Notifications" className="w-84 max-w-[calc(100vw-1rem)] p-0">
        <Panel orgId={orgId} onLeave={() => setIsOpen(false)} />
      </PopoverContent>
    </Popover>
  )
}

function Panel({ orgId, onLeave }: { orgId: string; onLeave: () => void }) {
  const { data, error, refetch } = useQuery(notificationListQuery(orgId, { unread: 'true', limit: 6 }))
  const { mark } = useMarking(orgId)
  return (
    <>
      {error ? (
        <div className="flex flex-col items-start gap-2 p-3 text-sm">
          <p>The notifications could not be loaded. {error.message}</p>
          <Button size="sm" onClick={() => void refetch()}>
            Try again
          </Button>
        </div>
      ) : !data ? (
        <div aria-busy className="flex flex-col gap-2 p-3">
          <Skeleton className="h-4 w-3/4" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      ) : data.items.length === 0 ? (
        <p className="p-3 text-sm text-ink-muted">Nothing is unread.</p>
      ) : (
        <ul aria-label="Unread notifications" className="max-h-96 overflow-y-auto">
          {data.items.map((item) => (
            <NotificationItem key={item.id} item={item} isShort onMark={mark} onOpen={onLeave} />
          ))}
        </ul>
      )}
      <div className="flex items-center justify-between gap-2 border-t p-2">
        <Button asChild size="sm" variant="ghost">
          <Link href="/notifications" onClick={onLeave}>
            All notifications
          </Link>
        </Button>
        <Button asChild size="sm" variant="ghost">
          <Link href="/settings/notifications" onClick={onLeave}>
            What you are told
          </Link>
        </Button>
      </div>
    </>
  )
}

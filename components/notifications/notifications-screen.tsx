'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CheckCheck, Settings2 } from 'lucide-react'
import Link from 'next/link'
import { useRef } from 'react'
import { notificationListQuery } from '@/lib/notifications/queries'
import type { NotificationPage } from '@/lib/notifications/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { useAddress } from '@/lib/platform/browser/use-address'
import { Button } from '../ui/button'
import { cn } from '../ui/class-names'
import { LinkTabs } from '../ui/link-tabs'
import { PageHeader } from '../ui/page-header'
import { Pagination } from '../ui/pagination'
import { Refusal } from '../ui/refusal'
import { Skeleton } from '../ui/skeleton'
import { EmptyState } from '../ui/state-block'
import { useCursorPages } from '../ui/use-cursor-pages'
import { askedOf, notificationParsers } from './notification-address'
import { NotificationItem } from './notification-item'
import { useMarking } from './use-marking'

interface NotificationsScreenProps {
  orgId: string
  first: ActionResult<NotificationPage>
  question: string
}

/** What the person was told: unread first, the newest of each first. */
export function NotificationsScreen({ orgId, first, question }: NotificationsScreenProps) {
  const [state, setState] = useAddress(notificationParsers, { history: 'push' })
  const asked = askedOf(state)
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...notificationListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const { mark, markAll } = useMarking(orgId)
  const pages = useCursorPages(state.after, (after) => setState({ after }))
  const list = useRef<HTMLUListElement>(null)
  const items = data?.items ?? []
  const hasUnread = items.some(({ readAt }) => readAt === null)

  const links = () => [...(list.current?.querySelectorAll<HTMLAnchorElement>('[data-notification] a') ?? [])]
  const inHand = () => links().findIndex((link) => link.closest('li')?.contains(document.activeElement))
  const step = (by: number) => {
    const all = links()
    all[Math.min(Math.max(inHand() + by, 0), all.length - 1)]?.focus()
  }
  useShortcut({ keys: 'j', label: 'Next notification', group: 'This list' }, () => step(1), items.length > 0)
  useShortcut({ keys: 'k', label: 'Notification before', group: 'This list' }, () => step(-1), items.length > 0)
  useShortcut(
    { keys: 'm', label: 'Mark as read or unread', group: 'This list' },
    () => {
      const item = items[inHand()]
      if (item) mark(item, item.readAt === null)
    },
    items.length > 0,
  )

  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  const newest = items
    .map(({ createdAt }) => createdAt)
    .toSorted()
    .at(-1)
  return (
    <>
      <PageHeader
        title="Notifications"
        tabs={
          <LinkTabs
            label="Which notifications"
            tabs={[
              { href: '/notifications', label: 'All', isCurrent: state.show === null },
              { href: '/notifications?show=unread', label: 'Unread', isCurrent: state.show === 'unread' },
            ]}
          />
        }
        actions={
          <>
            <Button
              icon={<CheckCheck aria-hidden />}
              disabled={!hasUnread || newest === undefined}
              onClick={() => newest && void markAll(newest)}
            >
              Mark all as read
            </Button>
            <Button asChild variant="ghost" icon={<Settings2 aria-hidden />}>
              <Link href="/settings/notifications">What you are told</Link>
            </Button>
          </>
        }
      >
        What waits for you, and what you wanted to hear of.
      </PageHeader>
      {refusal && !data ? (
        <Refusal what="notifications" error={refusal} onRetry={() => void refetch()} />
      ) : !data ? (
        <div aria-busy className="flex flex-col gap-4 px-4 py-4 md:px-6">
          {[0, 1, 2].map((row) => (
            <Skeleton key={row} className="h-10 w-full max-w-[72ch]" />
          ))}
        </div>
      ) : items.length === 0 ? (
        <EmptyState
          title={state.show === 'unread' ? 'Nothing is unread' : 'You have not been told anything yet'}
          actions={
            state.show === 'unread' ? (
              <Button asChild>
                <Link href="/notifications">Show all</Link>
              </Button>
            ) : undefined
          }
        >
          When something waits for you, or something happens that you wanted to hear of, it stands here.
        </EmptyState>
      ) : (
        <ul ref={list} aria-label="Notifications" className={cn(isPlaceholderData && 'opacity-60')}>
          {items.map((item) => (
            <NotificationItem key={item.id} item={item} onMark={mark} />
          ))}
        </ul>
      )}
      {data && (data.nextCursor || state.after) ? (
        <Pagination
          shown={items.length}
          noun={['notification', 'notifications']}
          isPending={isPlaceholderData}
          {...pages(data.nextCursor)}
        />
      ) : null}
    </>
  )
}

'use client'

import { useQueryClient } from '@tanstack/react-query'
import { markAllRead, markRead } from '@/lib/notifications/actions'
import { notificationsKey } from '@/lib/notifications/queries'
import type { MarkedAll, Notification } from '@/lib/notifications/schema'
import { type ActionResult, takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { notifyDone, notifyFailed } from '../ui/toast'

/** Marks as read; what is shown is asked again afterwards, in the bell as well. */
export function useMarking(orgId: string) {
  const queries = useQueryClient()
  const change = async <T>(act: Promise<ActionResult<T>>): Promise<T | undefined> => {
    try {
      return await takeResult(act)
    } catch (error) {
      notifyFailed('It could not be marked', error instanceof Error ? error.message : undefined)
      return undefined
    } finally {
      await queries.invalidateQueries({ queryKey: notificationsKey(orgId) })
    }
  }
  return {
    mark: (item: Pick<Notification, 'id'>, isRead: boolean) => void change(markRead({ id: item.id, isRead })),
    markAll: async (until: string) => {
      const done = await change<MarkedAll>(markAllRead({ until }))
      if (done) notifyDone(`${formatCount(done.marked, 'notification')} marked as read`)
    },
  }
}

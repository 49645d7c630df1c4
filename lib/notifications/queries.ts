import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import type { NotificationQueryInput } from './schema'

/** Fetched with the first answer: the bell is on every page, and the contracts need not be. */
const contract =
  <
    Name extends
      | 'NotificationPage'
      | 'UnreadCount'
      | 'NotificationPreferences'
      | 'MailSettings'
      | 'UndeliveredMailPage',
  >(
    name: Name,
  ) =>
  async () =>
    (await import('./schema'))[name]

export const notificationsKey = (orgId: string) => ['notifications', orgId]

/** Asked once a minute while somebody is there: a page that nobody looks after must not keep its session from ending. */
export const unreadCountQuery = (orgId: string, isAttended = true) =>
  queryOptions({
    queryKey: [...notificationsKey(orgId), 'unread'],
    queryFn: ({ signal }) => apiFetch('/api/v1/notifications/unread', { schema: contract('UnreadCount'), signal }),
    refetchInterval: isAttended ? 60_000 : false,
    refetchOnWindowFocus: true,
  })

export const notificationListQuery = (orgId: string, query: NotificationQueryInput) =>
  queryOptions({
    queryKey: [...notificationsKey(orgId), 'list', query],
    queryFn: ({ signal }) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null)
      const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
      return apiFetch(`/api/v1/notifications${params.size > 0 ? `?${params}` : ''}`, {
        schema: contract('NotificationPage'),
        signal,
      })
    },
  })

export const notificationPreferencesQuery = (orgId: string) =>
  queryOptions({
    queryKey: [...notificationsKey(orgId), 'preferences'],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/notification-preferences', { schema: contract('NotificationPreferences'), signal }),
  })

export const mailSettingsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['mail', orgId, 'settings'],
    queryFn: ({ signal }) => apiFetch('/api/v1/mail-settings', { schema: contract('MailSettings'), signal }),
  })

export const undeliveredQuery = (orgId: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['mail', orgId, 'undelivered', cursor],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/undelivered-mails${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, {
        schema: contract('UndeliveredMailPage'),
        signal,
      }),
  })

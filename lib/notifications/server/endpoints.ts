import { z } from 'zod'
import { type Endpoint, endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  MailSettings,
  MailTest,
  MarkAllReadInput,
  MarkedAll,
  MarkReadInput,
  Notification,
  NotificationPage,
  NotificationPreferences,
  NotificationQuery,
  UndeliveredMailPage,
  UndeliveredQuery,
  UnreadCount,
  UpdateMailSettingsInput,
  UpdatePreferencesInput,
} from '../schema'
import { getMailSettings } from './get-mail-settings'
import { getPreferences } from './get-preferences'
import { getUnreadCount, listNotifications } from './list-notifications'
import { listUndelivered } from './list-undelivered'
import { markAllRead, markRead } from './mark-read'
import { updateMailSettings } from './update-mail-settings'
import { updatePreferences } from './update-preferences'
import { verifyMailServer } from './verify-mail-server'

const read = { tags: ['Notifications'] as [string], scope: 'settings:read' as const }
const write = { tags: ['Notifications'] as [string], scope: 'settings:write' as const }

export const listNotificationsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/notifications',
  operationId: 'listNotifications',
  summary: 'What the caller was told, unread first',
  query: NotificationQuery,
  response: NotificationPage,
  run: (ctx, { query }) => listNotifications(ctx, query),
})

export const getUnreadCountEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/notifications/unread',
  operationId: 'getUnreadCount',
  summary: 'How many are unread; from 100 on they are not counted',
  response: UnreadCount,
  run: (ctx) => getUnreadCount(ctx),
})

export const markNotificationReadEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/notifications/{id}/read',
  operationId: 'markNotificationRead',
  summary: 'Mark one as read, or as unread again',
  params: ById,
  body: MarkReadInput.omit({ id: true }),
  response: Notification,
  run: (ctx, { params: { id }, body }) => markRead(ctx, { ...body, id }),
})

export const markAllNotificationsReadEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/notifications/read',
  operationId: 'markAllNotificationsRead',
  summary: 'Mark all as read that came until a moment',
  body: MarkAllReadInput,
  response: MarkedAll,
  run: (ctx, { body }) => markAllRead(ctx, body),
})

export const getNotificationPreferencesEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/notification-preferences',
  operationId: 'getNotificationPreferences',
  summary: 'How the caller is told of what, and when digests come',
  response: NotificationPreferences,
  run: (ctx) => getPreferences(ctx),
})

export const updateNotificationPreferencesEndpoint = endpoint({
  ...write,
  method: 'PATCH',
  path: '/api/v1/notification-preferences',
  operationId: 'updateNotificationPreferences',
  summary: 'Choose how the caller is told; what is not given stays',
  description: 'What waits for the caller is always shown in the product: for those kinds `off` is refused.',
  body: UpdatePreferencesInput,
  response: NotificationPreferences,
  run: (ctx, { body }) => updatePreferences(ctx, body),
})

export const getMailSettingsEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/mail-settings',
  operationId: 'getMailSettings',
  summary: 'By which server the organization sends e-mail',
  response: MailSettings,
  run: (ctx) => getMailSettings(ctx),
})

export const updateMailSettingsEndpoint = endpoint({
  ...write,
  method: 'PUT',
  path: '/api/v1/mail-settings',
  operationId: 'updateMailSettings',
  summary: 'Choose by which server the organization sends e-mail',
  description: 'The password is encrypted and never given back. Without one the stored password stays.',
  takesSecret: true,
  body: UpdateMailSettingsInput,
  response: MailSettings,
  run: (ctx, { body }) => updateMailSettings(ctx, body),
})

export const testMailSettingsEndpoint = endpoint({
  ...write,
  method: 'POST',
  path: '/api/v1/mail-settings/test',
  operationId: 'testMailSettings',
  summary: 'Send a test e-mail to the caller by the server that is stored',
  description: 'A server that refuses is an answer with `isSent: false` and what it said. Takes at most a minute.',
  body: z.strictObject({}),
  response: MailTest,
  run: (ctx) => verifyMailServer(ctx),
})

export const listUndeliveredEndpoint = endpoint({
  ...read,
  method: 'GET',
  path: '/api/v1/undelivered-mails',
  operationId: 'listUndeliveredMails',
  summary: 'E-mails that did not arrive or were refused for now, newest first',
  query: UndeliveredQuery,
  response: UndeliveredMailPage,
  run: (ctx, { query }) => listUndelivered(ctx, query),
})

export const endpoints: readonly Endpoint[] = [
  listNotificationsEndpoint,
  getUnreadCountEndpoint,
  markNotificationReadEndpoint,
  markAllNotificationsReadEndpoint,
  getNotificationPreferencesEndpoint,
  updateNotificationPreferencesEndpoint,
  getMailSettingsEndpoint,
  updateMailSettingsEndpoint,
  testMailSettingsEndpoint,
  listUndeliveredEndpoint,
]

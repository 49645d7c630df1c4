'use server'

import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import type { MarkAllReadInput, MarkReadInput, UpdateMailSettingsInput, UpdatePreferencesInput } from './schema'
import { markRead as mark, markAllRead as markAll } from './server/mark-read'
import { updateMailSettings as updateMail } from './server/update-mail-settings'
import { updatePreferences as choose } from './server/update-preferences'
import { verifyMailServer as test } from './server/verify-mail-server'

export const markRead = async (input: MarkReadInput) => runAction(async () => mark(await contextFromSession(), input))

export const markAllRead = async (input: MarkAllReadInput) =>
  runAction(async () => markAll(await contextFromSession(), input))

export const updateNotificationPreferences = async (input: UpdatePreferencesInput) =>
  runAction(async () => choose(await contextFromSession(), input))

export const updateMailSettings = async (input: UpdateMailSettingsInput) =>
  runAction(async () => updateMail(await contextFromSession(), input))

export const testMailSettings = async () => runAction(async () => test(await contextFromSession()))

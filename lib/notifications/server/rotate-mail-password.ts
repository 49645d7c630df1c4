import type { Context } from '@/lib/platform/context'
import { mailSettingTarget } from '../rules'
import { findMailSetting, rewrapPassword } from './store-settings'

/**
 * Brings the password of the organization's mail server under the current encryption key, without opening it for anybody. May be
 * called again. @throws AppError `internal` when its key is not configured
 */
export async function rotateMailPassword(ctx: Context): Promise<{ rewrapped: number; current: number }> {
  const row = await findMailSetting(ctx)
  if (!row?.password) return { rewrapped: 0, current: 0 }
  const target = mailSettingTarget(row.orgId)
  const permit = await ctx.authorize('rewrap', target)
  const isNew = await ctx.commit(permit, { action: 'mail.settings.rewrap', target }, (tx) =>
    rewrapPassword(tx, row.orgId),
  )
  return isNew ? { rewrapped: 1, current: 0 } : { rewrapped: 0, current: 1 }
}

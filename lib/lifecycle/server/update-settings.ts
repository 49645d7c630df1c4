import type { Context } from '@/lib/platform/context'
import { type LifecycleSettings, UpdateSettingsInput } from '../schema'
import { getSettings, settingsTarget } from './get-settings'
import { findSettings, writeSettings } from './store-orders'

/** Changes what the organization decided; orders that wait stay as they were asked for. @throws AppError `forbidden` */
export async function updateSettings(ctx: Context, input: UpdateSettingsInput): Promise<LifecycleSettings> {
  const given = UpdateSettingsInput.parse(input)
  const target = settingsTarget(ctx)
  const permit = await ctx.authorize('update', target)
  const before = await findSettings(ctx)
  const after = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
  await ctx.commit(permit, { action: 'lifecycle.settings.update', target, before, after }, (tx) =>
    writeSettings(tx, ctx.tenant.orgId, after),
  )
  return getSettings(ctx)
}

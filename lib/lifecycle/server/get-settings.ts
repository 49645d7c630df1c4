import type { Context } from '@/lib/platform/context'
import { LifecycleSettings } from '../schema'
import { findSettings } from './store-orders'

export const settingsTarget = ({ tenant }: Context) => ({
  kind: 'lifecycle_setting' as const,
  id: tenant.orgId,
  label: 'Rotation and revocation',
  attr: {},
})

/** What the organization decided for its rotations and revocations. @throws AppError `forbidden` */
export async function getSettings(ctx: Context): Promise<LifecycleSettings> {
  const target = settingsTarget(ctx)
  await ctx.authorize('read', target)
  const [[may], settings] = await Promise.all([ctx.can(['update'], [target]), findSettings(ctx)])
  return LifecycleSettings.parse({ ...settings, can: { update: may?.update === true } })
}

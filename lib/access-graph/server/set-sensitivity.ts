import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { sourceTarget } from '../rules'
import { type SensitivityHistory, SetSensitivityInput } from '../worth'
import { getSensitivityHistory } from './get-sensitivity-history'
import { refreshSensitivity } from './refresh-sensitivity'
import { findResource } from './store'
import { findSaidSensitivity, lockSensitivity, writeSaidSensitivity } from './store-sensitivity'

/**
 * Says how sensitive a resource is, over its source and every rule; `null` takes that back. Saying what was said already leaves
 * no trace.
 * @throws AppError `not_found`, `forbidden`; `conflict` when it counts as something else than the caller saw, or is gone
 */
export async function setSensitivity(ctx: Context, given: SetSensitivityInput): Promise<SensitivityHistory> {
  const { id, sensitivity, reason, seen } = SetSensitivityInput.parse(given)
  const row = await findResource(ctx, id)
  const permit = await ctx.authorize('classify', sourceTarget(row.source))
  const said = await findSaidSensitivity(ctx, id)
  if (seen !== undefined && seen !== row.effectiveSensitivity) throw changedMeanwhile()
  if (said === sensitivity) return getSensitivityHistory(ctx, { id })
  const { orgId } = ctx.tenant
  const { kind, id: actorId, name: who } = ctx.actor
  const change = {
    action: 'resource.sensitivity.set',
    target: { kind: 'resource', id, label: row.name },
    reason,
    before: { sensitivity: row.effectiveSensitivity, byHand: said },
    after: { byHand: sensitivity },
  }
  await ctx.commit(permit, change, async (tx) => {
    const now = await lockSensitivity(tx, orgId, id)
    if (now === undefined) throw new AppError('conflict', 'This resource is gone from its source.')
    if (seen !== undefined && seen !== now) throw changedMeanwhile()
    const setBy = `${kind}:${actorId}`
    await writeSaidSensitivity(tx, { orgId, resourceId: id }, { sensitivity, reason, setBy, setByLabel: who })
    await refreshSensitivity(tx, orgId, [id], { by: 'hand', who, reason })
  })
  return getSensitivityHistory(ctx, { id })
}

function changedMeanwhile(): AppError {
  return new AppError('conflict', 'Somebody or a rule has changed its sensitivity since you saw it. Look at it again.')
}

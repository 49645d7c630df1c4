import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { UndoInput, type UndoResult } from '../items'
import { campaignTarget } from '../rules'
import { readCampaign } from './get-campaign'
import { countLeft, findUndoable, holdStage, insertAct, undoDrafts } from './store-acts'
import { findMyNumbers } from './store-items'

/**
 * Takes back the caller's latest decision that is not taken back yet, again and again, as far as nothing of it is signed off.
 * @throws AppError `conflict` when there is nothing to take back, or the stage is over; `not_found`, `forbidden`
 */
export async function undoAct(ctx: Context, input: UndoInput): Promise<UndoResult> {
  const { id, actId } = UndoInput.parse(input)
  const { row } = await readCampaign(ctx, id)
  const [{ permit }, mine] = await Promise.all([ctx.plan('decide', 'review_item'), findMyNumbers(ctx, id)])
  const key = { orgId: ctx.tenant.orgId, campaignId: id, stage: row.stageNo }
  const byKey = `${ctx.actor.kind}:${ctx.actor.id}`
  const target = campaignTarget(row)
  return ctx.commit(
    permit,
    (undone: UndoResult) => ({
      action: 'review.item.undo',
      target,
      after: { actId: undone.actId, restored: undone.restored },
    }),
    async (tx) => {
      await holdStage(tx, key, 'share')
      const act = await findUndoable(tx, key, byKey, actId)
      if (!act) throw new AppError('conflict', 'There is nothing of yours to undo.')
      const items = await undoDrafts(tx, key, act.id)
      if (items.length === 0)
        throw new AppError('conflict', 'What you decided then is signed off, or was decided anew since.')
      const says = `Undone: ${act.says}`
      const undo = { id: uuidv7(), kind: 'undo', decision: null, until: null, note: null, says, byKey }
      await insertAct(tx, key, { ...undo, byName: ctx.actor.name }, items.length)
      return {
        actId: act.id,
        says,
        items: items.slice(0, 500),
        restored: items.length,
        left: await countLeft(tx, key, mine),
      }
    },
  )
}

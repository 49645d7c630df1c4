import type { Context } from '@/lib/platform/context'
import { isUnderWay, openSteps, ownerChangeTarget, refusalWords } from '../rules'
import type { OwnerChangeRun } from '../schema'
import { actorKeyOf } from './store'
import type { RunRow } from './store-runs'

/** A run as the contract shows it to the caller, with what they may do. They must have been allowed to see it. */
export async function presentRun(ctx: Context, row: RunRow): Promise<OwnerChangeRun> {
  const [can] = await ctx.can(['cancel'], [ownerChangeTarget(row)])
  return presentRunTo(actorKeyOf(ctx), { ...row, mayCancel: can?.cancel ?? false }, new Date())
}

/** The same when it is known whether the reader may stop it. Pure. */
export function presentRunTo(reader: string, row: RunRow & { mayCancel: boolean }, now: Date): OwnerChangeRun {
  const { id, change, status, isCancelling, order, total, done, changed, already, error } = row
  const state = { status, isRestore: change === 'restore', isCancelling, changed }
  const undo = { until: row.undoUntil, isUndone: row.undoneAt !== null }
  const isOver = !isUnderWay(status)
  const isYours = row.actorKey === reader
  const open = openSteps(state, undo, now.getTime())
  return {
    ...{ id, change, status, total, done, changed, already, error },
    isCancelling: isCancelling && !isOver,
    ownerLabel: order.label ?? null,
    validUntil: order.validUntil ?? null,
    refused: Object.entries(row.refused)
      .map(([verdict, count]) => ({ reason: refusalWords[verdict] ?? verdict, count }))
      .sort((a, b) => b.count - a.count),
    startedBy: row.actorLabel,
    isYours,
    stoppedBy: row.stoppedBy,
    createdAt: row.at.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    undoUntil: isOver && changed > 0 && change !== 'restore' ? row.undoUntil.toISOString() : null,
    undoneAt: row.undoneAt?.toISOString() ?? null,
    can: { cancel: open.cancel && row.mayCancel, undo: open.undo && isYours },
  }
}

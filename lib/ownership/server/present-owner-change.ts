import { isUnderWay, openSteps, refusalWords } from '../rules'
import type { OwnerChangeRun } from '../schema'
import type { RunRow } from './store-runs'

/** A run as the contract shows it. */
export function presentRun(row: RunRow, now = new Date()): OwnerChangeRun {
  const { id, change, status, isCancelling, order, total, done, changed, already, error } = row
  const state = { status, isRestore: change === 'restore', isCancelling, changed }
  const undo = { until: row.undoUntil, isUndone: row.undoneAt !== null }
  const isOver = !isUnderWay(status)
  return {
    ...{ id, change, status, total, done, changed, already, error },
    isCancelling: isCancelling && !isOver,
    ownerLabel: order.label ?? null,
    validUntil: order.validUntil ?? null,
    refused: Object.entries(row.refused)
      .map(([verdict, count]) => ({ reason: refusalWords[verdict] ?? verdict, count }))
      .sort((a, b) => b.count - a.count),
    startedBy: row.actorLabel,
    createdAt: row.at.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    undoUntil: isOver && changed > 0 && change !== 'restore' ? row.undoUntil.toISOString() : null,
    undoneAt: row.undoneAt?.toISOString() ?? null,
    can: openSteps(state, undo, now.getTime()),
  }
}

import { findAble } from '@/lib/notifications/server/find-able'
import { markSettled } from '@/lib/notifications/server/mark-settled'
import { notify } from '@/lib/notifications/server/notify-people'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { runTargetOf } from './present-run'
import type { FoundRun } from './store'
import { type TombstoneMove, targetOf } from './store-tombstones'

/** One stop of a run: what comes after the next step is another. */
const stopOf = ({ id, steps }: FoundRun) => `run:${id}:${steps.length}`
const reappearanceOf = ({ id, runId }: { id: string; runId: string }) => `tombstone:${id}:${runId}`

const named: Record<string, string> = { rotation: 'rotation', revocation: 'revocation', drill: 'drill' }

/**
 * Who is told when a run needs a person, asked before the transaction: whoever asked for it, if they may steer it, with all others who
 * may behind them; all of them when it is an emergency, or nobody asked who may.
 */
export async function findHelpers(ctx: Context, run: FoundRun): Promise<{ to: string[]; fallback: string[] }> {
  const able = await findAble(ctx, 'resolve', runTargetOf(run))
  const asker = run.order.requestedKey.split(':')[1] ?? ''
  if (run.isEmergency || !able.includes(asker)) return { to: able, fallback: [] }
  return { to: [asker], fallback: able.filter((id) => id !== asker) }
}

export async function notifyParked(
  tx: Tx,
  run: FoundRun,
  says: string,
  { to, fallback }: { to: readonly string[]; fallback: readonly string[] },
): Promise<void> {
  await notify(tx, run.orgId, {
    kind: 'run_needs_person',
    to,
    subject: `The ${named[run.kind] ?? 'run'} of ${run.identityName} needs a person`,
    facts: [
      { label: 'What happened', value: says },
      { label: 'Asked for by', value: run.order.requestedBy },
    ],
    path: `/runs/${run.id}`,
    dedupeKey: stopOf(run),
    fallback,
  })
}

/** A person has said what to do: nobody else has to. */
export const settleParked = (tx: Tx, run: FoundRun): Promise<void> => markSettled(tx, run.orgId, stopOf(run))

/** Who is told that something is there again: all who may do something about it. */
export const findWatchers = (ctx: Context, move: TombstoneMove) => findAble(ctx, 'resolve', targetOf(move))

export async function notifyReappeared(
  tx: Tx,
  orgId: string,
  move: TombstoneMove,
  to: readonly string[],
): Promise<void> {
  await notify(tx, orgId, {
    kind: 'reappeared',
    to,
    subject: `${move.name} was cut off, and is there again`,
    facts: [{ label: 'What is back', value: move.as ?? 'unknown' }],
    path: move.identityId === null ? `/runs/${move.runId}` : `/inventory/${move.identityId}`,
    dedupeKey: reappearanceOf(move),
  })
}

export const settleReappeared = (tx: Tx, orgId: string, tombstone: { id: string; runId: string }): Promise<void> =>
  markSettled(tx, orgId, reappearanceOf(tombstone))

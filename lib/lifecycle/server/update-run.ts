import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { CancelRunInput, ResolveRunInput, RestoreRunInput, type RunDetail } from '../schema'
import { getRun, presentDetail } from './get-run'
import { jobOf } from './jobs'
import { settleParked } from './notify-run'
import { runTargetOf } from './present-run'
import { type FoundRun, findRun, type RunChange, writeRun } from './store'
import { findPerson } from './store-orders'

/** Writes a person's word on a run, and has a worker look at it now. */
async function say(
  ctx: Context,
  run: FoundRun,
  word: { action: 'cancel' | 'restore' | 'resolve'; verb: string; reason: string; says: string; change: RunChange },
): Promise<RunDetail> {
  const target = runTargetOf(run)
  const permit = await ctx.authorize(word.action, target)
  const { orgId } = ctx.tenant
  const change = { action: `lifecycle.run.${word.verb}`, target, reason: word.reason, after: { runId: run.id } }
  await ctx.commit(permit, change, async (tx) => {
    const says = `${ctx.actor.name}: ${word.says} ${word.reason}`
    await writeRun(tx, run, null, { ...word.change, wakeAt: new Date() }, [
      { what: 'person', says, data: { by: ctx.actor.name } },
    ])
    if (run.state === 'parked') await settleParked(tx, run)
    await enqueue(tx, jobOf(run), { orgId, runId: run.id })
  })
  return presentDetail(ctx, await findRun(ctx, run.id))
}

/** What the caller may do by state and policy, so that nothing is asked of a run that it cannot do. */
async function demand(
  ctx: Context,
  id: string,
  may: keyof RunDetail['can'],
  action: 'cancel' | 'restore' | 'resolve',
  refusal: string,
): Promise<FoundRun> {
  const run = await findRun(ctx, id)
  await ctx.authorize(action, runTargetOf(run))
  if (!(await getRun(ctx, { id })).can[may]) throw new AppError('conflict', refusal)
  return run
}

/**
 * Asks a run to stop at the next safe point and to take back what it did, while that is possible.
 * @throws AppError `conflict` when it is not (any more)
 */
export async function cancelRun(ctx: Context, input: CancelRunInput): Promise<RunDetail> {
  const { id, reason } = CancelRunInput.parse(input)
  const run = await demand(ctx, id, 'cancel', 'cancel', 'This cannot be taken back any more.')
  return say(ctx, run, {
    action: 'cancel',
    verb: 'cancel',
    reason,
    says: 'take it back.',
    change: { isCancelAsked: true },
  })
}

/**
 * Brings back what was cut off, within its window. Where switching on makes a leaked secret work again, a new one comes first.
 * @throws AppError `conflict` outside the window; `invalid_input` when nobody would get the new secret
 */
export async function restoreRun(ctx: Context, input: RestoreRunInput): Promise<RunDetail> {
  const { id, reason, rotatesFirst, revealTo } = RestoreRunInput.parse(input)
  const run = await demand(ctx, id, 'restore', 'restore', 'This cannot be brought back any more.')
  if (rotatesFirst && (revealTo === undefined || (await findPerson(ctx, revealTo)) === null))
    throw new AppError('invalid_input', 'Say who gets the new secret.', {
      fields: { revealTo: 'is needed: an active member' },
    })
  const restore = { rotatesFirst, ...(revealTo ? { revealTo } : {}) }
  return say(ctx, run, { action: 'restore', verb: 'restore', reason, says: 'bring it back.', change: { restore } })
}

/** What a person says to a run that needs one. @throws AppError `conflict` when it does not, `invalid_input` for another choice */
export async function resolveRun(ctx: Context, input: ResolveRunInput): Promise<RunDetail> {
  const { id, choice: take, reason } = ResolveRunInput.parse(input)
  const run = await demand(ctx, id, 'resolve', 'resolve', 'This run does not wait for anybody.')
  if (!run.choices.includes(take))
    throw new AppError('invalid_input', 'This is not among the choices.', {
      fields: { choice: 'is not among the choices' },
    })
  const choice = { take, step: run.parkedAt ?? '', after: run.steps.length }
  return say(ctx, run, { action: 'resolve', verb: 'resolve', reason, says: choiceSays[take], change: { choice } })
}
const choiceSays = {
  retry: 'try again.',
  new_secret: 'try another secret.',
  give_up: 'give up.',
  leave: 'leave it so.',
} as const

/** Ends the window in which something can be brought back, so that what comes after it begins now. @throws AppError `conflict` */
export async function endHold(ctx: Context, input: CancelRunInput): Promise<RunDetail> {
  const { id, reason } = CancelRunInput.parse(input)
  const run = await demand(ctx, id, 'endHold', 'resolve', 'No window is open here.')
  const choice = { take: 'leave', step: 'hold', after: run.steps.length }
  return say(ctx, run, { action: 'resolve', verb: 'end_hold', reason, says: 'end the window.', change: { choice } })
}

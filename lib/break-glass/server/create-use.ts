import { insertEmergency, readStart } from '@/lib/grants/server/create-emergency'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError, isAppError } from '@/lib/platform/errors'
import { consumeConfirmation, readConfirmation } from '@/lib/users/server/confirm-session'
import { invocationTarget } from '../rules'
import { InvokeInput, type UseDetail } from '../schema'
import { alertSeconds, drillSeconds } from '../values'
import { getUse } from './list-uses'
import { findConcerned, notifyInvoked } from './notify-use'
import { resolveUse } from './resolve-use'
import { type FoundUse, insertUse } from './store'

/**
 * Breaks the glass: access at once that nobody agreed to, told to everybody whose word was not waited for. It begins with this call, unless
 * one second person has to agree after all; it is never extended, and somebody uninvolved reviews it.
 * @throws AppError `forbidden` for a program, for whoever did not prove just now that it is they, and while a review is overdue;
 * `precondition_failed` when this is not what was previewed; `conflict` for what cannot be given; `invalid_input`
 */
export async function invokeBreakGlass(ctx: Context, input: InvokeInput): Promise<UseDetail> {
  const {
    reason,
    reference,
    seconds,
    isDrill,
    listHash,
    confirmation: _typed,
    secret,
    ...wanted
  } = InvokeInput.parse(input)
  const [use, confirmation] = await Promise.all([resolveUse(ctx, wanted), readConfirmation(ctx)])
  const { requester, subject, row, rights, overdue, isNewWorst, exception } = use
  const id = uuidv7()
  const moment = { isConfirmed: confirmation.isFresh, overdue: overdue.length, isNewWorst, isDrill }
  const target = invocationTarget(requester, subject, moment, id)
  const permit = await ctx.authorize('invoke', target).catch((error: unknown) => {
    throw explained(error, { isFresh: confirmation.isFresh, overdue: use.overdue, isNewWorst })
  })
  if (use.listHash !== listHash)
    throw new AppError('precondition_failed', 'This is not what was previewed. Look at it again.')
  if (use.problem !== null) throw new AppError('conflict', use.problem)
  if (isDrill && seconds > drillSeconds)
    throw new AppError('invalid_input', 'A drill is shorter.', {
      fields: { seconds: `Choose at most ${drillSeconds / 60} minutes.` },
    })
  const isAtSource = row.mode === 'provisioned'
  if (secret !== undefined && !isAtSource)
    throw new AppError('invalid_input', 'Nothing is given at a source here.', { fields: { secret: 'is not used' } })
  const skipped = use.skipped.filter(({ id: each }) => each !== requester.id)
  const [now, concerned] = await Promise.all([readStart(ctx), findConcerned(ctx, target)])
  const { orgId } = ctx.tenant
  const isWaiting = exception !== null
  const name = requester.name
  const says = `${name} broke the glass${isDrill ? ', as a drill' : ''}: ${reason}${isWaiting ? ` ${use.exceptionSays}` : ''}`
  const after = {
    ...{
      grantId: id,
      subject: subject.name,
      mode: row.mode,
      seconds,
      isDrill,
      reference,
      incidentId: wanted.incidentId,
    },
    ...{
      exception,
      skipped: skipped.map((each) => each.name),
      rights: rights.map(({ ref, scopes }) => ({ ref, scopes })),
    },
  }
  await ctx.commit(permit, { action: 'break_glass.invoke', target, reason, after }, async (tx) => {
    await consumeConfirmation(ctx, tx, confirmation)
    await insertEmergency(tx, orgId, now, {
      ...{ id, row, rights, seconds, secret, says, consoleRole: use.role, task: reason, ticket: reference },
      ...{ incidentId: wanted.incidentId, waitsFor: isWaiting ? skipped.map((each) => each.id) : null },
    })
    await insertUse(tx, {
      ...{ orgId, id, isDrill, reason, reference, exception, invokedAt: now },
      state: isWaiting ? 'waiting' : isAtSource ? 'invoked' : 'active',
      ...{ invokerId: requester.id, invokerName: name, skippedIds: skipped.map((each) => each.id) },
      alertDueAt: new Date(now.getTime() + alertSeconds * 1000),
    })
    const alert = { id, orgId, isDrill, reason, invoker: name, subject: subject.name, seconds }
    await notifyInvoked(tx, alert, [...new Set([...skipped.map((each) => each.id), ...concerned])])
  })
  return getUse(ctx, { id })
}

/** A refusal says what would help, where something would. */
function explained(
  error: unknown,
  { isFresh, overdue, isNewWorst }: { isFresh: boolean; overdue: readonly FoundUse[]; isNewWorst: boolean },
): unknown {
  if (!isAppError(error) || error.code !== 'forbidden') return error
  if (!isFresh)
    return new AppError('forbidden', 'Prove first that it is you: type your password, or sign in once more.', {
      cause: error,
    })
  const [oldest] = overdue
  if (!oldest || isNewWorst) return error
  const many =
    overdue.length === 1 ? 'A review of break-glass is overdue' : `${overdue.length} reviews of break-glass are overdue`
  return new AppError(
    'forbidden',
    `${many} (the oldest: ${oldest.grant.subjectName}, used by ${oldest.invokerName}). Until that is done it can only be used for a new incident of severity 1.`,
    { cause: error },
  )
}

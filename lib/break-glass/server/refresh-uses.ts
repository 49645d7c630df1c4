import { recordEvents } from '@/lib/grants/server/record-events'
import { contextForJob } from '@/lib/platform/auth/request-context'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { log } from '@/lib/platform/telemetry/log'
import { alertSeconds } from '../values'
import { findConcerned, findReviewers, notifyOverdue, notifyReview, notifyUnseen } from './notify-use'
import { targetOf } from './present-use'
import { type FoundUse, findDueUses, findTouched, findUse, insertSecrets, writeUse } from './store'

const everyMs = 1000

/**
 * Does what is due for a use: asks for its review and notes what it touched when it has ended; tells more people of an alert that nobody has
 * seen; and tells that a review is overdue. Several workers may do so at once: each thing is done once.
 */
export async function refreshUse(ctx: Context, { id }: { id: string }): Promise<void> {
  const use = await findUse(ctx, id)
  const permit = await ctx.authorize('carry_out', targetOf(use))
  const now = new Date()
  if (use.state === 'to_review' && use.reviewAskedAt === null) await askForReview(ctx, permit, use)
  const isUnseen = use.seenAt === null && use.escalatedAt === null && use.alertDueAt !== null && use.alertDueAt <= now
  if (isUnseen && use.state !== 'void' && use.state !== 'reviewed') await escalate(ctx, permit, use)
  const isLate = use.state === 'to_review' && use.reviewDueAt !== null && use.reviewDueAt <= now
  if (isLate && use.overdueToldAt === null) await tellOverdue(ctx, permit, use)
}

const overOf = ({ orgId, id, isDrill, invokerName, grant }: FoundUse) => ({
  ...{ orgId, id, isDrill, invokerName, subject: grant.subjectName },
})

/** One thing that is due, if nobody else has done it. */
function once(
  ctx: Context,
  permit: Permit,
  use: FoundUse,
  { verb, mark, says }: { verb: string; mark: 'reviewAskedAt' | 'escalatedAt' | 'overdueToldAt'; says: string },
  also: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  const change = { action: `break_glass.${verb}`, target: targetOf(use), after: { grantId: use.id } }
  return ctx
    .commit(permit, change, async (tx) => {
      if (!(await writeUse(tx, use, { [mark]: null }, { [mark]: new Date() }))) throw new DoneAlready()
      await recordEvents(tx, use, [{ what: verb, says }])
      await also(tx)
    })
    .catch((error: unknown) => {
      if (!(error instanceof DoneAlready)) throw error
    })
}

/** Another worker was first: nothing is written. */
class DoneAlready extends Error {}

async function askForReview(ctx: Context, permit: Permit, use: FoundUse): Promise<void> {
  const [reviewers, touched] = await Promise.all([findReviewers(ctx, targetOf(use)), findTouched(ctx, use)])
  const dueAt = use.reviewDueAt ?? new Date()
  const what =
    touched.length === 0 ? 'It touched no secret that is known.' : `${touched.length} secrets are to be made anew.`
  const says = `It waits for a review by somebody who had no part in it. ${what}`
  await once(ctx, permit, use, { verb: 'ask_for_review', mark: 'reviewAskedAt', says }, async (tx) => {
    await insertSecrets(tx, use, dueAt, touched)
    await notifyReview(tx, overOf(use), reviewers)
  })
}

async function escalate(ctx: Context, permit: Permit, use: FoundUse): Promise<void> {
  const people = await findConcerned(ctx, targetOf(use))
  const says = `Nobody has said within ${alertSeconds / 60} minutes that they have seen it. More people were told.`
  await once(ctx, permit, use, { verb: 'escalate', mark: 'escalatedAt', says }, (tx) =>
    notifyUnseen(tx, overOf(use), people),
  )
}

async function tellOverdue(ctx: Context, permit: Permit, use: FoundUse): Promise<void> {
  const people = await findReviewers(ctx, targetOf(use))
  const says =
    'Its review is overdue. Until that is done break-glass can only be used for a new incident of severity 1.'
  await once(ctx, permit, use, { verb: 'tell_overdue', mark: 'overdueToldAt', says }, (tx) =>
    notifyOverdue(tx, overOf(use), people),
  )
}

/** Looks over all organizations every second, until the answer is called. */
export function startBreakGlassSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    const due = await findDueUses().catch((error: unknown) => {
      log.error({ err: error }, 'due uses of break-glass could not be read')
      return []
    })
    for (const { orgId, id } of due)
      await refreshUse(contextForJob(orgId, 'break-glass'), { id }).catch((error: unknown) =>
        log.error({ err: error, orgId, useId: id }, 'what is due for a use of break-glass was not done'),
      )
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}

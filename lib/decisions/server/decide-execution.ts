import { applyUse } from '@/lib/grants/server/apply-use'
import { makeContext } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { decisionTarget } from '../rules'
import type { Answer, Question } from '../schema'
import { type Asking, answerOf, judgeAll, rowOf, type Verdict } from './decide-access'
import { recordDecisions } from './record-decisions'

/**
 * Answers whoever is about to act, right before the act. What holds anyway is a yes as ever. What only a grant for so many times gives is a yes
 * when a use of it was taken, and the taking is committed (decision 066). A no costs no use. Never throws for what makes an answer a no.
 */
export async function decideExecution(asking: Asking, question: Question): Promise<Answer> {
  const verdict = await judgeTaking(asking, question)
  const at = new Date()
  const latencyUs = Math.round((performance.now() - asking.began) * 1000)
  const row = rowOf(asking, question, verdict, { at, latencyUs })
  recordDecisions([row])
  return answerOf(asking.caller.tenant.orgId, row, verdict)
}

async function judgeTaking(asking: Asking, question: Question): Promise<Verdict> {
  const [plain] = await judgeAll(asking, [{ question }])
  if (!plain?.toTake) return plain ?? { isAllowed: false, reason: 'context_unavailable', rule: null }
  const [taking] = await judgeAll(asking, [{ question }], { isTaking: true })
  if (!taking?.isAllowed || !taking.grant) return taking ?? plain
  const left = await takeUse(asking, taking.grant.id, question)
  const { toTake: _toTake, ...told } = taking
  if (left !== undefined) return { ...told, grant: { ...taking.grant, usesLeft: left } }
  return { ...told, isAllowed: false, reason: 'grant_over', rule: null, grant: null }
}

/** How many uses are left after this one; undefined where there was none, or nobody could say. */
async function takeUse(
  { caller, requestId }: Asking,
  grantId: string,
  question: Question,
): Promise<number | undefined> {
  const ctx = makeContext(caller.actor, caller.tenant, { id: requestId })
  const { subject, action, resource } = question
  try {
    const permit = await ctx.authorize('ask', decisionTarget)
    const what = `${action.name} on ${resource.type} ${resource.id} by ${subject.type} ${subject.id}`
    return await applyUse(ctx, permit, { grantId, what: what.slice(0, 300) })
  } catch (error) {
    if (!isAppError(error))
      log.error({ reason: String(error).slice(0, 300), grantId }, 'a use of a grant could not be taken')
    return undefined
  }
}

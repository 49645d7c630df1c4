import type { Context } from '@/lib/platform/context'
import { invocationTarget } from '../rules'
import { PreviewUseInput, type UsePreview } from '../schema'
import { resolveUse } from './resolve-use'

/** What breaking the glass would give, whose word it would not wait for, and what keeps it from being used. Changes nothing. */
export async function previewUse(ctx: Context, input: PreviewUseInput): Promise<UsePreview> {
  const use = await resolveUse(ctx, PreviewUseInput.parse(input))
  const { requester, subject, overdue, isNewWorst } = use
  const moment = { isConfirmed: false, overdue: overdue.length, isNewWorst, isDrill: false }
  await ctx.authorize('prepare', invocationTarget(requester, subject, moment))
  return {
    subject: { kind: subject.kind, id: subject.id, name: subject.name },
    ...{ rights: use.outcomes, role: use.role, impact: use.impact, problem: use.problem, listHash: use.listHash },
    skipped: use.skipped.filter(({ id }) => id !== requester.id),
    secondPerson: use.exception === null ? null : { why: use.exception, says: use.exceptionSays ?? '' },
    isBlocked: overdue.length > 0 && !isNewWorst,
    overdue: overdue.map(({ id, grant, reviewDueAt }) => ({
      ...{ id, name: grant.subjectName, dueAt: (reviewDueAt ?? new Date()).toISOString() },
    })),
    incidents: use.incidents.map(({ id, title, severity }) => ({ id, title, severity })),
  }
}

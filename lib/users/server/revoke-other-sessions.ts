import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { endSessions } from './store'

/** Ends every session of the caller but the one that asks. The answer is how many there were. */
export async function revokeOtherSessions(ctx: Context): Promise<{ ended: number }> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a signed-in person has other sessions.')
  const target = sessionTarget({ id: '*', userId: actor.id, email: actor.email })
  const permit = await ctx.authorize('delete', target)
  const ended = await ctx.commit(
    permit,
    (count: number) => ({ action: 'session.revoke_others', target, after: { ended: count } }),
    (tx) => endSessions({ userId: actor.id, id: { not: actor.sessionId } }, tx),
  )
  return { ended }
}

import { confirmedSeconds } from '@/lib/platform/auth/settings'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { ConfirmSessionInput, type SessionConfirmation } from '../schema'
import { findAccountById, findSession, writeConfirmation } from './store'
import { verifyPresent } from './verify-present'

function personOf({ actor }: Context) {
  if (actor.kind !== 'user')
    throw new AppError('forbidden', 'Only a signed-in person can prove that it is they. A key proves nothing of that.')
  return actor
}

/**
 * Somebody who is signed in proves by their password that it is still they. It holds for five minutes in this session alone, and for one
 * act that asks for it. @throws AppError `forbidden`, `precondition_failed` without a password, `invalid_input` for a wrong one, `rate_limited`
 */
export async function confirmSession(ctx: Context, given: ConfirmSessionInput): Promise<SessionConfirmation> {
  const { password } = ConfirmSessionInput.parse(given)
  const actor = personOf(ctx)
  const target = sessionTarget({ id: actor.sessionId, userId: actor.id, email: actor.email })
  const permit = await ctx.authorize('confirm', target)
  const account = await findAccountById(actor.id)
  if (!account?.passwordHash)
    throw new AppError(
      'precondition_failed',
      'You come in by single sign-on and have no password here. Sign in once more.',
    )
  await verifyPresent(account, password, { ip: ctx.request.ip, field: 'password' })
  await ctx.commit(permit, { action: 'session.confirm', target }, async (tx) => {
    if (!(await writeConfirmation(tx, actor.sessionId, new Date())))
      throw new AppError('conflict', 'This session has ended. Sign in again.')
  })
  return { isFresh: true, way: 'password' }
}

/**
 * Whether the caller proved within the last five minutes that it is they: by their password, or, who has none, by having signed in just
 * now. @throws AppError `forbidden` for a program
 */
export async function readConfirmation(ctx: Context): Promise<SessionConfirmation> {
  const actor = personOf(ctx)
  const [account, session] = await Promise.all([findAccountById(actor.id), findSession(actor.sessionId)])
  const way = account?.passwordHash ? 'password' : 'sign_in'
  const at = way === 'password' ? session?.confirmedAt : session?.createdAt
  return { way, isFresh: at != null && Date.now() - at.getTime() < confirmedSeconds * 1000 }
}

/**
 * It is used up by the act that asked for it, in its transaction: of two at once one has it.
 * @throws AppError `conflict` when it was used up, or is too old by now
 */
export async function consumeConfirmation(ctx: Context, tx: Tx, { way }: SessionConfirmation): Promise<void> {
  if (way === 'sign_in') return
  const since = new Date(Date.now() - confirmedSeconds * 1000)
  if (!(await writeConfirmation(tx, personOf(ctx).sessionId, null, since)))
    throw new AppError('conflict', 'That it is you was proved for something else meanwhile. Type your password again.')
}

import type { Context } from '@/lib/platform/context'
import { hashPassword } from '@/lib/platform/crypto/password'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { UpdatePasswordInput } from '../schema'
import { demandStrong } from './create-user'
import { endSessions, findAccountById, writePassword } from './store'
import { verifyPresent } from './verify-present'

/**
 * Changes the caller's password after a look at the present one, which counts as an attempt to sign in, and ends all
 * other sessions of the caller. The permit is the one to end these.
 * @throws AppError `precondition_failed` for people without a password, `conflict` when it changed in between
 */
export async function updatePassword(ctx: Context, given: UpdatePasswordInput): Promise<{ ended: number }> {
  const { currentPassword, newPassword } = UpdatePasswordInput.parse(given)
  const { actor } = ctx
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a signed-in person can change a password.')
  const account = await findAccountById(actor.id)
  if (!account?.passwordHash) {
    throw new AppError('precondition_failed', 'You come in by single sign-on and have no password here.')
  }
  const target = sessionTarget({ id: '*', userId: actor.id, email: actor.email })
  const permit = await ctx.authorize('delete', target)
  await verifyPresent(account, currentPassword, { ip: ctx.request.ip, field: 'currentPassword' })
  if (newPassword === currentPassword) {
    const newField = 'This is the password that you have now.'
    throw new AppError('invalid_input', newField, { fields: { newPassword: newField } })
  }
  demandStrong(newPassword, [account.email, account.name], 'newPassword')
  const passwordHash = await hashPassword(newPassword)
  const person = { kind: 'member', id: account.id, label: account.email }
  const ended = await ctx.commit(
    permit,
    (count: number) => ({ action: 'user.password.update', target: person, after: { endedSessions: count } }),
    async (tx) => {
      if (!(await writePassword(tx, account, passwordHash))) {
        throw new AppError('conflict', 'Your password was changed elsewhere a moment ago.')
      }
      return endSessions({ userId: actor.id, id: { not: actor.sessionId } }, tx)
    },
  )
  return { ended }
}

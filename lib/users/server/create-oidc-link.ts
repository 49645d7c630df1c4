import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { chooseActive, resolveMemberships } from '@/lib/platform/auth/resolve-session'
import type { RequestInfo } from '@/lib/platform/context'
import { AppError, isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { sessionTarget } from '../rules'
import { type Account, insertLink, type Takeover } from './store'

/**
 * Ties an account to a person of the identity provider at their first arrival. The provider proves who reads the mail of
 * this address; a password does not, as whoever invites sees the invitation's link and can set one. So the account's
 * password goes, and every session of the account ends, in the same step. The event stands in the organization in which
 * the person begins to work; a person without organization has no audit trail, and a line of the log says it.
 */
export async function createOidcLink(
  account: Account,
  provider: { issuer: string; subject: string },
  request: RequestInfo,
): Promise<void> {
  const link = { ...provider, userId: account.id }
  const active = await chooseActive(await resolveMemberships(account.id), null, 'oidc')
  if (!active) {
    const takeover = await insertLink(link)
    if (takeover) log.info({ requestId: request.id, userId: account.id, ...takeover }, 'account linked')
    return
  }
  const { id: userId, name, email } = account
  const ctx = contextOfPerson({ userId, name, email, sessionId: '' }, active, request)
  const permit = await ctx.authorize('delete', sessionTarget({ id: '*', userId, email }))
  try {
    await ctx.commit(
      permit,
      (takeover: Takeover) => ({
        action: 'user.oidc.link',
        target: { kind: 'member', id: userId, label: email },
        after: { issuer: provider.issuer, ...takeover },
      }),
      async (tx) => {
        const takeover = await insertLink(link, tx)
        if (takeover) return takeover
        throw new AppError('conflict', 'This person of the identity provider is linked already.')
      },
    )
  } catch (error) {
    // Two first arrivals at once: the other one did it.
    if (!isAppError(error) || error.code !== 'conflict') throw error
  }
}

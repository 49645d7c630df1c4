import type { Call, Verdict } from '../live-contract'
import { LiveError } from '../live-error'
import type { Secret } from '../secret'
import { type Answer, endToken, type KeystoneSession } from './client'

/**
 * What a sign-in says of a secret. The token that it gives is ended at once.
 * @param by whose right ends it; absent = its own
 */
export async function triedBy(
  session: KeystoneSession,
  attempt: () => Promise<Answer>,
  call: Call,
  by?: Secret,
): Promise<Verdict> {
  try {
    const { status, token, reason } = await attempt()
    if (token !== undefined && (status === 200 || status === 201)) {
      await endToken(session, token, by ?? token, call)
      return { answer: 'accepted', reason: 'Keystone gave a token, which was ended at once' }
    }
    // 404: a credential that is not there.
    if (status === 401 || status === 404) return { answer: 'refused', reason: `Keystone refused it: ${reason}` }
    return { answer: 'unknown', reason: `Keystone did not say whether the secret is right: ${reason}` }
  } catch (error) {
    if (error instanceof LiveError && ['unreachable', 'timed_out', 'rate_limited'].includes(error.code))
      return { answer: 'unknown', reason: 'no answer came' }
    throw error
  }
}

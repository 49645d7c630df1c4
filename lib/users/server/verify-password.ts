import { readDeviceCookie } from '@/lib/platform/auth/device-cookie'
import { accountKey, forgiveAttempt, releaseAttempt, reserveAttempt } from '@/lib/platform/auth/sign-in-limits'
import { verifyPassword as matches } from '@/lib/platform/crypto/password'
import { AppError } from '@/lib/platform/errors'
import { VerifyPasswordInput } from '../schema'
import { findAccountByEmail } from './store'

/**
 * Who this e-mail address and password belong to. Attempts are counted before the password is looked at. Unknown
 * address, wrong password, disabled account and account without password get one answer after the same work.
 * An attempt whose password could not be looked at (too many at once) counts for nothing.
 * @throws AppError `unauthenticated`, or `rate_limited` with the seconds to wait
 */
export async function verifyPassword(
  given: VerifyPasswordInput,
  origin: { ip: string | undefined; deviceCookie: string | undefined },
): Promise<{ id: string; name: string; email: string }> {
  const { email, password } = VerifyPasswordInput.parse(given)
  const account = accountKey(email)
  const attempt = { account, address: origin.ip, device: readDeviceCookie(origin.deviceCookie, account) }
  await reserveAttempt(attempt)
  const { found, isRight } = await look(email.toLowerCase(), password).catch(async (error: unknown) => {
    await releaseAttempt(attempt)
    throw error
  })
  if (!found || !isRight || found.status !== 'active') {
    throw new AppError('unauthenticated', 'The e-mail address or the password is not right.')
  }
  await forgiveAttempt(attempt)
  return { id: found.id, name: found.name, email: found.email }
}

async function look(email: string, password: string) {
  const found = await findAccountByEmail(email)
  return { found, isRight: await matches(found?.passwordHash, password) }
}

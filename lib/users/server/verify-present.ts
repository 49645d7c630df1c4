import { accountKey, forgiveAttempt, releaseAttempt, reserveAttempt } from '@/lib/platform/auth/sign-in-limits'
import { verifyPassword } from '@/lib/platform/crypto/password'
import { AppError } from '@/lib/platform/errors'
import type { Account } from './store'

/**
 * Whether this is the present password of somebody who is signed in; it counts as an attempt to sign in.
 * @throws AppError `invalid_input` at the field in which it was given, or `rate_limited`
 */
export async function verifyPresent(
  account: Account,
  password: string,
  { ip, field }: { ip: string | undefined; field: string },
): Promise<void> {
  const attempt = { account: accountKey(account.email), address: ip, device: undefined }
  await reserveAttempt(attempt)
  const isRight = await verifyPassword(account.passwordHash, password).catch(async (error: unknown) => {
    await releaseAttempt(attempt)
    throw error
  })
  if (!isRight) {
    const message = 'This is not your present password.'
    throw new AppError('invalid_input', message, { fields: { [field]: message } })
  }
  await forgiveAttempt(attempt)
}

import { createHash } from 'node:crypto'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { OrgPool } from '@/lib/platform/db/pool'
import { AppError } from '@/lib/platform/errors'

const windowSeconds = 15 * 60
/** Failed attempts in a window after which one account, or one known device of it, has to wait. */
export const failuresPerAccount = 5
/** Failed attempts in a window after which one address has to wait, whatever accounts it tries. */
export const failuresPerAddress = 50

const pool = new OrgPool('')
const limiter = (keyPrefix: string, points: number) =>
  new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limit',
    tableCreated: true,
    keyPrefix,
    points,
    duration: windowSeconds,
  })
const accounts = limiter('sign-in-account', failuresPerAccount)
const devices = limiter('sign-in-device', failuresPerAccount)
const addresses = limiter('sign-in-address', failuresPerAddress)

/** An account's name among the counters: a hash of the e-mail address, known or not. */
export function accountKey(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase(), 'utf8').digest('hex').slice(0, 32)
}

export interface Attempt {
  account: string
  /** Undefined when the address is not known; all such requests share one counter. */
  address: string | undefined
  /**
   * A device from which this account has signed in before (`device-cookie.ts`). It has a counter of its own, so that
   * strangers who lock the account do not lock its owner out.
   */
  device: string | undefined
}

/**
 * Counts an attempt before the password is looked at, so that many at once cannot slip through.
 * @throws AppError `rate_limited` with the seconds to wait; the password must then not be looked at
 */
export async function reserveAttempt(attempt: Attempt): Promise<void> {
  await take(addresses, attempt.address ?? 'unknown')
  if (attempt.device) await take(devices, attempt.device)
  else await take(accounts, attempt.account)
}

/** Gives a reserved attempt back after a success: only failures count. */
export async function forgiveAttempt(attempt: Attempt): Promise<void> {
  await addresses.reward(attempt.address ?? 'unknown', 1)
  if (attempt.device) await devices.delete(attempt.device)
  else await accounts.delete(attempt.account)
}

/** Gives a reserved attempt back whose password was never looked at: it was neither a success nor a failure. */
export async function releaseAttempt(attempt: Attempt): Promise<void> {
  await addresses.reward(attempt.address ?? 'unknown', 1)
  if (attempt.device) await devices.reward(attempt.device, 1)
  else await accounts.reward(attempt.account, 1)
}

async function take(counter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await counter.consume(key, 1)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw new AppError('rate_limited', `Too many failed attempts. Try again in ${inMinutes(retryAfterSeconds)}.`, {
      retryAfterSeconds,
      detail: `${counter.keyPrefix} ${key}`,
    })
  }
}

function inMinutes(seconds: number): string {
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

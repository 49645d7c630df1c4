import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { OrgPool } from '../db/pool'
import { AppError } from '../errors'

/** Requests a minute. People's pages fetch in bursts; a program has no screen to fill. */
const limits = { user: 1200, api_key: 600 }
const windowSeconds = 60

export type Limited = keyof typeof limits

const kept = globalThis as typeof globalThis & { bailiwickLimiters?: Record<Limited, RateLimiterPostgres> }

/** Counts in PostgreSQL, so that N web processes share one limit; refusals of a full window are answered from memory. */
function limiters(): Record<Limited, RateLimiterPostgres> {
  const make = (points: number) =>
    new RateLimiterPostgres({
      storeClient: new OrgPool(''),
      storeType: 'pool',
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix: 'api',
      points,
      duration: windowSeconds,
      inMemoryBlockOnConsumed: points + 1,
    })
  kept.bailiwickLimiters ??= { user: make(limits.user), api_key: make(limits.api_key) }
  return kept.bailiwickLimiters
}

export interface Allowance {
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). */
  headers: Record<string, string>
  /** Set when the window is used up. */
  refusal?: AppError
}

/** Counts one request of an actor. A refusal is returned, not thrown, so that its answer carries the headers too. */
export async function countRequest(kind: Limited, id: string): Promise<Allowance> {
  const limiter = limiters()[kind]
  let state: RateLimiterRes
  let isRefused = false
  try {
    state = await limiter.consume(`${kind}:${id}`)
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason
    state = reason
    isRefused = true
  }
  const seconds = Math.max(1, Math.ceil(state.msBeforeNext / 1000))
  const remaining = isRefused ? 0 : state.remainingPoints
  const headers = {
    'RateLimit-Policy': `"${kind}";q=${limits[kind]};w=${windowSeconds}`,
    RateLimit: `"${kind}";r=${remaining};t=${seconds}`,
  }
  if (!isRefused) return { headers }
  const message = `More than ${limits[kind]} requests in a minute. Try again in ${seconds} s.`
  return { headers, refusal: new AppError('rate_limited', message, { retryAfterSeconds: seconds }) }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { LiveError, type LiveErrorCode } from './live-error'

/** What passes by itself: trying again makes sense. A refused login or right does not. */
const passing: readonly LiveErrorCode[] = ['unreachable', 'timed_out', 'rate_limited']

export interface RetryBounds {
  /** Attempts in all. */
  tries: number
  firstWaitMs: number
  longestWaitMs: number
}
export const usualBounds: RetryBounds = { tries: 4, firstWaitMs: 250, longestWaitMs: 15_000 }

/** How a connection is opened and its questions asked. */
export interface ConnectOptions {
  signal?: AbortSignal
  retry?: RetryBounds
  /** How long one call may take; of a page, how long after its last question. A whole reading has no such bound. */
  timeoutMs?: number
}

/**
 * How long to wait before the next attempt: double the time of the one before, with up to half of it left to chance so that many
 * do not come back together, or what the source asked for. `undefined` = give up.
 */
export function waitBefore(
  attempt: number,
  error: LiveError,
  { tries, firstWaitMs, longestWaitMs }: RetryBounds,
  chance: () => number = Math.random,
): number | undefined {
  if (attempt >= tries || !passing.includes(error.code)) return undefined
  if (error.retryAfterMs !== undefined) return error.retryAfterMs > longestWaitMs ? undefined : error.retryAfterMs
  const whole = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1))
  return Math.round(whole / 2 + (chance() * whole) / 2)
}

/** Waits, or ends with `cancelled` as soon as the signal says so. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throw new LiveError('cancelled', 'It was cancelled.')
  }
}

/** Lets so many through in a second and holds the others back, in their order. */
export function pacer(perSecond: number, now: () => number = performance.now.bind(performance)) {
  const gapMs = 1000 / perSecond
  let free = 0
  return async (signal: AbortSignal): Promise<void> => {
    const at = Math.max(now(), free)
    free = at + gapMs
    const wait = at - now()
    if (wait > 0) await pause(wait, signal)
    if (signal.aborted) throw new LiveError('cancelled', 'It was cancelled.')
  }
}

import { isAppError } from '@/lib/platform/errors'

/** A failure that may pass: the decision point or the database was away, or somebody else has what the job needs. */
export function isWorthRetrying(error: unknown): boolean {
  return !isAppError(error) || error.code === 'upstream_failed' || error.retryAfterSeconds !== undefined
}

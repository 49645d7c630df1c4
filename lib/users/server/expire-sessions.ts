import { log } from '@/lib/platform/telemetry/log'
import { removeEndedSessions } from './store'

const keptDays = 30

/**
 * Removes sessions that ended more than 30 days ago, with the addresses and browsers that they noted. Who signed in and
 * when stays in the audit trail. Answers how many.
 */
export function expireSessions(now: Date): Promise<number> {
  return removeEndedSessions(new Date(now.getTime() - keptDays * 86_400_000))
}

/** Expires sessions now and every hour, until the answer is called. */
export function startSessionExpiry(): () => void {
  const expire = () =>
    expireSessions(new Date()).then(
      (expired) => log.info({ expired }, 'ended sessions removed'),
      (error: unknown) => log.error({ err: error }, 'ended sessions could not be removed'),
    )
  void expire()
  const timer = setInterval(expire, 60 * 60 * 1000)
  return () => clearInterval(timer)
}

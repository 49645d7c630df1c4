import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import { log } from '@/lib/platform/telemetry/log'
import { notificationTarget } from '../rules'
import { removeOld } from './store'

const everyMs = 6 * 3_600_000
/** Days after which what was read, and e-mails that are over, are removed. The audit trail keeps what was sent to whom. */
const keptDays = 180
/** Of one organization at a time; the rest follows with the next look. */
const most = 10_000

/** Removes what is long over, of every organization. Answers how many notifications and e-mails. */
export async function expireNotifications(): Promise<number> {
  let removed = 0
  for (const { id: orgId } of await listOrganizations()) {
    const ctx = contextForJob(orgId, 'mail')
    const permit = await ctx.authorize(
      'deliver',
      notificationTarget({ id: '*', userId: '', subject: 'what is long over' }),
    )
    removed += await ctx.commitPart(permit, (bulk) => removeOld(bulk, keptDays, most))
  }
  return removed
}

/** Looks now and every six hours, until the answer is called. */
export function startNotificationExpiry(): () => void {
  const run = () =>
    void expireNotifications().catch((error: unknown) =>
      log.error({ err: error }, 'old notifications could not be removed'),
    )
  run()
  const timer = setInterval(run, everyMs)
  return () => clearInterval(timer)
}

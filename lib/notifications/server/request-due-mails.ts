import { contextForJob } from '@/lib/platform/auth/request-context'
import { enqueue } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { groupBy, notificationTarget } from '../rules'
import { enqueueMail, isMailOn, mailQueue } from './enqueue-mail'
import { findDueDigests, findDueMails, takeDigests } from './store'
import { touchMail } from './store-mails'

const everyMs = 10_000
/** So many notifications are put together at a time; the rest follows with the next look. */
const mostAtOnce = 5000

const anyTarget = notificationTarget({ id: '*', userId: '', subject: 'e-mail' })

/** Queues every e-mail whose time has come: tries again, and those whose worker was killed. Answers how many. */
export async function requestDueMails(): Promise<number> {
  const due = await findDueMails()
  for (const { orgId, id } of due) {
    const ctx = contextForJob(orgId, 'mail')
    const permit = await ctx.authorize('deliver', anyTarget)
    await ctx.commitPart(permit, async (bulk) => {
      if (await touchMail(bulk, id)) await enqueue(bulk, mailQueue, { orgId, mailId: id })
    })
  }
  return due.length
}

/** Makes the digests whose time has come: one e-mail for each reader, about what they have not read. Answers how many. */
export async function requestDueDigests(): Promise<number> {
  let made = 0
  for (const orgId of await findDueDigests()) {
    const ctx = contextForJob(orgId, 'mail')
    const permit = await ctx.authorize('deliver', anyTarget)
    made += await ctx.commitPart(permit, async (bulk) => {
      const taken = await takeDigests(bulk, mostAtOnce)
      if (!(await isMailOn(bulk, orgId))) return 0
      const groups = groupBy(taken, ({ userId, digest }) => `${digest}:${userId}`)
      for (const group of groups.values()) {
        const [first] = group
        if (!first) continue
        const { userId, digest } = first
        await enqueueMail(bulk, { orgId, userId, kind: digest, notificationIds: group.map(({ id }) => id) })
      }
      return groups.size
    })
  }
  return made
}

/** Looks every ten seconds, until the answer is called. */
export function startMailSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await requestDueDigests()
      .then(requestDueMails)
      .catch((error: unknown) => log.error({ err: error }, 'due e-mails could not be queued'))
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}

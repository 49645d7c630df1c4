import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { type MailJob, mailQueue } from './enqueue-mail'
import { sendMail } from './send-mail'

/** Sends one e-mail. When a mail server refuses it for now, that is no failure of the job: the mail says itself when it is next. */
export const sendMailJob: JobDefinition<MailJob> = {
  ...mailQueue,
  async run({ orgId, mailId }) {
    try {
      await sendMail(contextForJob(orgId, 'mail'), { id: mailId })
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, mailId }, 'mail not sent')
    }
  },
}

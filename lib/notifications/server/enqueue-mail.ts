import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { env } from '@/lib/platform/env'
import { enqueue, type QueueDefinition } from '@/lib/platform/jobs/boss'
import { insertMail, type MailKind } from './store-mails'
import { readMailWay } from './store-settings'

export interface MailJob {
  orgId: string
  mailId: string
  [key: string]: string
}

/** The queue of e-mails; `jobs.ts` says how one is sent. A job that is lost is made up for by `startMailSweep`. */
export const mailQueue: QueueDefinition<MailJob> = {
  queue: 'mail-send',
  retryLimit: 3,
  retryDelay: 2,
  retryDelayMax: 30,
  expireInSeconds: 300,
  share: { atOnce: 4 },
}

/** Whether an organization sends e-mail: by a server of its own, or by that of the installation unless it said no. */
export async function isMailOn(tx: Tx | BulkTx, orgId: string): Promise<boolean> {
  const way = (await readMailWay(tx, orgId)) ?? 'installation'
  return way === 'own' || (way === 'installation' && env().SMTP_URL !== undefined)
}

/** Stores an e-mail and queues it, in the caller's transaction. */
export async function enqueueMail(
  tx: Tx | BulkTx,
  mail: { orgId: string; userId: string; kind: MailKind; notificationIds: readonly string[] },
): Promise<void> {
  const mailId = await insertMail(tx, mail)
  await enqueue(tx, mailQueue, { orgId: mail.orgId, mailId })
}

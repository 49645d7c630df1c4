import { randomUUID } from 'node:crypto'
import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { mailSettingTarget } from '../rules'
import type { MailTest } from '../schema'
import { openMailServer, sendLetter } from './open-mail-server'
import { presentTest } from './present-mail'
import { messageIdOf } from './send-mail'
import { findOrganizationName } from './store-mails'

/**
 * Sends a test e-mail to the caller, and to nobody else, by the server that is stored. What fails is an answer, not an error.
 * @throws AppError `forbidden`, also for programs, which have no mailbox
 */
export async function verifyMailServer(ctx: Context): Promise<MailTest> {
  const target = mailSettingTarget(ctx.tenant.orgId)
  const permit = await ctx.authorize('test', target)
  const { actor } = ctx
  if (actor.kind !== 'user') throw new AppError('forbidden', 'A test e-mail goes to the person who asks for it.')
  const server = await openMailServer(ctx)
  const to = actor.email
  let test: MailTest = { isSent: false, to, says: 'No mail server is set up, so nothing was sent.' }
  if (server) {
    const organization = (await findOrganizationName(ctx))?.name ?? ''
    const letter = presentTest({ site: env().PUBLIC_URL, organization, reader: actor.name })
    const id = messageIdOf(randomUUID())
    const failure = await sendLetter(server, { ...letter, to: { name: actor.name, address: to }, messageId: id })
    test = failure
      ? { isSent: false, to, says: failure.says }
      : { isSent: true, to, says: `${server.host} took the e-mail. Look whether it arrives at ${to}.` }
  }
  await ctx.commit(permit, { action: 'mail.test', target, after: test }, async () => undefined)
  return test
}

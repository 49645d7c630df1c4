import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { env } from '@/lib/platform/env'
import {
  insteadFacts,
  insteadKey,
  type MailFailure,
  mailSettingTarget,
  mostAttempts,
  notificationTarget,
  retryAt,
} from '../rules'
import { Fact } from '../schema'
import type { NotificationKind } from '../values'
import { findAble } from './find-able'
import { notify } from './notify-people'
import { openMailServer, sendLetter } from './open-mail-server'
import { type Envelope, presentDigest, presentNotice, type Told } from './present-mail'
import { findNames, type NotificationRow } from './store'
import {
  type FoundMail,
  findMail,
  findOrganizationName,
  type MailKind,
  takeMail,
  writeMail,
  writeToldInstead,
} from './store-mails'

/**
 * One try to send an e-mail. It is sent at least once: a worker that dies between the server's word and its own note of it leaves a
 * mail that is sent again, with the same Message-ID, by which mail systems tell it from a second one. What is refused for now is tried
 * again a few times; what is refused for good, or too often, is shown to administrators, and the next person is told.
 */
export async function sendMail(ctx: Context, { id }: { id: string }): Promise<void> {
  const found = await findMail(ctx, id)
  if (!found || found.endedAt !== null) return
  const target = notificationTarget({ id, userId: found.userId, subject: found.member.user.name })
  const permit = await ctx.authorize('deliver', target)
  const lease = randomUUID()
  if (!(await ctx.commitPart(permit, (bulk) => takeMail(bulk, id, lease)))) return
  const mail = await findMail(ctx, id)
  if (!mail) return
  const attempt: Attempt = { ctx, permit, mail, key: { orgId: ctx.tenant.orgId, id, lease } }
  const unread = mail.items.map(({ notification }) => notification).filter(({ readAt }) => readAt === null)
  if (unread.length === 0) return endNeedless(attempt, 'It was read before the e-mail was sent.')
  const { status, user } = mail.member
  if (status !== 'active' || user.status !== 'active')
    return endUndelivered(attempt, unread, gone(user.name), { subject: unread[0]?.subject ?? '', address: user.email })
  if (mail.attempts > mostAttempts)
    return endUndelivered(attempt, unread, abandoned, { subject: unread[0]?.subject ?? '', address: user.email })
  const server = await openMailServer(ctx)
  if (!server) return endNeedless(attempt, 'E-mail was switched off before it was sent.')
  const { subject, text, html } = await composed(ctx, mail, unread)
  const failure = await sendLetter(server, {
    to: { name: user.name, address: user.email },
    ...{ subject, text, html, messageId: messageIdOf(id) },
  })
  const sent = { subject, address: user.email }
  if (failure === undefined) return endSent(attempt, unread, sent)
  const nextAt = failure.isFinal ? null : retryAt(mail.attempts, new Date())
  return nextAt === null ? endUndelivered(attempt, unread, failure, sent) : putOff(attempt, failure, nextAt, sent)
}

/** By which mail systems know a mail again: made from what does not change. */
export const messageIdOf = (id: string) => `<${id}@${new URL(env().PUBLIC_URL).hostname}>`

interface Attempt {
  ctx: Context
  permit: Permit
  mail: FoundMail
  key: { orgId: string; id: string; lease: string }
}

interface Sent {
  subject: string
  address: string
}

const gone = (name: string): MailFailure => ({
  ...{ code: 'address', isFinal: true },
  says: `${name} is not active in this organization any more.`,
})
const abandoned: MailFailure = {
  ...{ code: 'later', isFinal: true },
  says: 'It was tried again and again, and no try came to an end.',
}

async function composed(ctx: Context, mail: FoundMail, unread: readonly NotificationRow[]) {
  const organization = (await findOrganizationName(ctx))?.name ?? ''
  const envelope: Envelope = { site: env().PUBLIC_URL, organization, reader: mail.member.user.name }
  const told = unread.map(toldOf)
  const kind = mail.kind as MailKind
  const [first] = told
  if (kind === 'at_once' && first) return presentNotice(first, envelope)
  return presentDigest(told, kind === 'weekly' ? 'weekly' : 'daily', envelope)
}

const toldOf = ({ kind, subject, facts, path }: NotificationRow): Told => ({
  kind: kind as NotificationKind,
  subject,
  facts: z.array(Fact).parse(facts),
  path,
})

/** What the audit trail says of an e-mail; neither its text nor anything of the server. */
function change({ mail }: Attempt, action: string, more: Record<string, unknown>) {
  const target = { kind: 'notification', id: mail.id, label: mail.member.user.name }
  return { action, target, after: { mailId: mail.id, kind: mail.kind, userId: mail.userId, ...more } }
}

function endSent(attempt: Attempt, unread: readonly NotificationRow[], sent: Sent): Promise<void> {
  const { ctx, permit, key } = attempt
  const after = { messageId: messageIdOf(key.id), notifications: unread.map(({ id }) => id) }
  return ctx.commit(permit, change(attempt, 'mail.send', after), async (tx) => {
    await writeMail(tx, key, { state: 'sent', nextAt: null, ...sent, code: null, says: null })
  })
}

function endNeedless(attempt: Attempt, says: string): Promise<void> {
  const { ctx, permit, key } = attempt
  return ctx.commit(permit, change(attempt, 'mail.drop', { says }), async (tx) => {
    await writeMail(tx, key, { state: 'needless', nextAt: null, code: null, says })
  })
}

function putOff(attempt: Attempt, { code, says }: MailFailure, nextAt: Date, sent: Sent): Promise<void> {
  const { ctx, permit, mail, key } = attempt
  return ctx.commit(permit, change(attempt, 'mail.retry', { attempt: mail.attempts, code, says }), async (tx) => {
    await writeMail(tx, key, { state: 'queued', nextAt, ...sent, code, says })
  })
}

/** It will not arrive: the next people are told what it was about, and administrators that it did not. */
async function endUndelivered(
  attempt: Attempt,
  unread: readonly NotificationRow[],
  { code, says }: MailFailure,
  sent: Sent,
): Promise<void> {
  const { ctx, permit, mail, key } = attempt
  const admins = await findAble(ctx, 'update', mailSettingTarget(key.orgId))
  await ctx.commit(permit, change(attempt, 'mail.undelivered', { attempt: mail.attempts, code, says }), async (tx) => {
    if (!(await writeMail(tx, key, { state: 'undelivered', nextAt: null, ...sent, code, says }))) return
    const told = new Set<string>()
    for (const notification of unread) for (const userId of await tellNext(tx, mail, notification)) told.add(userId)
    const names = await findNames(tx, key.orgId, [...told])
    if (told.size > 0) await writeToldInstead(tx, { orgId: key.orgId, id: key.id }, [...names.values()].join(', '))
    await notify(tx, key.orgId, {
      kind: 'mail_undelivered',
      to: admins,
      subject: `An e-mail to ${mail.member.user.name} did not arrive`,
      facts: [
        { label: 'What happened', value: says },
        { label: 'Told instead', value: [...names.values()].join(', ') || 'nobody' },
      ],
      path: '/settings/mail',
      // One server that is away is one event of a day, however many e-mails it costs.
      dedupeKey: `mail:${code}:${code === 'address' ? mail.userId : ''}:${new Date().toISOString().slice(0, 10)}`,
    })
  })
}

async function tellNext(tx: Tx, mail: FoundMail, row: NotificationRow): Promise<string[]> {
  const [next, ...rest] = row.fallback
  if (next === undefined) return []
  const why = `An e-mail to ${mail.member.user.name} did not arrive.`
  return notify(tx, row.orgId, {
    kind: row.kind as NotificationKind,
    to: [next],
    subject: row.subject,
    facts: insteadFacts(z.array(Fact).parse(row.facts), mail.member.user.name, why),
    path: row.path,
    dedupeKey: insteadKey(row.dedupeKey, mail.userId),
    fallback: rest,
  })
}

import { returnPath } from '@/lib/platform/auth/return-path'
import { looksSecret } from '@/lib/platform/browser/secret-shape'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { digestAt } from '../due-dates'
import { cut, insteadFacts, insteadKey } from '../rules'
import type { Fact } from '../schema'
import { digestDefaults, kindFacts, type NotificationKind, type NotificationWay, waysOf } from '../values'
import { enqueueMail, isMailOn } from './enqueue-mail'
import { findNames, findRecipients, insertNotification, type Recipient } from './store'

export interface Notice {
  kind: NotificationKind
  /** User ids. Who is no active member any more is told nothing; the first of `fallback` who is, is told instead. */
  to: readonly string[]
  /** What happened, in one line. Names of things from outside may stand in it; no secret. */
  subject: string
  facts?: readonly Fact[]
  /** Where in the product it can be seen: `/orders/…`. */
  path: string
  /** Names the event: whoever was told of it is not told again. Without one every call is an event of its own. */
  dedupeKey?: string
  /** User ids of those who are told in turn, when an e-mail does not arrive. */
  fallback?: readonly string[]
}

/**
 * Tells people, in the transaction of what they are told of: it is in the product at once, and e-mails are queued as each of them
 * chose. Call it for the change itself; sending is the worker's, and its failures are no failure of the change. Answers who was told.
 */
export async function notify(tx: Tx | BulkTx, orgId: string, notice: Notice): Promise<string[]> {
  const { to, fallback = [] } = notice
  const path = ownPath(notice.path)
  const found = await findRecipients(tx, orgId, [...new Set([...to, ...fallback])])
  const active = new Map(found.map((person) => [person.userId, person]))
  const told = new Map<string, Told>()
  const absent: string[] = []
  for (const userId of to) {
    const person = active.get(userId)
    if (person) told.set(userId, { person, facts: notice.facts ?? [], insteadOf: null })
    else absent.push(userId)
  }
  const names = await findNames(tx, orgId, absent)
  for (const userId of absent) {
    const person = fallback.map((id) => active.get(id)).find((each) => each !== undefined && !told.has(each.userId))
    if (!person) continue
    const facts = insteadFacts(
      notice.facts ?? [],
      names.get(userId) ?? 'somebody who left',
      'They are not active here.',
    )
    told.set(person.userId, { person, facts, insteadOf: userId })
  }
  if (told.size === 0) return []
  const mayMail = await isMailOn(tx, orgId)
  for (const each of told.values()) await tell(tx, { orgId, notice: { ...notice, path }, ...each, mayMail })
  return [...told.keys()]
}

interface Told {
  person: Recipient
  facts: readonly Fact[]
  insteadOf: string | null
}

async function tell(
  tx: Tx | BulkTx,
  { orgId, notice, person, facts, insteadOf, mayMail }: Told & { orgId: string; notice: Notice; mayMail: boolean },
): Promise<void> {
  const way = wayOf(person, notice.kind)
  if (way === 'off') return
  const id = uuidv7()
  const given = notice.dedupeKey ?? id
  const digest = mayMail && (way === 'daily' || way === 'weekly') ? way : null
  const isNew = await insertNotification(tx, {
    ...{ orgId, id, userId: person.userId, kind: notice.kind, path: notice.path },
    subject: cut(withoutSecret(notice.subject), 200),
    facts: facts
      .slice(0, 12)
      .map(({ label, value }) => ({ label: cut(label, 60), value: cut(withoutSecret(value), 500) })),
    dedupeKey: insteadOf === null ? given : insteadKey(given, insteadOf),
    fallback: (notice.fallback ?? []).filter((userId) => userId !== person.userId),
    digest,
    digestAt: digest === null ? null : digestAt(digest, new Date(), digestTimeOf(person)),
  })
  if (isNew && mayMail && way === 'at_once')
    await enqueueMail(tx, { orgId, userId: person.userId, kind: 'at_once', notificationIds: [id] })
}

/** How a person is told of a kind: as they chose, as far as that may be chosen. */
export function wayOf({ ways }: Pick<Recipient, 'ways'>, kind: NotificationKind): NotificationWay {
  const chosen = waysOf(kind).find((way) => way === ways[kind])
  if (chosen) return chosen
  return kindFacts[kind].way
}

export const digestTimeOf = (choice: { timeZone: string | null; hour: number | null; weekday: number | null }) => ({
  timeZone: choice.timeZone ?? digestDefaults.timeZone,
  hour: choice.hour ?? digestDefaults.hour,
  weekday: choice.weekday ?? digestDefaults.weekday,
})

/** A name from outside may be a secret that somebody pasted in the wrong field: it does not leave by e-mail. */
function withoutSecret(text: string): string {
  if (!looksSecret(text)) return text
  return text
    .split(/(\s+)/)
    .map((word) => (looksSecret(word) ? '(left out: it looks like a secret)' : word))
    .join('')
}

/** @throws Error when it is no path of this site, which is a fault of the caller's */
function ownPath(path: string): string {
  if (path === '/' || returnPath(path) !== '/') return returnPath(path)
  throw new Error('a notification leads to a page of this site only')
}

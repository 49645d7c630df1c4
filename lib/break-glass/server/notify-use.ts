import { findAble } from '@/lib/notifications/server/find-able'
import { markSettled } from '@/lib/notifications/server/mark-settled'
import { notify } from '@/lib/notifications/server/notify-people'
import type { Context, Target } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'

/** Who may say that they have seen it: never whoever set it off. Asked before the transaction in which they are told. */
export const findConcerned = (ctx: Context, target: Target) => findAble(ctx, 'acknowledge', target)

/** Who may review it: nobody who had a part in it. */
export const findReviewers = (ctx: Context, target: Target) => findAble(ctx, 'review', target)

interface Alert {
  orgId: string
  id: string
  isDrill: boolean
  reason: string
  invoker: string
  subject: string
  seconds: number
}

const pathOf = (id: string) => `/break-glass/${id}`
const eventOf = (id: string, what: string) => `break-glass:${id}:${what}`
const drillWords = (isDrill: boolean) => (isDrill ? 'Drill: ' : '')

/** Everybody whose word was not waited for, and whoever looks after the organization's security. */
export function notifyInvoked(tx: Tx, alert: Alert, to: readonly string[]): Promise<string[]> {
  const { orgId, id, isDrill, reason, invoker, subject, seconds } = alert
  return notify(tx, orgId, {
    kind: 'break_glass',
    to,
    subject: `${drillWords(isDrill)}${invoker} broke the glass for ${subject}. Say that you have seen it`,
    facts: [
      { label: 'Reason', value: reason },
      { label: 'For', value: `${Math.round(seconds / 60)} minutes` },
    ],
    path: pathOf(id),
    dedupeKey: eventOf(id, 'invoked'),
  })
}

/** Somebody has seen it. */
export const settleAlert = async (tx: Tx, orgId: string, id: string): Promise<void> => {
  await markSettled(tx, orgId, eventOf(id, 'invoked'))
  await markSettled(tx, orgId, eventOf(id, 'unseen'))
}

interface Over {
  orgId: string
  id: string
  isDrill: boolean
  invokerName: string
  subject: string
}

export function notifyUnseen(tx: Tx, { orgId, id, isDrill, invokerName, subject }: Over, to: readonly string[]) {
  return notify(tx, orgId, {
    kind: 'break_glass',
    to,
    subject: `${drillWords(isDrill)}nobody has seen that ${invokerName} broke the glass for ${subject}`,
    path: pathOf(id),
    dedupeKey: eventOf(id, 'unseen'),
  })
}

export function notifyReview(tx: Tx, { orgId, id, isDrill, invokerName, subject }: Over, to: readonly string[]) {
  return notify(tx, orgId, {
    kind: 'break_glass_review',
    to,
    subject: `${drillWords(isDrill)}review within a day how ${invokerName} used break-glass for ${subject}`,
    path: pathOf(id),
    dedupeKey: eventOf(id, 'review'),
  })
}

export function notifyOverdue(tx: Tx, { orgId, id, isDrill, invokerName, subject }: Over, to: readonly string[]) {
  return notify(tx, orgId, {
    kind: 'break_glass_review',
    to,
    subject: `${drillWords(isDrill)}the review of break-glass by ${invokerName} for ${subject} is overdue`,
    path: pathOf(id),
    dedupeKey: eventOf(id, 'overdue'),
  })
}

/** It was reviewed: whoever used it hears what came of it. */
export async function notifyReviewed(tx: Tx, use: Over & { invokerId: string; verdict: string }): Promise<void> {
  const { orgId, id, subject, invokerId, verdict } = use
  await markSettled(tx, orgId, eventOf(id, 'review'))
  await markSettled(tx, orgId, eventOf(id, 'overdue'))
  await notify(tx, orgId, {
    kind: 'grant_decided',
    to: [invokerId],
    subject: `Your use of break-glass for ${subject} was reviewed: ${verdict}`,
    path: pathOf(id),
    dedupeKey: eventOf(id, 'reviewed'),
  })
}

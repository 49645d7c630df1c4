import { findAble } from '@/lib/notifications/server/find-able'
import { markSettled } from '@/lib/notifications/server/mark-settled'
import { notify } from '@/lib/notifications/server/notify-people'
import type { Context, Target } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { orderTargetOf } from './present-order'
import type { FoundOrder } from './store-orders'

const eventOf = (orderId: string) => `order:${orderId}`
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Whom an order waits for: those who may agree to it. Asked before the transaction in which they are told. */
export const findApprovers = (ctx: Context, target: Target) => findAble(ctx, 'approve', target)

/** An order waits for a second person. */
export function notifyWaiting(
  tx: Tx,
  orgId: string,
  order: { id: string; label: string; asker: string; reason: string; secondPerson: string; to: readonly string[] },
): Promise<string[]> {
  const { id, label, asker, reason, secondPerson, to } = order
  return notify(tx, orgId, {
    kind: 'order_waits',
    to,
    subject: `${capital(label)} waits for a second person`,
    facts: [
      { label: 'Asked for by', value: asker },
      { label: 'Reason given', value: reason },
      { label: 'Why a second person', value: secondPerson },
    ],
    path: `/orders/${id}`,
    dedupeKey: eventOf(id),
  })
}

/** It waits for nobody any more; whoever asked for it hears what came of it, unless they did it themselves. */
export async function notifyDecided(
  tx: Tx,
  order: FoundOrder,
  outcome: { says: string; by: string | null; note: string | null },
): Promise<void> {
  const { orgId, id } = order
  await markSettled(tx, orgId, eventOf(id))
  const asker = order.requestedKey.split(':')[1]
  if (!asker || asker === outcome.by) return
  await notify(tx, orgId, {
    kind: 'order_decided',
    to: [asker],
    subject: `${capital(orderTargetOf(order).label)}: ${outcome.says}`,
    facts: outcome.note ? [{ label: 'Note', value: outcome.note }] : [],
    path: `/orders/${id}`,
    dedupeKey: `${eventOf(id)}:decided`,
  })
}

/** All that a drill was to try has been tried, or nothing more of it is begun. */
export async function notifyDrillFinished(tx: Tx, order: FoundOrder, problem: string | null): Promise<void> {
  const asker = order.requestedKey.split(':')[1]
  if (!asker) return
  const { length } = order.runs
  await notify(tx, order.orgId, {
    kind: 'drill_finished',
    to: [asker],
    subject: `${capital(orderTargetOf(order).label)} has ended`,
    facts: [{ label: 'Accounts', value: String(length) }, ...(problem ? [{ label: 'Not begun', value: problem }] : [])],
    path: length === 1 && order.runs[0] ? `/runs/${order.runs[0].id}` : `/orders/${order.id}`,
    dedupeKey: `${eventOf(order.id)}:ended`,
  })
}

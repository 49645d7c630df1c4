import { findAble } from '@/lib/notifications/server/find-able'
import { notify } from '@/lib/notifications/server/notify-people'
import type { Context, Target } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'

/** Who is told of what happens in an incident: those who may change it. Asked before the transaction in which they are told. */
export const findConcerned = (ctx: Context, target: Target) => findAble(ctx, 'change', target)

export function notifyIncident(
  tx: Tx,
  orgId: string,
  incident: {
    id: string
    title: string
    what: string
    commander: { id: string; name: string }
    to: readonly string[]
  },
): Promise<string[]> {
  const { id, title, what, commander, to } = incident
  return notify(tx, orgId, {
    kind: 'incident',
    to: [...new Set([commander.id, ...to])],
    subject: `Incident ${title}: ${what}`,
    facts: [{ label: 'Commander', value: commander.name }],
    path: `/incidents/${id}`,
  })
}

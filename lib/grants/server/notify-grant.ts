import { findAble } from '@/lib/notifications/server/find-able'
import { markSettled } from '@/lib/notifications/server/mark-settled'
import { notify } from '@/lib/notifications/server/notify-people'
import type { Context, Target } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { FoundGrant } from './store'

const eventOf = (id: string) => `grant:${id}`

/** Whom a request waits for. Asked before the transaction in which they are told. */
export const findApprovers = (ctx: Context, target: Target) => findAble(ctx, 'approve', target)

/** Who answers for a right that outlives its grant. */
export const findRevokers = (ctx: Context, target: Target) => findAble(ctx, 'revoke', target)

export function notifyWaiting(
  tx: Tx,
  orgId: string,
  grant: { id: string; subject: string; asker: string; task: string; to: readonly string[] },
): Promise<string[]> {
  const { id, subject, asker, task, to } = grant
  return notify(tx, orgId, {
    kind: 'grant_waits',
    to,
    subject: `Access for ${subject} waits for your word`,
    facts: [
      { label: 'Asked for by', value: asker },
      { label: 'Task', value: task },
    ],
    path: `/grants/${id}`,
    dedupeKey: eventOf(id),
  })
}

/** It waits for nobody any more; whoever asked hears what came of it, unless it was their own word. */
export async function notifyDecided(
  tx: Tx,
  grant: Pick<FoundGrant, 'orgId' | 'id' | 'requesterId' | 'subjectName'>,
  outcome: { says: string; by: string | null },
): Promise<void> {
  const { orgId, id, requesterId, subjectName } = grant
  await markSettled(tx, orgId, eventOf(id))
  if (requesterId === outcome.by) return
  await notify(tx, orgId, {
    kind: 'grant_decided',
    to: [requesterId],
    subject: `Access for ${subjectName}: ${outcome.says}`,
    path: `/grants/${id}`,
    dedupeKey: `${eventOf(id)}:decided`,
  })
}

/** The end has passed, and the right may still be there. */
export function notifyOverrun(tx: Tx, grant: FoundGrant, to: readonly string[], problem: string): Promise<string[]> {
  return notify(tx, grant.orgId, {
    kind: 'grant_overran',
    to,
    subject: `Access of ${grant.subjectName} has outlived its end`,
    facts: [{ label: 'What the source says', value: problem }],
    path: `/grants/${grant.id}`,
    dedupeKey: `${eventOf(grant.id)}:overran`,
  })
}

/** The right is gone by now. */
export const settleOverrun = (tx: Tx, { orgId, id }: FoundGrant) => markSettled(tx, orgId, `${eventOf(id)}:overran`)

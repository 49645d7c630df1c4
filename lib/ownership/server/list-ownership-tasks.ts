import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { OwnershipTask, type OwnershipTaskList, type TaskQuery } from '../schema'

const shown = 100

interface Row {
  id: string
  from: string
  reason: string
  note: string | null
  to_key: string | null
  to: string | null
  state: string
  identities: number
  open: number
  secrets: number
  unknown: number
  opened_at: Date
  done_at: Date | null
}

/** The columns of a task, for a query over `ownership_task l`. */
export const taskColumns = Prisma.sql`l.id::text, d.label AS from, d.reason, d.note, l.to_key, l.to_label AS to, l.state, l.identities,
  (SELECT count(*)::int FROM ownership_task_item i WHERE i.org_id = l.org_id AND i.task_id = l.id AND i.done_at IS NULL) AS open,
  d.secrets, d.unknown, l.opened_at, l.done_at
  FROM ownership_task l JOIN departure d ON d.org_id = l.org_id AND d.id = l.departure_id`

/**
 * The tasks to take over what somebody who left answered for: those of the caller and their teams, or all for whoever may
 * see all. Open ones unless told, the latest first, at most 100.
 * @throws AppError `forbidden` when the caller can have none
 */
export async function listOwnershipTasks(ctx: Context, { state = 'open' }: TaskQuery = {}): Promise<OwnershipTaskList> {
  const { rows: visible } = await ctx.plan('list', 'ownership_task')
  const rows = await ctx.sql<Row>(Prisma.sql`SELECT ${taskColumns}
    WHERE l.org_id = ${ctx.tenant.orgId}::uuid AND l.state = ${state} AND (${visible ?? Prisma.sql`true`})
    ORDER BY l.id DESC LIMIT ${shown + 1}`)
  return { items: rows.slice(0, shown).map((row) => presentTask(ctx, row)), hasMore: rows.length > shown }
}

export function presentTask(ctx: Context, { to_key, opened_at, done_at, ...row }: Row): OwnershipTask {
  return OwnershipTask.parse({
    ...row,
    isYours: to_key !== null && ownerKeysOf(ctx.actor).includes(to_key),
    openedAt: opened_at.toISOString(),
    doneAt: done_at?.toISOString() ?? null,
  })
}

export type TaskRow = Row

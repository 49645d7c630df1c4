import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { IdentityDetail } from '../schema'

interface Row {
  label: string
  reason: NonNullable<IdentityDetail['formerOwner']>['reason'] | null
  at: Date
  has_task: boolean
}

/**
 * Who answered last for an identity that nobody answers for because they left. The caller must have been allowed to see it;
 * of a task to take it over only the caller who may see that is told.
 */
export async function findFormerOwner(ctx: Context, id: string): Promise<IdentityDetail['formerOwner']> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const visible = await visibleTasks(ctx)
  const [row] = await ctx.sql<Row>(Prisma.sql`
    SELECT o.label, CASE WHEN o.ended_reason IN ('left', 'disabled', 'team_deleted') THEN o.ended_reason END AS reason,
      o.ended_at AS at, EXISTS (
        SELECT FROM ownership_task_item i JOIN ownership_task l ON l.org_id = ${org} AND l.id = i.task_id
        WHERE i.org_id = ${org} AND i.identity_id = ${id}::uuid AND i.done_at IS NULL AND (${visible})
      ) AS has_task
    FROM ownership o WHERE o.org_id = ${org} AND o.identity_id = ${id}::uuid AND o.ended_at IS NOT NULL
      AND o.ended_reason <> 'undone' AND o.duty <> 'backup' AND o.state IN ('assigned', 'confirmed')
    ORDER BY o.ended_at DESC, o.id DESC LIMIT 1`)
  if (!row?.reason) return null
  return { label: row.label, reason: row.reason, at: row.at.toISOString(), hasTask: row.has_task }
}

async function visibleTasks(ctx: Context): Promise<Prisma.Sql> {
  try {
    return (await ctx.plan('list', 'ownership_task')).rows ?? Prisma.sql`true`
  } catch (error) {
    if (error instanceof AppError && error.code === 'forbidden') return Prisma.sql`false`
    throw error
  }
}

import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { selectionMinutes } from '../rules'
import { ById, type IdentitySelection } from '../schema'
import { findTask } from './get-ownership-task'
import { actorKeyOf, insertSelection } from './store'

/**
 * Chooses all identities of a task that nobody answers for yet and that the caller may see, however many, so that one change can
 * give them an owner. Kept for an hour, for the caller alone.
 * @throws AppError `not_found`, also for another organization's id; `forbidden` for a task of others
 */
export async function createTaskSelection(ctx: Context, given: ById): Promise<IdentitySelection> {
  const { id } = ById.parse(given)
  const { row, permit } = await findTask(ctx, id)
  const { rows: visible } = await ctx.plan('list', 'identity')
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const rows = Prisma.sql`SELECT x.identity_id AS id FROM ownership_task_item x
    JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = x.identity_id
    WHERE x.org_id = ${org} AND x.task_id = ${id}::uuid AND x.done_at IS NULL AND (${visible ?? Prisma.sql`true`})`
  const expiresAt = new Date(Date.now() + selectionMinutes * 60_000)
  const made = await ctx.commitBulk(
    permit,
    (selection: { id: string; count: number }) => ({
      action: 'identity.select',
      target: { kind: 'identity', id: selection.id, label: `what ${row.from} owned` },
      after: { task: id, count: selection.count },
    }),
    (bulk) => insertSelection(bulk, { actorKey: actorKeyOf(ctx), filter: { task: id }, rows, expiresAt }),
  )
  return { ...made, expiresAt: expiresAt.toISOString() }
}

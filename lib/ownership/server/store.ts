import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

/** One statement of a bulk transaction; values are parameters. */
export async function runSql<Row extends object>(bulk: BulkTx, { text, values }: Prisma.Sql): Promise<Row[]> {
  return (await bulk.client.query<Row>({ text, values })).rows
}

/** Who did something, under the key that the audit trail uses too. */
export function actorKeyOf({ actor }: Context): string {
  return `${actor.kind}:${actor.id}`
}

/** What a bulk change is about: ids, or a selection that the caller made. */
export interface ChangeTarget {
  ids?: string[] | undefined
  selectionId?: string | undefined
}

/** How many a target names, and their ids as a query. */
interface TargetRows {
  count: number
  rows: Prisma.Sql
}

/**
 * What the target names.
 * @throws AppError `not_found` for a selection that is not the caller's, or no longer kept
 */
export async function targetRows(ctx: Context, { ids = [], selectionId }: ChangeTarget): Promise<TargetRows> {
  if (selectionId === undefined) {
    return { count: ids.length, rows: Prisma.sql`SELECT DISTINCT id FROM unnest(${ids}::uuid[]) AS id` }
  }
  const [found] = await ctx.sql<{ count: number }>(Prisma.sql`
    SELECT count FROM selection WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${selectionId}::uuid
      AND actor_key = ${actorKeyOf(ctx)} AND expires_at > now()`)
  if (!found) {
    throw new AppError(
      'not_found',
      'This selection is no longer kept: it is for an hour and for you alone. Select again.',
    )
  }
  const rows = Prisma.sql`SELECT identity_id AS id FROM selection_item
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND selection_id = ${selectionId}::uuid`
  return { count: found.count, rows }
}

/** Keeps which identities match at this moment. Answers the selection's id and how many there are. */
export async function insertSelection(
  bulk: BulkTx,
  selection: { actorKey: string; filter: object; rows: Prisma.Sql; expiresAt: Date },
): Promise<{ id: string; count: number }> {
  const { actorKey, filter, rows, expiresAt } = selection
  const org = bulk.orgId
  const [made] = await runSql<{ id: string; count: number }>(
    bulk,
    Prisma.sql`WITH chosen AS (SELECT uuidv7() AS id), items AS (
      INSERT INTO selection_item (org_id, selection_id, identity_id)
      SELECT ${org}::uuid, c.id, m.id FROM chosen c CROSS JOIN (${rows}) m RETURNING 1
    ) INSERT INTO selection (org_id, id, actor_key, filter, count, expires_at)
      SELECT ${org}::uuid, c.id, ${actorKey}, ${JSON.stringify(filter)}::jsonb, (SELECT count(*)::int FROM items), ${expiresAt}
      FROM chosen c RETURNING id, count`,
  )
  if (!made) throw new Error('the selection was not kept')
  return made
}

import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

/**
 * Whether the caller or a team of theirs answers for anything, or is asked to take something over: for the navigation. What is
 * there is asked again, with rights, by the page.
 */
export async function ownsAnything(ctx: Context): Promise<boolean> {
  const keys = ownerKeysOf(ctx.actor)
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const [row] = await ctx.sql<{ owns: boolean }>(Prisma.sql`SELECT
    EXISTS (SELECT FROM ownership WHERE org_id = ${org} AND owner_key = ANY (${keys}::text[]) AND ended_at IS NULL
      AND state IN ('assigned', 'confirmed'))
    OR EXISTS (SELECT FROM ownership_task WHERE org_id = ${org} AND state = 'open' AND to_key = ANY (${keys}::text[])) AS owns`)
  return row?.owns === true
}

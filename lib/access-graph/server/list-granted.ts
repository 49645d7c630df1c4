import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

export interface Granted {
  /** Names of the groups and roles that it is in, at most 20. */
  groups: string[]
  groupCount: number
  /** How many rights it holds itself, each on one thing. */
  rights: number
}

/**
 * What each of these identities is granted itself, by the inventory; what everybody has is left out. The caller must have been
 * allowed to see the identities.
 */
export async function listGranted(ctx: Context, identityIds: readonly string[]): Promise<Map<string, Granted>> {
  const rows = await ctx.sql<Granted & { id: string }>(Prisma.sql`
    SELECT e.from_id AS id, (count(*) FILTER (WHERE e.kind = 'grants'))::int AS rights,
      (count(DISTINCT e.to_ref) FILTER (WHERE e.kind <> 'grants'))::int AS "groupCount",
      coalesce((array_agg(DISTINCT coalesce(r.name, e.to_ref)) FILTER (WHERE e.kind <> 'grants'))[1:20], '{}') AS groups
    FROM entitlement e LEFT JOIN role r ON r.org_id = e.org_id AND r.id = e.to_id
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.from_id = ANY(${[...identityIds]}::uuid[]) AND e.deleted_at IS NULL
      AND e.kind IN ('grants', 'member_of', 'assumes', 'impersonates') AND e.effect <> 'deny' AND e.basis <> 'inferred'
      AND (e.expires_at IS NULL OR e.expires_at > now())
    GROUP BY e.from_id`)
  return new Map(rows.map(({ id, ...granted }) => [id, granted]))
}

import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

export interface GrantDifference {
  /** Which of the pairs, by its place in the list. */
  pair: number
  /** Who has it: the first or the second of the two. */
  side: 'first' | 'second'
  kind: string
  on: string
  scopes: string[]
}

/**
 * What one of two identities is granted and the other is not, by the inventory: rights with their scopes and conditions, and groups.
 * What everybody has is left out. At most 100. The caller must have been allowed to see them.
 */
export function listGrantDifferences(
  ctx: Context,
  pairs: readonly { first: string; second: string }[],
): Promise<GrantDifference[]> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  return ctx.sql<GrantDifference>(Prisma.sql`
    WITH pair AS (SELECT * FROM unnest(${pairs.map(({ first }) => first)}::uuid[], ${pairs.map(({ second }) => second)}::uuid[])
        WITH ORDINALITY AS p (first, second, no)),
    held AS (
      SELECT p.no, s.side, e.kind, e.effect, e.to_ref, coalesce(e.condition, '') AS condition,
        coalesce((SELECT array_agg(x ORDER BY x) FROM unnest(e.scopes) x), '{}') AS scopes, coalesce(r.name, t.name, e.to_ref) AS name
      FROM pair p CROSS JOIN LATERAL (VALUES ('first', p.first), ('second', p.second)) s (side, id)
      JOIN entitlement e ON e.org_id = ${org} AND e.from_id = s.id AND e.deleted_at IS NULL AND e.basis <> 'inferred'
        AND (e.expires_at IS NULL OR e.expires_at > now())
      LEFT JOIN role r ON r.org_id = ${org} AND r.id = e.to_id
      LEFT JOIN resource t ON t.org_id = ${org} AND t.id = e.to_id
    )
    SELECT (h.no - 1)::int AS pair, h.side, h.kind, h.name AS on, h.scopes FROM held h
    WHERE NOT EXISTS (SELECT FROM held o WHERE o.no = h.no AND o.side <> h.side AND o.kind = h.kind AND o.effect = h.effect
      AND o.to_ref = h.to_ref AND o.condition = h.condition AND o.scopes = h.scopes)
    ORDER BY h.no, h.name, h.kind, h.side LIMIT 100`)
}

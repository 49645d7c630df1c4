import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { BlastRadius } from '../blast-radius'
import { hopKinds } from '../rules'
import { lives, org } from './store-graph'

/** The most nodes, edges and holdings of secrets that are looked at, so that this costs less than the figures themselves. */
const mostNodes = 1000
const mostEdges = 5000
const mostSecrets = 500

export interface Caveats {
  found: BlastRadius['caveats']
  /** There were more edges than are looked at. */
  isCut: boolean
}

const kinds = ['deny', 'open_end', 'not_evaluable', 'condition'] as const

/**
 * What stands in the way of exactness on the edges that leave an identity and whatever it can become: refusals that were not
 * applied, ends that nothing defines, and what could not be evaluated. Kinds that there are none of are left out.
 */
export async function countCaveats(ctx: Context, identityId: string): Promise<Caveats> {
  const live = Prisma.sql`e.deleted_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > now())`
  const [row] = await ctx.sql<Record<(typeof kinds)[number], number> & { nodes: number; edges: number }>(Prisma.sql`
    WITH RECURSIVE reached (node_id) AS (
      SELECT ${identityId}::uuid
      UNION
      SELECT s.node_id FROM reached r CROSS JOIN LATERAL (
        SELECT e.to_id AS node_id FROM entitlement e
        WHERE e.org_id = ${org(ctx)} AND e.from_id = r.node_id AND e.kind = ANY(${[...hopKinds]}::text[]) AND e.effect = 'allow'
          AND e.to_id IS NOT NULL AND ${live}
        UNION ALL
        SELECT coalesce(c.identity_id, c.human_id) FROM (
          SELECT e.to_id FROM entitlement e WHERE e.org_id = ${org(ctx)} AND e.from_id = r.node_id AND e.kind = 'grants'
            AND e.privilege IN ('secret_read', 'admin') AND e.effect = 'allow' AND ${live} LIMIT ${mostSecrets}
        ) g
        JOIN entitlement e ON e.org_id = ${org(ctx)} AND e.from_id = g.to_id AND e.kind = 'stores' AND ${live}
        JOIN credential c ON c.org_id = ${org(ctx)} AND c.id = e.to_id AND ${lives}
        WHERE coalesce(c.identity_id, c.human_id) IS NOT NULL
      ) s
    ), nodes AS MATERIALIZED (SELECT node_id FROM reached LIMIT ${mostNodes + 1}),
    edges AS MATERIALIZED (
      SELECT e.effect, e.to_id, e.condition, e.not_evaluable FROM nodes n
      JOIN entitlement e ON e.org_id = ${org(ctx)} AND e.from_id = n.node_id AND ${live} LIMIT ${mostEdges + 1}
    )
    SELECT count(*) FILTER (WHERE effect = 'deny')::int AS deny,
      count(*) FILTER (WHERE effect = 'allow' AND to_id IS NULL)::int AS open_end,
      count(*) FILTER (WHERE effect = 'allow' AND not_evaluable IS NOT NULL)::int AS not_evaluable,
      count(*) FILTER (WHERE effect = 'allow' AND condition IS NOT NULL)::int AS condition,
      (SELECT count(*)::int FROM nodes) AS nodes, count(*)::int AS edges
    FROM edges`)
  if (!row) return { found: [], isCut: false }
  const found = kinds.map((kind) => ({ kind, count: row[kind] })).filter(({ count }) => count > 0)
  return { found, isCut: row.nodes > mostNodes || row.edges > mostEdges }
}

/** How many identities can act. Told by the ledger of their list, whatever their number. */
export async function countLiveIdentities(ctx: Context): Promise<number> {
  const [row] = await ctx.sql<{ n: number }>(Prisma.sql`
    SELECT coalesce(sum(t.n), 0)::int AS n FROM identity_tally t
    JOIN (SELECT DISTINCT c.id FROM identity_combo c WHERE c.org_id = ${org(ctx)} AND c.status IN ('active', 'unknown')) c
      ON c.id = t.combo_id
    WHERE t.org_id = ${org(ctx)}`)
  return row?.n ?? 0
}

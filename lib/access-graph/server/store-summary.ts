import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { KeptFigures } from './present-figures'
import { org } from './store-graph'

export interface ScoreDayRow {
  day: string
  total: number
  mean: number
  critical: number
  scored: number
  distribution: number[]
  scoredAt: Date
}

/** The latest days on which scores were worked out, oldest first; at most `limit`. */
export async function listScoreDays(ctx: Context, limit: number): Promise<ScoreDayRow[]> {
  const rows = await ctx.sql<ScoreDayRow>(Prisma.sql`
    SELECT to_char(d.day, 'YYYY-MM-DD') AS day, d.total, d.mean, d.critical, d.scored, d.distribution, d.scored_at AS "scoredAt"
    FROM score_day d WHERE d.org_id = ${org(ctx)} ORDER BY d.day DESC LIMIT ${limit}`)
  return rows.toReversed()
}

/** The identities with the highest scores, with who answers for them; at most `limit`. */
export function listTopScores(
  ctx: Context,
  limit: number,
): Promise<(KeptFigures & { id: string; ownerLabel: string | null })[]> {
  return ctx.sql(Prisma.sql`
    SELECT x.identity_id AS id, x.score, x.cells, x.identities, x.systems, x.hours, x.is_unbounded AS "isUnbounded",
      l.owner_label AS "ownerLabel"
    FROM identity_score x
    JOIN identity i ON i.org_id = ${org(ctx)} AND i.id = x.identity_id AND i.deleted_at IS NULL
    LEFT JOIN identity_listing l ON l.org_id = ${org(ctx)} AND l.identity_id = x.identity_id
    WHERE x.org_id = ${org(ctx)} ORDER BY x.score DESC, x.identity_id DESC LIMIT ${limit}`)
}

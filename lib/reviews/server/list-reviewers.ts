import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { CampaignReviewer, ReviewerPage, ReviewerQuery } from '../schema'
import { readCampaign } from './get-campaign'
import { findPeople } from './store-people'

interface Row extends Omit<CampaignReviewer, 'kind' | 'isGone' | 'lastActAt' | 'signedOffAt'> {
  lastActAt: Date | null
  signedOffAt: Date | null
}

/** The reviewers of a campaign in the stage under way, those with the most to do first. @throws AppError `not_found`, `forbidden`, `invalid_input` */
export async function listReviewers(
  ctx: Context,
  { id, cursor, limit }: ReviewerQuery & { id: string },
): Promise<ReviewerPage> {
  const { row } = await readCampaign(ctx, id)
  const list = `reviewers:${id}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, z.tuple([z.int(), z.int()]))
  const beyond = after
    ? Prisma.sql`WHERE s.open < ${after[0]}::int OR (s.open = ${after[0]}::int AND s.no > ${after[1]}::int)`
    : Prisma.empty
  const found = await ctx.sql<Row>(Prisma.sql`
    SELECT s.*, (SELECT max(o.at) FROM review_sign_off o WHERE o.org_id = ${ctx.tenant.orgId}::uuid AND o.campaign_id = ${id}::uuid
      AND 'user:' || o.by_id = s.key) AS "signedOffAt" FROM (
      SELECT r.no, r.key, r.name, r.way, r.last_act_at AS "lastActAt", coalesce(sum(t.count) FILTER (WHERE t.state <> 'handed_on'), 0)::int AS assigned,
        coalesce(sum(t.count) FILTER (WHERE t.state = 'open'), 0)::int AS open, coalesce(sum(t.count) FILTER (WHERE t.state = 'drafted'), 0)::int AS drafted,
        coalesce(sum(t.count) FILTER (WHERE t.state = 'signed'), 0)::int AS signed,
        coalesce(jsonb_object_agg(t.decision, t.count) FILTER (WHERE t.state = 'drafted' AND t.count > 0), '{}') AS drafts,
        coalesce(jsonb_object_agg(t.decision, t.count) FILTER (WHERE t.state = 'signed' AND t.count > 0), '{}') AS decisions
      FROM review_reviewer r JOIN review_tally t ON t.org_id = r.org_id AND t.campaign_id = r.campaign_id AND t.reviewer_no = r.no AND t.stage = ${row.stageNo}::int
      WHERE r.org_id = ${ctx.tenant.orgId}::uuid AND r.campaign_id = ${id}::uuid GROUP BY r.no, r.key, r.name, r.way, r.last_act_at
    ) s ${beyond} ORDER BY s.open DESC, s.no LIMIT ${limit + 1}`)
  const shown = found.slice(0, limit)
  const people = await findPeople(
    ctx,
    shown.flatMap(({ key }) => (key === '' ? [] : [key])),
  )
  const active = new Set(people.filter((each) => each.people.length > 0).map(({ key }) => key))
  const last = shown.at(-1)
  return {
    items: shown.map((each) => {
      const { drafts, decisions, ...rest } = each as Row & { drafts: Record<string, number> }
      const all: Record<string, number> = { ...decisions }
      for (const [decision, count] of Object.entries(drafts)) all[decision] = (all[decision] ?? 0) + count
      return {
        ...rest,
        decisions: all,
        kind:
          each.key === ''
            ? ('nobody' as const)
            : each.key.startsWith('team:')
              ? ('team' as const)
              : ('person' as const),
        isGone: each.key !== '' && !active.has(each.key),
        lastActAt: each.lastActAt?.toISOString() ?? null,
        signedOffAt: each.signedOffAt?.toISOString() ?? null,
      }
    }),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.open, last.no]) : null,
  }
}

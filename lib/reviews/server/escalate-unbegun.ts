import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { campaignTarget } from '../rules'
import { eligible, joinReviewer } from './assign-items'
import { rulesOf } from './present-campaign'
import type { CampaignRow } from './store'
import { holdStage, insertAct, run, tallyWrites } from './store-acts'
import { findPeople } from './store-people'

/**
 * The deadline comes near, and some reviewers have not begun: the fallback reviews beside them, item by item that they may. What they
 * have stays with them. May be called again: nothing is given twice. Answers how many items.
 */
export async function escalateUnbegun(ctx: Context, row: CampaignRow): Promise<number> {
  const rules = rulesOf(row)
  const toKey = rules.fallback ?? rules.escalateTo
  const [to] = toKey === null ? [] : await findPeople(ctx, [toKey])
  if (!to || to.people.length === 0) return 0
  const key = { orgId: row.orgId, campaignId: row.id, stage: row.stageNo }
  const unbegun = Prisma.sql`SELECT t.reviewer_no FROM review_tally t JOIN review_reviewer v ON v.org_id = t.org_id AND v.campaign_id = t.campaign_id
      AND v.no = t.reviewer_no AND v.key <> ${to.key} AND v.last_act_at IS NULL
    WHERE t.org_id = ${key.orgId}::uuid AND t.campaign_id = ${key.campaignId}::uuid AND t.stage = ${key.stage}::int AND t.reviewer_no > 0
    GROUP BY t.reviewer_no HAVING coalesce(sum(t.count) FILTER (WHERE t.state IN ('drafted', 'signed')), 0) = 0
      AND coalesce(sum(t.count) FILTER (WHERE t.state = 'open'), 0) > 0`
  const wanted = Prisma.sql`SELECT i.no AS item_no, ${to.key}::text AS reviewer_key, ${rules.selfReview}::text AS self_review,
      ${key.stage >= rules.stages.length}::boolean AS is_final, i.sole_owner_ids, i.creator_ids, i.user_ids, false AS acts_for_conflicted,
      (SELECT coalesce(array_agg(DISTINCT u.id), '{}') FROM review_assignment b CROSS JOIN LATERAL unnest(b.chain_ids) AS u (id)
        WHERE b.org_id = i.org_id AND b.campaign_id = i.campaign_id AND b.item_no = i.no) AS chain_ids
    FROM review_assignment a JOIN review_item i ON i.org_id = a.org_id AND i.campaign_id = a.campaign_id AND i.no = a.item_no
    WHERE a.org_id = ${key.orgId}::uuid AND a.campaign_id = ${key.campaignId}::uuid AND a.stage = ${key.stage}::int AND a.state = 'open'
      AND a.reviewer_no IN (${unbegun}) AND i.outcome IS NULL AND NOT EXISTS (SELECT FROM review_assignment o
        JOIN review_reviewer w ON w.org_id = o.org_id AND w.campaign_id = o.campaign_id AND w.no = o.reviewer_no AND w.key = ${to.key}
        WHERE o.org_id = a.org_id AND o.campaign_id = a.campaign_id AND o.stage = a.stage AND o.item_no = a.item_no)`
  const [has] = await ctx.sql<{ has: boolean }>(Prisma.sql`SELECT EXISTS (${wanted}) AS has`)
  if (has?.has !== true) return 0
  const may = await eligible(to.people)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('carry_on', target)
  return ctx.commitBulk(
    permit,
    (items: number) => ({
      action: 'review.item.escalate',
      target,
      after: { stage: row.stageNo, toKey: to.key, items },
    }),
    async (bulk) => {
      await holdStage(bulk, key, 'share')
      const toNo = await joinReviewer(bulk, key, to, 'escalated')
      const [made] = await run<{ count: number }>(
        bulk,
        Prisma.sql`WITH given AS (
            INSERT INTO review_assignment (org_id, campaign_id, item_no, reviewer_no, stage, way, chain_ids)
            SELECT DISTINCT ON (l.item_no) ${key.orgId}::uuid, ${key.campaignId}::uuid, l.item_no, ${toNo}::int, ${key.stage}::int, 'escalated', l.chain_ids
            FROM (${wanted}) l WHERE ${may} ON CONFLICT DO NOTHING RETURNING 1
          ), ${tallyWrites(
            key,
            Prisma.sql`SELECT ${key.stage}::int AS stage, ${toNo}::int AS reviewer_no, 'open' AS state, '' AS decision, count(*)::int AS n FROM given`,
          )}
          SELECT count(*)::int AS count FROM given`,
      )
      const count = made?.count ?? 0
      if (count > 0)
        await insertAct(
          bulk,
          key,
          {
            ...{ id: uuidv7(), kind: 'escalate', decision: null, until: null, note: null },
            ...{ says: `${to.name} reviews beside whoever has not begun`, byKey: 'job:reviews', byName: 'Bailiwick' },
          },
          count,
        )
      return count
    },
  )
}

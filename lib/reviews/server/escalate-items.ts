import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { eligible, handedRows, joinReviewer } from './assign-items'
import { rulesOf } from './present-campaign'
import type { CampaignRow } from './store'
import { handOn, insertAct, run, tallyWrites } from './store-acts'
import { placeOf } from './store-items'
import { findPeople } from './store-people'

/** In whose name the product itself acts. */
const itself = { byKey: 'job:reviews', byName: 'Bailiwick' }

/**
 * Items of which somebody has just signed off that they do not know (`pg_temp.signing`), and which nobody else has: they go to the
 * fallback, if there is one who may. What nobody can take waits for the deadline.
 */
export async function passUnsure(ctx: Context, bulk: BulkTx, row: CampaignRow): Promise<void> {
  const rules = rulesOf(row)
  const toKey = rules.fallback ?? rules.escalateTo
  const [to] = toKey === null ? [] : await findPeople(ctx, [toKey])
  if (!to || to.people.length === 0) return
  const key = { orgId: ctx.tenant.orgId, campaignId: row.id, stage: row.stageNo }
  const may = await eligible(to.people)
  const toNo = await joinReviewer(bulk, key, to, 'escalated')
  const rows = Prisma.sql`SELECT i.no AS item_no, ${to.key}::text AS reviewer_key, ${rules.selfReview}::text AS self_review,
      ${key.stage >= rules.stages.length}::boolean AS is_final, i.sole_owner_ids, i.creator_ids, i.user_ids, false AS acts_for_conflicted,
      (SELECT coalesce(array_agg(DISTINCT u.id), '{}') FROM review_assignment a CROSS JOIN LATERAL unnest(a.chain_ids ||
        CASE WHEN a.by_id IS NULL THEN '{}'::text[] ELSE ARRAY[a.by_id] END) AS u (id)
        WHERE a.org_id = i.org_id AND a.campaign_id = i.campaign_id AND a.item_no = i.no) AS chain_ids
    FROM pg_temp.signing s JOIN review_item i ON i.org_id = ${key.orgId}::uuid AND i.campaign_id = ${row.id}::uuid AND i.no = s.item_no
    WHERE s.decision = 'unsure' AND i.outcome IS NULL AND NOT EXISTS (SELECT FROM review_assignment a WHERE a.org_id = i.org_id
      AND a.campaign_id = i.campaign_id AND a.item_no = i.no AND a.stage = ${key.stage}::int
      AND (a.state IN ('open', 'drafted') OR a.reviewer_no = ${toNo}::int))`
  const [made] = await run<{ count: number }>(
    bulk,
    Prisma.sql`WITH given AS (
        INSERT INTO review_assignment (org_id, campaign_id, item_no, reviewer_no, stage, way, chain_ids)
        SELECT ${key.orgId}::uuid, ${row.id}::uuid, l.item_no, ${toNo}::int, ${key.stage}::int, 'escalated', l.chain_ids FROM (${rows}) l WHERE ${may}
        RETURNING 1
      ), ${tallyWrites(key, Prisma.sql`SELECT ${key.stage}::int AS stage, ${toNo}::int AS reviewer_no, 'open' AS state, '' AS decision, count(*)::int AS n FROM given`)}
      SELECT count(*)::int AS count FROM given`,
  )
  const count = made?.count ?? 0
  if (count > 0)
    await insertAct(
      bulk,
      key,
      {
        ...{ id: uuidv7(), kind: 'escalate', decision: null, until: null, note: null },
        ...{ says: `Passed on to ${to.name}, as a reviewer was unsure`, ...itself },
      },
      count,
    )
}

/** Everything of a stage that nobody has signed off goes to whom the campaign names for it. Answers how much could. */
export async function escalateOpen(ctx: Context, bulk: BulkTx, row: CampaignRow): Promise<number> {
  const rules = rulesOf(row)
  const toKey = rules.escalateTo ?? rules.fallback
  const [to] = toKey === null ? [] : await findPeople(ctx, [toKey])
  if (!to || to.people.length === 0) return 0
  const key = { orgId: ctx.tenant.orgId, campaignId: row.id, stage: row.stageNo }
  const may = await eligible(to.people)
  const toNo = await joinReviewer(bulk, key, to, 'escalated')
  const where = Prisma.sql`a.stage = ${key.stage}::int AND a.state IN ('open', 'drafted') AND a.reviewer_no <> ${toNo}::int`
  const given = handedRows(placeOf(ctx, row, rules), where, { toKey: to.key, byId: '', isDelegation: false })
  // Of several who have it, one hands it on; the others are closed with the item.
  const chosen = Prisma.sql`SELECT DISTINCT ON (l.item_no) l.item_no, l.reviewer_no FROM (${given}) l WHERE NOT l.had_it AND (${may})
    ORDER BY l.item_no, l.reviewer_no`
  const act = {
    ...{ id: uuidv7(), kind: 'escalate', decision: null, until: null, note: null },
    ...{ says: `Passed on to ${to.name} at the deadline`, ...itself },
  }
  return handOn(bulk, key, chosen, { toNo, way: 'escalated', byId: '', isDelegation: false, act })
}

import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Measures } from '../remedies'
import type { QualityFlag } from '../values'

export interface QualityRow {
  stage: number
  reviewer: number
  name: string
  measures: Measures
  flags: QualityFlag[]
  lookState: 'wanted' | 'asked' | 'done' | null
  lookBy: string | null
  verdict: 'stands' | 'repeat' | null
  note: string | null
  lookedAt: Date | null
}

/**
 * Measures by reviewer and stage, and of all (stage and reviewer null), from what was signed off: one statement over the campaign.
 * Seconds and opened evidence count for what was decided singly; a decision with so many others says nothing of each.
 */
const measured = (org: string, campaignId: string) => Prisma.sql`
  WITH final AS MATERIALIZED (
    SELECT a.stage, a.reviewer_no, a.item_no, a.decision, a.note, a.at, coalesce(t.count, 1) AS together, h.seconds, h.opened,
      a.at >= s.deadline_at - interval '1 hour' AS is_late, i.identity_id, i.credential_id, i.entitlement_id, i.settled_at, i.outcome,
      a.decision IN ('certify', 'certify_until') AND (a.by_id = ANY (i.sole_owner_ids || i.creator_ids || i.user_ids)
        OR a.acts_for_ids && (i.sole_owner_ids || i.creator_ids || i.user_ids)) AS in_conflict
    FROM review_assignment a
    JOIN review_item i ON i.org_id = a.org_id AND i.campaign_id = a.campaign_id AND i.no = a.item_no
    JOIN review_stage s ON s.org_id = a.org_id AND s.campaign_id = a.campaign_id AND s.no = a.stage
    LEFT JOIN review_act t ON t.org_id = a.org_id AND t.campaign_id = a.campaign_id AND t.id = a.act_id
    LEFT JOIN review_change h ON h.org_id = a.org_id AND h.campaign_id = a.campaign_id AND h.act_id = a.act_id AND h.item_no = a.item_no
      AND h.reviewer_no = a.reviewer_no
    WHERE a.org_id = ${org}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.state = 'signed'
  ), reversed AS MATERIALIZED (
    SELECT f.stage, f.reviewer_no, f.item_no FROM final f
    WHERE EXISTS (
      SELECT FROM review_item o WHERE o.org_id = ${org}::uuid AND o.identity_id = f.identity_id AND o.campaign_id <> ${campaignId}::uuid
        AND o.credential_id IS NOT DISTINCT FROM f.credential_id AND o.entitlement_id IS NOT DISTINCT FROM f.entitlement_id
        AND o.settled_at > f.settled_at AND o.settled_at <= f.settled_at + interval '30 days' AND o.settled_by = 'reviewers'
        AND (f.decision IN ('certify', 'certify_until')) <> (o.outcome IN ('certify', 'certify_until')))
    OR (f.decision = 'revoke' AND EXISTS (
      SELECT FROM review_remedy r JOIN lifecycle_run l ON l.org_id = r.org_id AND l.id = r.run_id
      WHERE r.org_id = ${org}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = f.item_no AND l.state = 'restored'
        AND l.ended_at <= f.settled_at + interval '30 days'))
  ), notes AS (
    SELECT stage, reviewer_no, count(*)::int AS same FROM final WHERE note IS NOT NULL GROUP BY stage, reviewer_no, md5(note)
  ), notes_all AS (
    SELECT count(*)::int AS same FROM final WHERE note IS NOT NULL GROUP BY md5(note)
  ), sums AS (
    SELECT f.stage, f.reviewer_no, count(*)::int AS decisions, count(*) FILTER (WHERE f.together > 1)::int AS bulk,
      percentile_cont(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY f.seconds) FILTER (WHERE f.together = 1 AND f.seconds IS NOT NULL) AS seconds,
      count(*) FILTER (WHERE f.decision IN ('certify', 'certify_until')) * 100.0 / nullif(count(*), 0) AS certified,
      count(*) FILTER (WHERE f.together = 1 AND f.opened) * 100.0 / nullif(count(*) FILTER (WHERE f.together = 1 AND f.opened IS NOT NULL), 0) AS opened,
      count(*) FILTER (WHERE f.is_late) * 100.0 / nullif(count(*) FILTER (WHERE f.is_late IS NOT NULL), 0) AS late,
      count(f.note)::int AS notes, count(*) FILTER (WHERE f.in_conflict)::int AS conflicts
    FROM final f GROUP BY GROUPING SETS ((f.stage, f.reviewer_no), ())
  )
  SELECT s.stage, s.reviewer_no AS reviewer, json_build_object('decisions', s.decisions, 'bulkDecisions', s.bulk,
    'medianSeconds', s.seconds[2], 'p10Seconds', s.seconds[1], 'p90Seconds', s.seconds[3],
    'certifiedPercent', round(s.certified, 1), 'openedPercent', round(s.opened, 1), 'nearDeadlinePercent', round(s.late, 1),
    'identicalNotesPercent', round(CASE WHEN s.stage IS NULL THEN (SELECT max(same) FROM notes_all)
      ELSE (SELECT max(n.same) FROM notes n WHERE n.stage = s.stage AND n.reviewer_no = s.reviewer_no) END * 100.0 / nullif(s.notes, 0), 1),
    'notes', s.notes, 'notIndependent', s.conflicts,
    'reversedIn30Days', (SELECT count(*)::int FROM reversed r WHERE s.stage IS NULL OR (r.stage = s.stage AND r.reviewer_no = s.reviewer_no))) AS measures
  FROM sums s WHERE s.decisions > 0 ORDER BY s.stage NULLS FIRST, s.reviewer_no`

export interface Measured {
  stage: number | null
  reviewer: number | null
  measures: Measures
}

export async function measure(
  run: <Row extends object>(query: Prisma.Sql) => Promise<Row[]>,
  org: string,
  campaignId: string,
) {
  return run<Measured>(measured(org, campaignId))
}

/** Keeps measures and flags. A batch that was flagged wants a second look until somebody has looked. */
export async function writeQuality(
  bulk: BulkTx,
  campaignId: string,
  rows: readonly { stage: number; reviewer: number; measures: Measures; flags: readonly QualityFlag[] }[],
): Promise<void> {
  const { text, values } = Prisma.sql`
    INSERT INTO review_quality AS q (org_id, campaign_id, stage, reviewer_no, measures, flags, look_state)
    SELECT ${bulk.orgId}::uuid, ${campaignId}::uuid, (r ->> 'stage')::int, (r ->> 'reviewer')::int, r -> 'measures',
      ARRAY(SELECT jsonb_array_elements_text(r -> 'flags')), CASE WHEN jsonb_array_length(r -> 'flags') > 0 THEN 'wanted' END
    FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) r
    ON CONFLICT (org_id, campaign_id, stage, reviewer_no) DO UPDATE SET measures = excluded.measures, flags = excluded.flags, measured_at = now(),
      look_state = CASE WHEN q.look_state = 'done' THEN 'done' ELSE excluded.look_state END`
  await sqlOf(bulk)(text, values)
}

/** Campaigns with sign-offs that were not measured, and those whose decisions may be reversed still: once a day for a month. */
export function findUnmeasured(ctx: Context): Promise<{ id: string; name: string; rules: unknown }[]> {
  return ctx.sql(Prisma.sql`
    SELECT c.id, c.name, c.rules FROM review_campaign c
    LEFT JOIN LATERAL (SELECT max(q.measured_at) AS at FROM review_quality q WHERE q.org_id = c.org_id AND q.campaign_id = c.id) m ON true
    JOIN LATERAL (SELECT max(s.at) AS at FROM review_sign_off s WHERE s.org_id = c.org_id AND s.campaign_id = c.id) s ON s.at IS NOT NULL
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.frozen_at IS NOT NULL
      AND (m.at IS NULL OR (m.at < s.at AND m.at < now() - interval '1 minute')
        OR (m.at < now() - interval '1 day' AND coalesce(c.closed_at, now()) > now() - interval '31 days'))
    ORDER BY c.id LIMIT 20`)
}

export function findQuality(ctx: Context, campaignId: string): Promise<QualityRow[]> {
  return ctx.sql<QualityRow>(Prisma.sql`
    SELECT q.stage, q.reviewer_no AS reviewer, coalesce(v.name, 'Somebody') AS name, q.measures, q.flags, q.look_state AS "lookState",
      q.look_by AS "lookBy", q.verdict, q.note, q.looked_at AS "lookedAt"
    FROM review_quality q LEFT JOIN review_reviewer v ON v.org_id = q.org_id AND v.campaign_id = q.campaign_id AND v.no = q.reviewer_no
    WHERE q.org_id = ${ctx.tenant.orgId}::uuid AND q.campaign_id = ${campaignId}::uuid ORDER BY cardinality(q.flags) DESC, q.stage, q.reviewer_no`)
}

/** Whether somebody decided any item of a batch, for themselves or a team. */
export async function hasDecided(
  ctx: Context,
  { campaignId, stage, reviewer, userId }: { campaignId: string; stage: number; reviewer: number; userId: string },
): Promise<boolean> {
  const [row] = await ctx.sql<{ has: boolean }>(Prisma.sql`
    SELECT EXISTS (SELECT FROM review_assignment a WHERE a.org_id = ${ctx.tenant.orgId}::uuid AND a.campaign_id = ${campaignId}::uuid
        AND a.reviewer_no = ${reviewer}::int AND a.stage = ${stage}::int AND a.state = 'signed' AND a.by_id = ${userId})
      OR EXISTS (SELECT FROM review_reviewer v WHERE v.org_id = ${ctx.tenant.orgId}::uuid AND v.campaign_id = ${campaignId}::uuid
        AND v.no = ${reviewer}::int AND v.key = ${`user:${userId}`}) AS has`)
  return row?.has === true
}

/** The identities of a batch. */
export async function findBatch(
  ctx: Context,
  { campaignId, stage, reviewer }: { campaignId: string; stage: number; reviewer: number },
): Promise<string[]> {
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT DISTINCT i.identity_id AS id FROM review_assignment a
    JOIN review_item i ON i.org_id = a.org_id AND i.campaign_id = a.campaign_id AND i.no = a.item_no
    WHERE a.org_id = ${ctx.tenant.orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.reviewer_no = ${reviewer}::int
      AND a.stage = ${stage}::int AND a.state = 'signed' ORDER BY 1`)
  return rows.map(({ id }) => id)
}

import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'

/** One line of a report: an item with all that was signed about it, as JSON text. */
export interface ItemLine {
  no: number
  line: string
}

/** The items after a number, in their order. The evidence is the very text whose hash was frozen. */
export function readItemLines(ctx: Context, campaignId: string, after: number, limit: number): Promise<ItemLine[]> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const campaign = Prisma.sql`${campaignId}::uuid`
  return ctx.sql<ItemLine>(Prisma.sql`
    SELECT i.no, json_build_object('no', i.no, 'identityId', i.identity_id, 'credentialId', i.credential_id, 'entitlementId', i.entitlement_id,
      'name', i.name, 'subject', i.subject, 'owner', i.owner_label, 'score', i.score, 'recommendation', i.recommendation,
      'evidence', coalesce(i.frozen, i.evidence::text), 'evidenceHash', encode(i.evidence_hash, 'hex'),
      'outcome', i.outcome, 'outcomeUntil', i.outcome_until, 'reduction', i.reduction, 'settledBy', i.settled_by, 'settledAt', i.settled_at,
      'words', coalesce(w.words, '[]'::json),
      'remedy', CASE WHEN r.item_no IS NOT NULL THEN json_build_object('decision', r.decision, 'way', r.way, 'state', r.state, 'says', r.says,
        'orderId', r.order_id, 'runId', r.run_id, 'owner', r.owner_name, 'ownerKey', r.owner_key, 'dueAt', r.due_at, 'reason', r.reason,
        'updatedBy', r.updated_by, 'verifiedAt', r.verified_at) END)::text AS line
    FROM (SELECT * FROM review_item WHERE org_id = ${org} AND campaign_id = ${campaign} AND no > ${after}::int ORDER BY no LIMIT ${limit}::int) i
    LEFT JOIN review_remedy r ON r.org_id = ${org} AND r.campaign_id = ${campaign} AND r.item_no = i.no
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('stage', a.stage, 'reviewer', a.reviewer_no, 'name', v.name, 'way', a.way, 'byId', a.by_id, 'by', a.by_name,
        'decision', a.decision, 'until', extract(epoch FROM a.until)::text, 'reduction', a.reduction::text, 'note', a.note, 'at', a.at,
        'signOff', a.sign_off_id,
        'inConflict', a.decision IN ('certify', 'certify_until') AND (a.by_id = ANY (i.sole_owner_ids || i.creator_ids || i.user_ids)
          OR a.acts_for_ids && (i.sole_owner_ids || i.creator_ids || i.user_ids))
      ) ORDER BY a.stage, a.reviewer_no) AS words
      FROM review_assignment a
      LEFT JOIN review_reviewer v ON v.org_id = ${org} AND v.campaign_id = ${campaign} AND v.no = a.reviewer_no
      WHERE a.org_id = ${org} AND a.campaign_id = ${campaign} AND a.item_no = i.no AND a.state = 'signed'
    ) w ON true
    ORDER BY i.no`)
}

/** What was signed off, in the order in which it was. */
export async function readSignOffs(ctx: Context, campaignId: string) {
  const rows = await ctx.db.reviewSignOff.findMany({
    where: { orgId: ctx.tenant.orgId, campaignId },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  })
  return rows.map(({ id, stage, byId, byName, statement, items, decisions, decisionsHash, at }) => ({
    ...{ id, stage, byId, by: byName, statement, items, decisions, decisionsHash, at: at.toISOString() },
  }))
}

export async function insertReport(tx: Tx, row: Prisma.ReviewReportUncheckedCreateInput): Promise<void> {
  await tx.reviewReport.create({ data: row, select: { id: true } })
}

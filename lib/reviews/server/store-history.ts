import { privilegeOfRank } from '@/lib/identities/rules'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { ReviewItemDetail } from '../items'
import type { ItemRow } from './store-items'

export interface Current {
  isGone: boolean
  status: string
  environment: string | null
  owners: string[]
  privilege: string | null
  grantCount: number
  credentialCount: number
  score: number | null
  lastUsedAt: Date | null
}

interface Place {
  orgId: string
  campaignId: string
}

/** Others of the campaign with exactly the same access, and what was signed off of them. */
export async function findPeers(
  ctx: Context,
  { orgId, campaignId }: Place,
  no: number,
): Promise<ReviewItemDetail['peers']> {
  const [row] = await ctx.sql<{ count: number; decided: Record<string, number> | null; known: boolean }>(Prisma.sql`
    WITH own AS (SELECT access_hash FROM review_item WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND no = ${no}::int),
    peer AS (SELECT i.no, i.outcome FROM own o JOIN review_item i ON i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid
      AND i.access_hash = o.access_hash AND i.no <> ${no}::int LIMIT 1000)
    SELECT (SELECT access_hash IS NOT NULL FROM own) AS known, (SELECT count(*)::int FROM peer) AS count,
      (SELECT json_object_agg(s.outcome, s.n) FROM (SELECT outcome, count(*)::int AS n FROM peer WHERE outcome IN ('certify', 'certify_until', 'reduce', 'revoke')
        GROUP BY 1) s) AS decided`)
  return row?.known ? { count: row.count, decided: row.decided ?? {} } : null
}

/** Every act on an item, newest first; the last 100. */
export async function findHistory(
  ctx: Context,
  { orgId, campaignId }: Place,
  no: number,
): Promise<ReviewItemDetail['history']> {
  const rows = await ctx.sql<{
    at: Date
    by: string
    kind: string
    decision: string | null
    note: string | null
    says: string
    undoneAt: Date | null
    together: number
  }>(Prisma.sql`
    SELECT t.at, t.by_name AS by, t.kind, t.decision, t.note, t.says, t.undone_at AS "undoneAt", t.count AS together
    FROM review_act t WHERE t.org_id = ${orgId}::uuid AND t.campaign_id = ${campaignId}::uuid AND t.id IN (
      SELECT act_id FROM review_change WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND item_no = ${no}::int
      UNION SELECT sign_off_id FROM review_assignment WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND item_no = ${no}::int
        AND sign_off_id IS NOT NULL)
    ORDER BY t.id DESC LIMIT 100`)
  return rows.map(({ at, undoneAt, kind, decision, ...rest }) => ({
    ...rest,
    at: at.toISOString(),
    kind: kind as ReviewItemDetail['history'][number]['kind'],
    decision: decision as ReviewItemDetail['history'][number]['decision'],
    isUndone: undoneAt !== null,
  }))
}

export async function findRemedy(
  ctx: Context,
  { orgId, campaignId }: Place,
  no: number,
): Promise<ReviewItemDetail['remedy']> {
  return ctx.db.reviewRemedy.findUnique({
    where: { orgId_campaignId_itemNo: { orgId, campaignId, itemNo: no } },
    select: { state: true, says: true, runId: true },
  })
}

/** What an item is like now; null when nothing of it is there any more. */
export async function findCurrent(
  ctx: Context,
  item: Pick<ItemRow, 'identityId' | 'credentialId' | 'entitlementId'>,
): Promise<Current | null> {
  const org = ctx.tenant.orgId
  const own = item.credentialId
    ? Prisma.sql`(SELECT c.deleted_at IS NOT NULL OR c.status IN ('deleted', 'gone') FROM credential c WHERE c.org_id = i.org_id AND c.id = ${item.credentialId}::uuid)`
    : item.entitlementId
      ? Prisma.sql`(SELECT e.deleted_at IS NOT NULL FROM entitlement e WHERE e.org_id = i.org_id AND e.id = ${item.entitlementId}::uuid)`
      : Prisma.sql`false`
  const [row] = await ctx.sql<Omit<Current, 'privilege'> & { rank: number }>(Prisma.sql`
    SELECT i.deleted_at IS NOT NULL OR coalesce(${own}, true) AS "isGone", l.status, l.environment, l.privilege_rank::int AS rank,
      l.credential_count AS "credentialCount", sc.score::float8 AS score, i.last_used_at AS "lastUsedAt",
      (SELECT count(*)::int FROM entitlement e WHERE e.org_id = i.org_id AND e.from_id = i.id AND e.deleted_at IS NULL) AS "grantCount",
      (SELECT coalesce(array_agg(o.label ORDER BY o.label), '{}') FROM ownership o WHERE o.org_id = i.org_id AND o.identity_id = i.id AND o.ended_at IS NULL
        AND (o.valid_until IS NULL OR o.valid_until > now())) AS owners
    FROM identity i JOIN identity_listing l ON l.org_id = i.org_id AND l.identity_id = i.id
    LEFT JOIN identity_score sc ON sc.org_id = i.org_id AND sc.identity_id = i.id
    WHERE i.org_id = ${org}::uuid AND i.id = ${item.identityId}::uuid`)
  return row ? { ...row, privilege: privilegeOfRank(row.rank) } : null
}

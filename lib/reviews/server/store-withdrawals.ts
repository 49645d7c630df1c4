import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { HeldRight, Withdrawal } from './map-withdrawals'

/** What taking rights away from an account depends on. */
export interface Account {
  identityId: string
  ref: string
  name: string
  sourceId: string
  score: number | null
  traits: number
}

export async function findAccounts(ctx: Context, ids: readonly string[]): Promise<Map<string, Account>> {
  const rows = await ctx.sql<Account>(Prisma.sql`
    SELECT i.id AS "identityId", i.external_id AS ref, i.name, i.source_id AS "sourceId", l.score, coalesce(l.traits, 0) AS traits
    FROM identity i LEFT JOIN identity_listing l ON l.org_id = i.org_id AND l.identity_id = i.id
    WHERE i.org_id = ${ctx.tenant.orgId}::uuid AND i.id = ANY (${[...ids]}::uuid[])`)
  return new Map(rows.map((row) => [row.identityId, row]))
}

/** The accounts' own rights, as their own source tells them. */
export async function findRights(ctx: Context, ids: readonly string[]): Promise<Map<string, HeldRight[]>> {
  const rows = await ctx.sql<HeldRight & { identityId: string }>(Prisma.sql`
    SELECT e.from_id AS "identityId", e.id AS "entitlementId", e.kind, e.to_ref AS "toRef", e.scopes, e.scope_count AS "scopeCount",
      e.effect = 'allow' AS "isAllow", e.basis = 'entitlement' AS "isGranted", e.condition, e.last_used_at AS "lastUsedAt", e.first_seen_at AS "firstSeenAt"
    FROM entitlement e JOIN identity i ON i.org_id = e.org_id AND i.id = e.from_id AND i.source_id = e.source_id
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.from_id = ANY (${[...ids]}::uuid[]) AND e.deleted_at IS NULL ORDER BY e.id`)
  const rights = new Map<string, HeldRight[]>()
  for (const { identityId, ...right } of rows) rights.set(identityId, [...(rights.get(identityId) ?? []), right])
  return rights
}

/** The live connections that read these sources, the oldest first. */
export async function findConnections(
  ctx: Context,
  sourceIds: readonly string[],
): Promise<Map<string, { id: string; name: string; connector: string; selfIds: string[] }>> {
  const { orgId } = ctx.tenant
  const rows = await ctx.db.liveConnection.findMany({
    where: { orgId, deletedAt: null, sourceConnection: { orgId, sourceId: { in: [...sourceIds] } } },
    select: { id: true, name: true, connector: true, selfIds: true, sourceConnection: { select: { sourceId: true } } },
    orderBy: { createdAt: 'asc' },
  })
  const found = new Map<string, { id: string; name: string; connector: string; selfIds: string[] }>()
  for (const { sourceConnection, ...row } of rows) {
    const sourceId = sourceConnection?.sourceId
    if (sourceId !== undefined && !found.has(sourceId)) found.set(sourceId, row)
  }
  return found
}

/** A right that is being taken away. */
export interface StoredWithdrawal extends Withdrawal {
  item: number
  liveId: string
  identityRef: string
  told: number
  state: 'intended' | 'told' | 'gone' | 'refused'
  says: string
}

export async function findWithdrawals(
  ctx: Context,
  campaignId: string,
  items: readonly number[],
): Promise<StoredWithdrawal[]> {
  return ctx.sql<StoredWithdrawal>(Prisma.sql`
    SELECT item_no AS item, entitlement_id AS "entitlementId", live_connection_id AS "liveId", identity_ref AS "identityRef", kind,
      to_ref AS "toRef", scopes, told, state, says
    FROM review_withdrawal WHERE org_id = ${ctx.tenant.orgId}::uuid AND campaign_id = ${campaignId}::uuid AND item_no = ANY (${[...items]}::int[])
    ORDER BY item_no, entitlement_id`)
}

/** How many accounts of a campaign had rights taken away, or are having; those of a second person's word are not counted twice. */
export async function countReduced(ctx: Context, campaignId: string): Promise<number> {
  const [row] = await ctx.sql<{ n: number }>(Prisma.sql`
    SELECT count(DISTINCT item_no)::int AS n FROM review_withdrawal
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND campaign_id = ${campaignId}::uuid`)
  return row?.n ?? 0
}

/**
 * Stores what will be taken away, before anything is. False when others of the campaign were planned in between: what a second
 * person agrees to depends on how many there are.
 */
export async function planWithdrawals(
  bulk: BulkTx,
  campaignId: string,
  planned: readonly (Withdrawal & { item: number; liveId: string; identityRef: string })[],
  earlier: number,
): Promise<boolean> {
  const { client, orgId } = bulk
  await client.query(`SELECT id FROM review_campaign WHERE org_id = $1::uuid AND id = $2::uuid FOR UPDATE`, [
    orgId,
    campaignId,
  ])
  const counted = await client.query<{ n: number }>(
    `SELECT count(DISTINCT item_no)::int AS n FROM review_withdrawal WHERE org_id = $1::uuid AND campaign_id = $2::uuid`,
    [orgId, campaignId],
  )
  if ((counted.rows[0]?.n ?? 0) !== earlier) return false
  for (const each of planned)
    await client.query(
      `INSERT INTO review_withdrawal (org_id, campaign_id, item_no, entitlement_id, live_connection_id, identity_ref, kind, to_ref, scopes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [
        orgId,
        campaignId,
        each.item,
        each.entitlementId,
        each.liveId,
        each.identityRef,
        each.kind,
        each.toRef,
        each.scopes,
      ],
    )
  return true
}

type Key = Pick<StoredWithdrawal, 'item' | 'entitlementId'>

const here = `org_id = $1::uuid AND campaign_id = $2::uuid AND item_no = $3 AND entitlement_id = $4::uuid`

/** The source is about to hear of it. False when another worker has been here. */
export async function markTold(bulk: BulkTx, campaignId: string, key: Key & { told: number }): Promise<boolean> {
  const { rowCount } = await bulk.client.query(
    `UPDATE review_withdrawal SET told = told + 1, intended_at = now() WHERE ${here} AND told = $5 AND state IN ('intended', 'told')`,
    [bulk.orgId, campaignId, key.item, key.entitlementId, key.told],
  )
  return rowCount === 1
}

export async function markAnswer(
  bulk: BulkTx,
  campaignId: string,
  key: Key & { state: 'told' | 'gone' | 'refused' | 'intended'; says: string },
): Promise<void> {
  await bulk.client.query(
    `UPDATE review_withdrawal SET state = $5, says = $6, answered_at = CASE WHEN $5 IN ('told', 'refused') THEN now() ELSE answered_at END,
       gone_at = CASE WHEN $5 = 'gone' THEN now() ELSE gone_at END
     WHERE ${here} AND state <> 'gone'`,
    [bulk.orgId, campaignId, key.item, key.entitlementId, key.state, key.says],
  )
}

import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { CampaignRow } from './store'

/** What is asked of an item as a reviewer has it. */
interface Place {
  orgId: string
  campaignId: string
  selfReview: string
  /** The stage after which no other decides. */
  lastStage: number
}

export const placeOf = (ctx: Context, row: CampaignRow, rules: { selfReview: string; stages: unknown[] }): Place => ({
  orgId: ctx.tenant.orgId,
  campaignId: row.id,
  selfReview: rules.selfReview,
  lastStage: rules.stages.length,
})

/**
 * The item of an assignment `a` as `i`, by its key. Kept apart from the planner: right after a launch it believes that the campaign has
 * one item, and would rather read all of them again for each assignment.
 */
export const joinItem = Prisma.sql`CROSS JOIN LATERAL (SELECT x.* FROM review_item x
  WHERE x.org_id = a.org_id AND x.campaign_id = a.campaign_id AND x.no = a.item_no OFFSET 0) i`

/**
 * Assignments with what policies read of them, as the row `l` of `ctx.plan(…, 'review_item')`. `where` narrows it by `a`
 * (review_assignment) and `i` (review_item).
 */
export function assignmentRows({ orgId, campaignId, selfReview, lastStage }: Place, where: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT a.item_no, a.reviewer_no, a.stage, a.state, a.decision, a.until, a.reduction, a.note, a.by_id, a.by_name, a.at, a.act_id,
      a.sign_off_id, a.way, a.chain_ids, a.acts_for_ids, r.key AS reviewer_key, r.name AS reviewer_name, i.group_hash, i.is_alone, i.score,
      i.outcome, i.identity_id, i.sole_owner_ids, i.creator_ids, i.user_ids, ${selfReview}::text AS self_review, a.stage >= ${lastStage}::int AS is_final,
      a.acts_for_ids && (i.sole_owner_ids || i.creator_ids || i.user_ids) AS acts_for_conflicted
    FROM review_assignment a
    CROSS JOIN LATERAL (SELECT v.key, v.name FROM review_reviewer v
      WHERE v.org_id = a.org_id AND v.campaign_id = a.campaign_id AND v.no = a.reviewer_no OFFSET 0) r
    ${joinItem}
    WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND ${where}`
}

/** The numbers of the reviewers in a campaign that the caller is, or is one of. */
export async function findMyNumbers(ctx: Context, campaignId: string): Promise<number[]> {
  const rows = await ctx.db.reviewReviewer.findMany({
    where: { orgId: ctx.tenant.orgId, campaignId, key: { in: ownerKeysOf(ctx.actor) } },
    select: { no: true },
  })
  return rows.map(({ no }) => no)
}

export interface WordRow {
  itemNo: number
  stage: number
  reviewerNo: number
  reviewerKey: string
  reviewerName: string
  way: string
  state: string
  decision: string | null
  until: Date | null
  reduction: unknown
  note: string | null
  byId: string | null
  byName: string | null
  at: Date | null
  actId: string | null
  signed: boolean
  chainIds: string[]
  actsForIds: string[]
  mayDecide: boolean
  mayCertify: boolean
  mayReassign: boolean
}

/** Everybody's words on these items, the caller's first. */
export function findWords(
  ctx: Context,
  place: Place,
  nos: readonly number[],
  mine: readonly number[],
  may: Record<'decide' | 'certify' | 'reassign', Prisma.Sql>,
): Promise<WordRow[]> {
  return ctx.sql<WordRow>(Prisma.sql`
    SELECT l.item_no AS "itemNo", l.stage::int, l.reviewer_no AS "reviewerNo", l.reviewer_key AS "reviewerKey", l.reviewer_name AS "reviewerName",
      l.way, l.state, l.decision, l.until, l.reduction, l.note, l.by_id AS "byId", l.by_name AS "byName", l.at, l.act_id::text AS "actId",
      l.sign_off_id IS NOT NULL AS signed, l.chain_ids AS "chainIds", l.acts_for_ids AS "actsForIds",
      coalesce(${may.decide}, false) AS "mayDecide", coalesce(${may.certify}, false) AS "mayCertify", coalesce(${may.reassign}, false) AS "mayReassign"
    FROM (${assignmentRows(place, Prisma.sql`a.item_no = ANY (${[...nos]}::int[])`)}) l
    ORDER BY l.item_no, l.stage DESC, l.reviewer_no = ANY (${[...mine]}::int[]) DESC, l.state IN ('open', 'drafted') DESC, l.reviewer_no`)
}

export interface ItemRow {
  no: number
  identityId: string
  credentialId: string | null
  entitlementId: string | null
  name: string
  subject: string | null
  kind: string
  environment: string | null
  system: string
  owner: string | null
  score: number | null
  rank: number
  usage: string
  lastUsedAt: string | null
  recommendation: string
  groupHash: string
  isAlone: boolean
  stage: number
  outcome: string | null
  outcomeUntil: Date | null
  settledBy: string | null
  settledAt: Date | null
  soleOwnerIds: string[]
  creatorIds: string[]
  userIds: string[]
}

/** Rows of an older form keep these in their evidence alone. */
const itemColumns = Prisma.sql`i.no, i.identity_id::text AS "identityId", i.credential_id::text AS "credentialId", i.entitlement_id::text AS "entitlementId",
  i.name, i.subject, coalesce(i.kind, i.evidence -> 'identity' ->> 'kind') AS kind,
  coalesce(i.environment, i.evidence -> 'identity' ->> 'environment') AS environment, coalesce(i.system, i.evidence -> 'identity' ->> 'system') AS system,
  i.owner_label AS owner, i.score::float8 AS score, i.privilege_rank::int AS rank, i.usage,
  coalesce(to_json(i.last_used_at) #>> '{}', i.evidence -> 'usage' ->> 'lastUsedAt') AS "lastUsedAt", i.recommendation, i.group_hash::text AS "groupHash",
  i.is_alone AS "isAlone", i.stage::int, i.outcome, i.outcome_until AS "outcomeUntil", i.settled_by AS "settledBy", i.settled_at AS "settledAt",
  i.sole_owner_ids AS "soleOwnerIds", i.creator_ids AS "creatorIds", i.user_ids AS "userIds"`

export interface ItemAsk {
  /** Of these reviewers; null = of the whole campaign. */
  reviewers: readonly number[] | null
  stage?: number | undefined
  states?: readonly string[] | undefined
  decision?: string | undefined
  outcome?: string | undefined
  group?: string | undefined
  recommendation?: string | undefined
  identity?: string | undefined
  q?: string | undefined
}

/** One page of items by their number, after `after`. */
export function findItems(
  ctx: Context,
  { orgId, campaignId }: Place,
  ask: ItemAsk,
  after: number,
  take: number,
): Promise<ItemRow[]> {
  const conditions = [
    Prisma.sql`i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no > ${after}::int`,
    ...(ask.outcome ? [Prisma.sql`i.outcome = ${ask.outcome}`] : []),
    ...(ask.group ? [Prisma.sql`i.group_hash::text = ${ask.group}`] : []),
    ...(ask.recommendation ? [Prisma.sql`i.recommendation = ${ask.recommendation}`] : []),
    ...(ask.identity ? [Prisma.sql`i.identity_id = ${ask.identity}::uuid`] : []),
    ...(ask.q ? [Prisma.sql`strpos(lower(i.name), lower(${ask.q})) > 0`] : []),
  ]
  const assigned = [
    ...(ask.stage ? [Prisma.sql`a.stage = ${ask.stage}::int`] : []),
    ...(ask.states ? [Prisma.sql`a.state = ANY (${[...ask.states]}::text[])`] : []),
    ...(ask.decision ? [Prisma.sql`a.decision = ${ask.decision}`] : []),
  ]
  if (ask.reviewers === null && assigned.length === 0)
    return ctx.sql<ItemRow>(
      Prisma.sql`SELECT ${itemColumns} FROM review_item i WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY i.no LIMIT ${take}`,
    )
  const of = [
    Prisma.sql`a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid`,
    ...(ask.reviewers === null ? [Prisma.sql`a.item_no > ${after}::int`] : [Prisma.sql`a.state <> 'handed_on'`]),
    ...assigned,
  ]
  // Of one reviewer and stage a range of the key, in order: a page costs what it shows.
  const reviewers = ask.reviewers
  if (reviewers === null)
    return ctx.sql<ItemRow>(Prisma.sql`SELECT ${itemColumns} FROM review_item i WHERE ${Prisma.join(conditions, ' AND ')}
      AND EXISTS (SELECT FROM review_assignment a WHERE ${Prisma.join(of, ' AND ')} AND a.item_no = i.no) ORDER BY i.no LIMIT ${take}`)
  const stages = ask.stage ? [ask.stage] : [1, 2, 3]
  const ranges = reviewers.flatMap((reviewer) =>
    stages.map(
      (
        stage,
      ) => Prisma.sql`(SELECT a.item_no AS no FROM review_assignment a ${joinItem} WHERE a.reviewer_no = ${reviewer}::int AND a.stage = ${stage}::int AND a.item_no > ${after}::int
        AND ${Prisma.join(of, ' AND ')} AND ${Prisma.join(conditions, ' AND ')} ORDER BY a.item_no LIMIT ${take})`,
    ),
  )
  if (ranges.length === 0) return Promise.resolve([])
  return ctx.sql<ItemRow>(Prisma.sql`SELECT ${itemColumns} FROM (SELECT DISTINCT x.no FROM (${Prisma.join(ranges, ' UNION ALL ')}) x ORDER BY x.no LIMIT ${take}) p
    CROSS JOIN LATERAL (SELECT x.* FROM review_item x WHERE x.org_id = ${orgId}::uuid AND x.campaign_id = ${campaignId}::uuid AND x.no = p.no OFFSET 0) i
    ORDER BY i.no`)
}

export interface FrozenRow extends ItemRow {
  evidence: string
  evidenceHash: string
  reduction: unknown
}

export async function findItem(
  ctx: Context,
  { orgId, campaignId }: Pick<Place, 'orgId' | 'campaignId'>,
  no: number,
): Promise<FrozenRow | undefined> {
  const [row] =
    await ctx.sql<FrozenRow>(Prisma.sql`SELECT ${itemColumns}, coalesce(i.frozen, i.evidence::text) AS evidence, encode(i.evidence_hash, 'hex') AS "evidenceHash", i.reduction
    FROM review_item i WHERE i.org_id = ${orgId}::uuid AND i.campaign_id = ${campaignId}::uuid AND i.no = ${no}::int`)
  return row
}

export interface GroupRow {
  group: string
  items: number
  open: number
  drafted: number
  first: number
}

/** The groups of equal evidence among what these reviewers have in a stage, the largest first. */
export function findGroups(
  ctx: Context,
  { orgId, campaignId }: Place,
  ask: { reviewers: readonly number[]; stage: number; withDrafts: boolean },
  after: readonly [open: number, first: number] | null,
  take: number,
): Promise<GroupRow[]> {
  const counted = ask.withDrafts ? Prisma.sql`g.open + g.drafted` : Prisma.sql`g.open`
  const beyond = after
    ? Prisma.sql`AND (${counted} < ${after[0]}::int OR (${counted} = ${after[0]}::int AND g.first > ${after[1]}::int))`
    : Prisma.empty
  return ctx.sql<GroupRow>(Prisma.sql`
    SELECT g."group", g.items, g.open, g.drafted, g.first FROM (
      SELECT i.group_hash::text AS "group", count(*)::int AS items, count(*) FILTER (WHERE a.state = 'open')::int AS open,
        count(*) FILTER (WHERE a.state = 'drafted')::int AS drafted, min(i.no) FILTER (WHERE a.state IN ('open', 'drafted'))::int AS first
      FROM review_assignment a ${joinItem}
      WHERE a.org_id = ${orgId}::uuid AND a.campaign_id = ${campaignId}::uuid AND a.reviewer_no = ANY (${[...ask.reviewers]}::int[])
        AND a.stage = ${ask.stage}::int AND a.state IN ('open', 'drafted', 'signed')
      GROUP BY i.group_hash
    ) g WHERE ${counted} > 0 ${beyond} ORDER BY ${counted} DESC, g.first LIMIT ${take}`)
}

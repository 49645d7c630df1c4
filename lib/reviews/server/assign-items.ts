import { planQuery } from '@/lib/platform/authz/plan'
import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { ReassignInput, type ReassignResult } from '../items'
import { campaignTarget } from '../rules'
import type { Conflict } from '../values'
import { readCampaign } from './get-campaign'
import { rulesOf } from './present-campaign'
import { addConflicts, countLeft, handOn, holdStage, run } from './store-acts'
import { assignmentRows, findMyNumbers, joinItem, type placeOf as PlaceOf, placeOf } from './store-items'
import { findPeople, type Reviewing } from './store-people'

/** A predicate on the row `l`: one of these people may certify it, by the word of the decision point. */
export async function eligible(people: Reviewing['people']): Promise<Prisma.Sql> {
  const plans = await Promise.all(
    people.map(({ id, role, teamIds }) => planQuery({ kind: 'user', id, role, teamIds }, 'certify', 'review_item')),
  )
  const parts = plans.map((plan) => Prisma.sql`(${plan.sql()})`)
  return parts.length === 0 ? Prisma.sql`false` : Prisma.sql`(${Prisma.join(parts, ' OR ')})`
}

interface Handover {
  toKey: string
  /** Whoever gives it away; '' for the product itself. */
  byId: string
  isDelegation: boolean
}

/** Assignments as the one to whom they shall go would have them. */
export function handedRows(
  place: ReturnType<typeof PlaceOf>,
  where: Prisma.Sql,
  { toKey, byId, isDelegation }: Handover,
): Prisma.Sql {
  const giver =
    byId === ''
      ? Prisma.sql`'{}'::text[]`
      : Prisma.sql`CASE WHEN l.reviewer_no = 0 THEN '{}'::text[] ELSE ${[byId]}::text[] END`
  const actsFor = isDelegation ? Prisma.sql`(l.acts_for_ids || ${[byId]}::text[])` : Prisma.sql`l.acts_for_ids`
  return Prisma.sql`SELECT l.item_no, l.reviewer_no, l.stage, l.state, ${toKey}::text AS reviewer_key, l.self_review, l.is_final, l.sole_owner_ids,
      l.creator_ids, l.user_ids, l.chain_ids || ${giver} || CASE WHEN left(l.reviewer_key, 5) = 'user:' THEN ARRAY[substr(l.reviewer_key, 6)]
        ELSE '{}'::text[] END AS chain_ids,
      ${actsFor} && (l.sole_owner_ids || l.creator_ids || l.user_ids) AS acts_for_conflicted,
      EXISTS (SELECT FROM review_assignment b JOIN review_reviewer q ON q.org_id = b.org_id AND q.campaign_id = b.campaign_id AND q.no = b.reviewer_no
        WHERE b.org_id = ${place.orgId}::uuid AND b.campaign_id = ${place.campaignId}::uuid AND b.item_no = l.item_no AND b.stage = l.stage
          AND q.key = ${toKey}) AS had_it
    FROM (${assignmentRows(place, where)}) l`
}

/** The number of a reviewer in a campaign, who joins it if need be. */
export async function joinReviewer(
  tx: Tx | BulkTx,
  { orgId, campaignId }: { orgId: string; campaignId: string },
  { key, name }: Pick<Reviewing, 'key' | 'name'>,
  way: string,
): Promise<number> {
  // One after the other: the number is the next.
  await run(
    tx,
    Prisma.sql`SELECT 1 FROM review_campaign WHERE org_id = ${orgId}::uuid AND id = ${campaignId}::uuid FOR UPDATE`,
  )
  await run(
    tx,
    Prisma.sql`INSERT INTO review_reviewer (org_id, campaign_id, no, key, name, way)
      SELECT ${orgId}::uuid, ${campaignId}::uuid, 1 + coalesce(max(no), 0), ${key}, ${name}, ${way} FROM review_reviewer
      WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid
      ON CONFLICT (org_id, campaign_id, key) DO NOTHING`,
  )
  const [row] = await run<{ no: number }>(
    tx,
    Prisma.sql`SELECT no FROM review_reviewer WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND key = ${key}`,
  )
  if (!row) throw new Error('the reviewer did not join')
  return row.no
}

const words: Partial<Record<Conflict, string>> = {
  had_it_before: 'They had it before: what was given away does not come back.',
  owns_alone: 'They must not review it: they own it alone, created it, or can act as it.',
}

/**
 * Gives items to another reviewer: the caller's own, or anybody's by whoever may assign. Nothing goes to somebody who had it before,
 * by whatever way, nor to one who could not certify it.
 * @throws AppError `not_found`, `forbidden`, `conflict` when the stage is over
 */
export async function reassignItems(ctx: Context, input: ReassignInput): Promise<ReassignResult> {
  const { id, what, from, toKey, kind, reason } = ReassignInput.parse(input)
  const { row } = await readCampaign(ctx, id)
  const rules = rulesOf(row)
  const target = campaignTarget(row)
  const [mine, [to]] = await Promise.all([findMyNumbers(ctx, id), findPeople(ctx, [toKey])])
  if (!to || to.people.length === 0)
    throw new AppError('invalid_input', 'Choose an active member or a team of this organization.', {
      fields: { toKey: 'is nobody who can review' },
    })
  const isOthers = from !== undefined
  if (isOthers && kind === 'delegate')
    throw new AppError('invalid_input', 'Only one’s own items can be delegated.', {
      fields: { kind: 'needs own items' },
    })
  const { permit } = isOthers
    ? { permit: await ctx.authorize('assign', target) }
    : await ctx.plan('reassign', 'review_item')
  const key = { orgId: ctx.tenant.orgId, campaignId: id, stage: row.stageNo }
  const place = placeOf(ctx, row, rules)
  const numbers = isOthers ? [from] : mine
  const chosen =
    'all' in what
      ? Prisma.sql`true`
      : what.items
        ? Prisma.sql`a.item_no = ANY (${what.items}::int[])`
        : Prisma.sql`i.group_hash::text = ${what.group ?? ''}`
  const where = Prisma.sql`a.stage = ${key.stage}::int AND a.reviewer_no = ANY (${numbers}::int[]) AND a.state IN ('open', 'drafted') AND ${chosen}`
  // Whoever only gives out what others had has not had it.
  const byId = isOthers ? '' : ctx.actor.id
  const handover = { toKey, byId, isDelegation: kind === 'delegate' }
  const may = await eligible(to.people)
  const way = kind === 'delegate' ? 'delegated' : 'reassigned'
  const act = {
    ...{ id: uuidv7(), kind: isOthers ? 'assign' : kind, decision: null, until: null, note: reason },
    says: `${kind === 'delegate' ? 'Delegated' : 'Given'} to ${to.name}`,
    byKey: `${ctx.actor.kind}:${ctx.actor.id}`,
    byName: ctx.actor.name,
  }
  return ctx.commit(
    permit,
    (after: ReassignResult) => ({
      action: `review.item.${kind}`,
      target,
      reason,
      after: { actId: act.id, toKey, from, moved: after.moved, refused: after.refused },
    }),
    async (tx) => {
      await holdStage(tx, key, 'share')
      await addConflicts(
        tx,
        key,
        Prisma.sql`SELECT a.item_no FROM review_assignment a ${joinItem} WHERE a.org_id = ${key.orgId}::uuid AND a.campaign_id = ${id}::uuid AND ${where}`,
      )
      const given = handedRows(place, where, handover)
      const [counts] = await run<{ all: number; had: number; hindered: number }>(
        tx,
        Prisma.sql`SELECT count(*)::int AS all, count(*) FILTER (WHERE l.had_it)::int AS had,
          count(*) FILTER (WHERE NOT l.had_it AND (${may}) IS NOT TRUE)::int AS hindered FROM (${given}) l`,
      )
      const toNo = await joinReviewer(tx, key, to, way)
      const moved = await handOn(
        tx,
        key,
        Prisma.sql`SELECT DISTINCT ON (l.item_no) l.item_no, l.reviewer_no FROM (${given}) l WHERE NOT l.had_it AND (${may}) ORDER BY l.item_no, l.reviewer_no`,
        { toNo, way, byId, isDelegation: handover.isDelegation, act },
      )
      const refusals = (
        [
          ['had_it_before', counts?.had ?? 0],
          ['owns_alone', counts?.hindered ?? 0],
        ] as const
      ).flatMap(([conflict, items]) => (items > 0 ? [{ conflict, items, says: words[conflict] ?? '' }] : []))
      return {
        moved,
        refused: refusals.reduce((sum, { items }) => sum + items, 0),
        refusals,
        left: await countLeft(tx, key, mine),
      }
    },
  )
}

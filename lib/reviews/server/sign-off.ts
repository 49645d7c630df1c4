import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { type SignOff, SignOffInput, type SignOffPreview } from '../items'
import { campaignTarget, conflictsOf } from '../rules'
import type { Conflict } from '../values'
import { passUnsure } from './escalate-items'
import { readCampaign } from './get-campaign'
import { carryOnJob } from './jobs'
import { rulesOf } from './present-campaign'
import { sayConflict } from './present-item'
import type { CampaignRow } from './store'
import { addConflicts, countLeft, holdStage, insertAct } from './store-acts'
import { assignmentRows, findMyNumbers, placeOf } from './store-items'
import { settleItems, signDrafts, sumDrafts } from './store-outcomes'
import { runSql } from './store-population'

interface Mine {
  row: CampaignRow
  mine: number[]
  /** The caller's drafts, rows `a`; those that they may not sign off are left out of the second. */
  drafts: Prisma.Sql
  allowed: Prisma.Sql
  refused: Prisma.Sql
}

async function findMine(ctx: Context, id: string): Promise<Mine> {
  const { row } = await readCampaign(ctx, id)
  const [{ rows: mayDecide }, may, mine] = await Promise.all([
    ctx.plan('decide', 'review_item'),
    ctx.rights(['certify'], 'review_item'),
    findMyNumbers(ctx, id),
  ])
  const where = Prisma.sql`a.stage = ${row.stageNo}::int AND a.reviewer_no = ANY (${mine}::int[]) AND a.state = 'drafted' AND a.by_id = ${ctx.actor.id}`
  const drafts = assignmentRows(placeOf(ctx, row, rulesOf(row)), where)
  const isAllowed = Prisma.sql`(${mayDecide ?? Prisma.sql`true`}) AND (l.decision NOT IN ('certify', 'certify_until') OR (${may.certify}))`
  return {
    row,
    mine,
    drafts,
    allowed: Prisma.sql`SELECT l.* FROM (${drafts}) l WHERE ${isAllowed}`,
    refused: Prisma.sql`SELECT l.* FROM (${drafts}) l WHERE (${isAllowed}) IS NOT TRUE`,
  }
}

/** What signing off would make final. @throws AppError `not_found`, `forbidden` */
export async function previewSignOff(ctx: Context, { id }: { id: string }): Promise<SignOffPreview> {
  const { row, mine, allowed, refused } = await findMine(ctx, id)
  const key = { orgId: ctx.tenant.orgId, campaignId: id, stage: row.stageNo }
  const [{ hash, items, decisions }, hindered, left] = await Promise.all([
    sumDrafts(ctx.sql, allowed),
    ctx.sql<Hindered>(Prisma.sql`SELECT r.sole_owner_ids AS "soleOwnerIds", r.creator_ids AS "creatorIds", r.user_ids AS "userIds",
      r.chain_ids AS "chainIds", r.acts_for_ids AS "actsForIds", count(*)::int AS items FROM (${refused}) r GROUP BY 1, 2, 3, 4, 5`),
    ctx.sql<{
      open: number
    }>(Prisma.sql`SELECT coalesce(sum(count), 0)::int AS open FROM review_tally WHERE org_id = ${key.orgId}::uuid
      AND campaign_id = ${id}::uuid AND stage = ${key.stage}::int AND reviewer_no = ANY (${mine}::int[]) AND state = 'open'`),
  ])
  const refusals = new Map<Conflict, number>()
  for (const each of hindered) {
    const conflict = conflictsOf(ctx.actor.id, each)[0] ?? 'had_it_before'
    refusals.set(conflict, (refusals.get(conflict) ?? 0) + each.items)
  }
  const { revoke = 0, reduce = 0, unsure = 0 } = decisions
  const isLast = row.stageNo === rulesOf(row).stages.length
  return {
    drafted: items,
    open: left[0]?.open ?? 0,
    decisions,
    says: [
      ...(revoke > 0 ? [`${revoke} will be revoked at the source.`] : []),
      ...(reduce > 0 ? [`${reduce} will be reduced at the source.`] : []),
      ...(unsure > 0 ? [`${unsure} will go to somebody else.`] : []),
      ...(isLast ? [] : ['What is certified goes on to the next stage.']),
      ...((left[0]?.open ?? 0) > 0 ? [`${left[0]?.open} are not decided yet; they can be signed off later.`] : []),
    ],
    refusals: [...refusals].map(([conflict, count]) => ({ conflict, items: count, says: sayConflict(conflict) })),
    draftHash: hash,
    deadlineAt: row.deadlineAt?.toISOString() ?? null,
    asOf: new Date().toISOString(),
    can: { signOff: items > 0 && row.state === 'active' },
  }
}

interface Hindered {
  soleOwnerIds: string[]
  creatorIds: string[]
  userIds: string[]
  chainIds: string[]
  actsForIds: string[]
  items: number
}

/**
 * Makes the caller's drafts final, settles what they settle, and lets remediation begin: one transaction, with its audit event.
 * @throws AppError `precondition_failed` when a draft is not as it was seen; `conflict` when the deadline has passed or nothing is
 * drafted; `not_found`, `forbidden`
 */
export async function signOff(ctx: Context, input: SignOffInput): Promise<SignOff> {
  const { id, draftHash, statement } = SignOffInput.parse(input)
  const { row, mine, drafts, allowed } = await findMine(ctx, id)
  const { permit } = await ctx.plan('decide', 'review_item')
  const rules = rulesOf(row)
  const key = { orgId: ctx.tenant.orgId, campaignId: id, stage: row.stageNo }
  const signOffId = uuidv7()
  return ctx.commitBulk(
    permit,
    (made: SignOff) => ({
      action: 'review.sign_off',
      target: campaignTarget(row),
      reason: statement,
      after: {
        signOffId,
        stage: made.stage,
        items: made.items,
        decisions: made.decisions,
        decisionsHash: made.decisionsHash,
      },
    }),
    async (bulk) => {
      await holdStage(bulk, key, 'share')
      // Alone with these rows: what is hashed is what is signed.
      await runSql(
        bulk,
        Prisma.sql`SELECT count(*) FROM (SELECT 1 FROM review_assignment a WHERE a.org_id = ${key.orgId}::uuid AND a.campaign_id = ${id}::uuid
          AND a.stage = ${key.stage}::int AND a.reviewer_no = ANY (${mine}::int[]) AND a.state = 'drafted' AND a.by_id = ${ctx.actor.id} FOR UPDATE) x`,
      )
      await addConflicts(
        bulk,
        key,
        Prisma.sql`SELECT d.item_no FROM (${drafts}) d WHERE d.decision IN ('certify', 'certify_until')`,
      )
      const { hash, items, decisions } = await sumDrafts((query) => runSql(bulk, query), allowed)
      if (items === 0) throw new AppError('conflict', 'Nothing of yours waits to be signed off.')
      if (hash !== draftHash)
        throw new AppError(
          'precondition_failed',
          'What you decided has changed since you looked. Look again, then sign off.',
        )
      await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.signing`)
      await bulk.client.query(`CREATE TEMP TABLE signing (item_no int, reviewer_no int, decision text) ON COMMIT DROP`)
      await runSql(
        bulk,
        Prisma.sql`INSERT INTO pg_temp.signing SELECT s.item_no, s.reviewer_no, s.decision FROM (${allowed}) s`,
      )
      await bulk.client.query('ANALYZE pg_temp.signing')
      const signed = Prisma.sql`SELECT item_no FROM pg_temp.signing`
      await signDrafts(bulk, key, Prisma.sql`SELECT item_no, reviewer_no FROM pg_temp.signing`, signOffId)
      if ((decisions.unsure ?? 0) > 0) await passUnsure(ctx, bulk, row)
      const stage = row.stages.find(({ no }) => no === key.stage)
      const isLast = key.stage === rules.stages.length
      await settleItems(bulk, key, signed, { strategy: stage?.strategy ?? 'one_accepts', isLast })
      const at = new Date()
      await runSql(
        bulk,
        Prisma.sql`INSERT INTO review_sign_off (org_id, campaign_id, id, stage, by_id, by_name, statement, items, decisions, decisions_hash, at)
          VALUES (${key.orgId}::uuid, ${id}::uuid, ${signOffId}::uuid, ${key.stage}::int, ${ctx.actor.id}::uuid, ${ctx.actor.name}, ${statement ?? null},
            ${items}::int, ${JSON.stringify(decisions)}::jsonb, ${hash}, ${at})`,
      )
      const by = { byKey: `${ctx.actor.kind}:${ctx.actor.id}`, byName: ctx.actor.name }
      const says = `Signed off ${items === 1 ? 'one item' : `${items} items`}`
      await insertAct(
        bulk,
        key,
        { id: signOffId, kind: 'sign_off', decision: null, until: null, note: statement ?? null, says, ...by },
        items,
      )
      await enqueue(bulk, carryOnJob, { orgId: key.orgId, campaignId: id })
      return {
        ...{ id: signOffId, stage: key.stage, by: ctx.actor.name, at: at.toISOString(), items, decisions },
        ...{ statement: statement ?? null, decisionsHash: hash },
        left: await countLeft(bulk, key, mine),
      }
    },
  )
}

import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { campaignTarget, endOfDay } from '../rules'
import type { CampaignRules } from '../templates'
import { closeCampaign } from './close-campaign'
import { escalateOpen } from './escalate-items'
import { launchCampaign, writeReviewers } from './launch-campaign'
import { rulesOf } from './present-campaign'
import { resolveStage } from './resolve-stage'
import { type CampaignRow, countRemedies, findCampaign, moveCampaign, moveCampaignBulk } from './store'
import { holdStage, insertAct, run, tallyWrites } from './store-acts'
import { settleSilence } from './store-outcomes'
import { assignPopulation, choosePassing, runSql, writeResolution } from './store-population'

/** A launch that nobody finished: its process was ended. */
const abandonedMs = 30 * 60_000

/**
 * Carries a campaign on as far as it can be now: begins a scheduled one, ends a stage that is through or whose deadline has passed,
 * lets silence decide, and closes what is proved. Can be called at any time, by any number of workers.
 */
export async function refreshCampaign(ctx: Context, { id }: { id: string }, now = new Date()): Promise<void> {
  for (let step = 0; step < 12; step += 1) {
    const row = await findCampaign(ctx, id)
    if (!(await carryOn(ctx, row, now))) return
  }
}

/** One step; false when there is none to take. */
async function carryOn(ctx: Context, row: CampaignRow, now: Date): Promise<boolean> {
  const target = campaignTarget(row)
  switch (row.state) {
    case 'scheduled':
      if (row.startsAt === null || row.startsAt > now) return false
      return begin(ctx, row)
    case 'snapshotting': {
      if (row.updatedAt.getTime() > now.getTime() - abandonedMs) return false
      const permit = await ctx.authorize('carry_on', target)
      return ctx.commit(permit, { action: 'review.campaign.unfreeze', target, after: { state: 'draft' } }, (tx) =>
        moveCampaign(tx, row, { states: ['snapshotting'] }, { state: 'draft' }),
      )
    }
    case 'active':
      return endStage(ctx, row, now)
    case 'deciding_silence':
      return decideSilence(ctx, row)
    case 'remediating':
    case 'verifying':
      return finish(ctx, row)
    default:
      return false
  }
}

async function begin(ctx: Context, row: CampaignRow): Promise<boolean> {
  try {
    await launchCampaign(ctx, { id: row.id, version: row.version })
    return true
  } catch (error) {
    if (!isAppError(error)) throw error
    log.warn({ err: error, campaignId: row.id }, 'a scheduled campaign could not be launched')
    return false
  }
}

const countOpen = (bulk: BulkTx, row: CampaignRow) =>
  runSql<{ open: number; unsettled: number }>(
    bulk,
    Prisma.sql`SELECT coalesce(sum(count) FILTER (WHERE stage = ${row.stageNo}::int AND reviewer_no >= 0 AND state IN ('open', 'drafted')), 0)::int AS open,
      (${row.itemCount}::int - coalesce(sum(count) FILTER (WHERE reviewer_no < 0), 0))::int AS unsettled
      FROM review_tally WHERE org_id = ${row.orgId}::uuid AND campaign_id = ${row.id}::uuid`,
  )

async function endStage(ctx: Context, row: CampaignRow, now: Date): Promise<boolean> {
  const stage = row.stages.find(({ no }) => no === row.stageNo)
  if (!stage?.deadlineAt) return false
  const rules = rulesOf(row)
  const isOver = stage.deadlineAt <= now
  const permit = await ctx.authorize('carry_on', campaignTarget(row))
  const isLast = row.stageNo === rules.stages.length
  // Looked at before anything is locked: most of the time there is nothing to do.
  const [sum] = await ctx.sql<{ open: number }>(Prisma.sql`SELECT coalesce(sum(count), 0)::int AS open FROM review_tally
    WHERE org_id = ${row.orgId}::uuid AND campaign_id = ${row.id}::uuid AND stage = ${row.stageNo}::int AND reviewer_no >= 0 AND state IN ('open', 'drafted')`)
  if (!isOver && (sum?.open ?? 0) > 0) return false
  return ctx
    .commitBulk(
      permit,
      (after: { moved: boolean; what: string } & object) => ({
        action: `review.stage.${after.what}`,
        target: campaignTarget(row),
        after: { stage: row.stageNo, ...after },
      }),
      async (bulk) => {
        await holdStage(bulk, { orgId: row.orgId, campaignId: row.id, stage: row.stageNo }, 'alone')
        const [counts] = await countOpen(bulk, row)
        const open = counts?.open ?? 0
        if (open > 0 && !isOver) return { moved: false, what: 'look' }
        if (!isLast) return { ...(await beginNext(bulk, row, rules, now)), open, what: 'advance' }
        if (open > 0 && rules.silence === 'escalate' && !stage.isEscalated)
          return { ...(await escalate(ctx, bulk, row, rules, now)), open, what: 'escalate' }
        const isSettled = (counts?.unsettled ?? 0) === 0
        const set = isSettled ? Prisma.sql`state = 'remediating'` : Prisma.sql`state = 'deciding_silence'`
        await endRow(bulk, row)
        return { moved: await moveCampaignBulk(bulk, row.id, ['active'], set), open, what: 'end' }
      },
    )
    .then(({ moved }) => moved)
}

const endRow = (bulk: BulkTx, row: CampaignRow) =>
  runSql(
    bulk,
    Prisma.sql`UPDATE review_stage SET state = 'done', ended_at = now() WHERE org_id = ${row.orgId}::uuid AND campaign_id = ${row.id}::uuid
      AND no = ${row.stageNo}::int`,
  )

/** Everything without an outcome goes on to the next stage, also what nobody decided in this one. */
async function beginNext(bulk: BulkTx, row: CampaignRow, rules: CampaignRules, now: Date) {
  const next = row.stageNo + 1
  const key = { orgId: row.orgId, campaignId: row.id, stage: row.stageNo }
  await run(
    bulk,
    Prisma.sql`WITH closed AS (
        UPDATE review_assignment a SET state = 'closed', decision = NULL WHERE a.org_id = ${key.orgId}::uuid AND a.campaign_id = ${key.campaignId}::uuid
          AND a.stage = ${key.stage}::int AND a.state IN ('open', 'drafted') RETURNING a.reviewer_no, old.state AS was, old.decision AS said
      ), ${tallyWrites(
        key,
        Prisma.sql`SELECT ${key.stage}::int AS stage, reviewer_no, was AS state, coalesce(said, '') AS decision, -1 AS n FROM closed
          UNION ALL SELECT ${key.stage}::int, reviewer_no, 'closed', '', 1 FROM closed`,
      )} SELECT count(*) FROM closed`,
  )
  await runSql(
    bulk,
    Prisma.sql`UPDATE review_item SET stage = ${next}::int WHERE org_id = ${key.orgId}::uuid AND campaign_id = ${key.campaignId}::uuid
      AND outcome IS NULL AND stage < ${next}::int`,
  )
  const passing = await choosePassing(bulk, row.id)
  await endRow(bulk, row)
  if (passing > 0) {
    const stage = await resolveStage(bulk, rules, next)
    await writeResolution(bulk, stage.resolved, await writeReviewers(bulk, row.id, stage.loads))
    await assignPopulation(bulk, row.id, next)
  }
  const planned = row.stages.find(({ no }) => no === next)?.deadlineAt
  const days = rules.stages[next - 1]?.days ?? 1
  // An early end leaves the day as it was said; a late one must leave time.
  const tomorrow = now.getTime() + 86_400_000
  const deadline =
    planned && planned.getTime() > tomorrow ? planned : new Date(endOfDay(now.getTime(), days, rules.timeZone))
  await runSql(
    bulk,
    Prisma.sql`UPDATE review_stage SET state = 'active', begins_at = now(), deadline_at = ${deadline} WHERE org_id = ${row.orgId}::uuid
      AND campaign_id = ${row.id}::uuid AND no = ${next}::int`,
  )
  const set = Prisma.sql`stage_no = ${next}::int, deadline_at = ${deadline}, ends_at = greatest(ends_at, ${deadline})`
  return { moved: await moveCampaignBulk(bulk, row.id, ['active'], set), passing }
}

async function escalate(ctx: Context, bulk: BulkTx, row: CampaignRow, rules: CampaignRules, now: Date) {
  const escalated = await escalateOpen(ctx, bulk, row)
  const deadline = new Date(endOfDay(now.getTime(), rules.escalateDays, rules.timeZone))
  await runSql(
    bulk,
    Prisma.sql`UPDATE review_stage SET is_escalated = true, deadline_at = ${escalated > 0 ? deadline : now} WHERE org_id = ${row.orgId}::uuid
      AND campaign_id = ${row.id}::uuid AND no = ${row.stageNo}::int`,
  )
  const set =
    escalated > 0 ? Prisma.sql`deadline_at = ${deadline}, ends_at = ${deadline}` : Prisma.sql`version = version`
  return { moved: await moveCampaignBulk(bulk, row.id, ['active'], set), escalated }
}

/** The deadline of the last stage has passed: what has no outcome gets the one that the campaign had said. */
async function decideSilence(ctx: Context, row: CampaignRow): Promise<boolean> {
  const rules = rulesOf(row)
  const silence = rules.silence === 'escalate' ? rules.silenceThen : rules.silence
  const permit: Permit = await ctx.authorize('carry_on', campaignTarget(row))
  return ctx
    .commitBulk(
      permit,
      (after: object) => ({
        action: 'review.campaign.silence',
        target: campaignTarget(row),
        after: { silence, ...after },
      }),
      async (bulk) => {
        const isMine = await moveCampaignBulk(bulk, row.id, ['deciding_silence'], Prisma.sql`state = 'remediating'`)
        if (!isMine) return { moved: false }
        const key = { orgId: row.orgId, campaignId: row.id, stage: row.stageNo }
        const settled = await settleSilence(bulk, key, silence)
        const act = { id: uuidv7(), kind: 'silence', decision: null, until: null, note: null }
        const says = `Nobody decided: ${{ keep: 'kept', revoke: 'revoked', reduce: 'reduced to what was used' }[silence]}`
        await insertAct(bulk, key, { ...act, says, byKey: 'job:reviews', byName: 'Bailiwick' }, settled.settled)
        return { moved: true, ...settled }
      },
    )
    .then(({ moved }) => moved as boolean)
}

/** `remediating` while anything is to be done, `verifying` after that; closed when all of it is proved. */
async function finish(ctx: Context, row: CampaignRow): Promise<boolean> {
  const remedies = await countRemedies(ctx, row.id)
  const isDone = remedies.every(({ state }) => ['verified', 'done', 'excepted'].includes(state))
  const isProved = remedies.every(({ state }) => state === 'verified')
  const state = isDone ? 'verifying' : 'remediating'
  const target = campaignTarget(row)
  if (state !== row.state) {
    const permit = await ctx.authorize('carry_on', target)
    return ctx.commit(permit, { action: 'review.campaign.follow', target, after: { state } }, (tx) =>
      moveCampaign(tx, row, { states: [row.state] }, { state }),
    )
  }
  if (!isProved || !isDone) return false
  await closeCampaign(ctx, { id: row.id })
  return false
}

import type { Context } from '@/lib/platform/context'
import { type BulkTx, lockCatalogue } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError, isAppError } from '@/lib/platform/errors'
import { campaignTarget, deadlinesOf } from '../rules'
import { type CampaignDetail, LaunchCampaignInput } from '../schema'
import { type CampaignRules, CampaignScope } from '../templates'
import type { ItemLevel } from '../values'
import { presentCampaign, rulesOf } from './present-campaign'
import { type ResolvedScope, resolveScope } from './resolve-scope'
import { resolveStage } from './resolve-stage'
import {
  type CampaignRow,
  changedMeanwhile,
  findCampaign,
  findPartialSources,
  moveCampaign,
  moveCampaignBulk,
} from './store'
import { freezeItems } from './store-freeze'
import { choosePopulation, hashPopulation, runSql, writeResolution } from './store-population'

const launchable = ['draft', 'blocked', 'scheduled']

/** How long a launch waits for an import that is being applied. */
const patienceMs = 5000

/**
 * Freezes the population with its evidence and asks the reviewers of the first stage, all in one transaction. A source that was read
 * in part blocks it: what would be missing is never left out unseen.
 * @throws AppError `conflict` when a source blocks it or the draft was changed; `precondition_failed` when the population is not that
 * of the preview, or empty; `not_found`, `forbidden`
 */
export async function launchCampaign(ctx: Context, input: LaunchCampaignInput): Promise<CampaignDetail> {
  const { id, version, previewHash, startsAt } = LaunchCampaignInput.parse(input)
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('launch', target)
  const isLater = startsAt !== null && Date.parse(startsAt) > Date.now()
  const state = isLater ? 'scheduled' : 'snapshotting'
  const action = isLater ? 'review.campaign.schedule' : 'review.campaign.freeze'
  await ctx.commit(permit, { action, target, after: { startsAt } }, async (tx) => {
    const data = { state, blocked: null, startsAt: isLater ? new Date(startsAt) : null }
    if (!(await moveCampaign(tx, row, { states: launchable, version }, data))) throw changedMeanwhile()
  })
  if (!isLater) await launch(ctx, permit, row, previewHash)
  return presentCampaign(ctx, await findCampaign(ctx, id))
}

async function launch(ctx: Context, permit: Permit, row: CampaignRow, previewHash: string | null): Promise<void> {
  const target = campaignTarget(row)
  try {
    const scope = await resolveScope(ctx, CampaignScope.parse(row.scope), row.level as ItemLevel, new Date())
    await ctx.commitBulk(
      permit,
      (after: object) => ({ action: 'review.campaign.launch', target, after }),
      (bulk) => freeze(bulk, ctx, row, scope, previewHash),
    )
  } catch (error) {
    const says = error instanceof BlockedError ? error.message : null
    const back = says === null ? { state: 'draft' } : { state: 'blocked', blocked: says }
    const change = { action: says === null ? 'review.campaign.unfreeze' : 'review.campaign.block', target, after: back }
    await ctx.commit(permit, change, (tx) => moveCampaign(tx, row, { states: ['snapshotting'] }, back))
    throw isAppError(error) || !(error instanceof BlockedError)
      ? error
      : new AppError('conflict', error.message, { cause: error })
  }
}

class BlockedError extends Error {}

async function freeze(
  bulk: BulkTx,
  ctx: Context,
  row: CampaignRow,
  scope: ResolvedScope,
  previewHash: string | null,
): Promise<object> {
  await lockCatalogue(bulk, 'rehearse', patienceMs)
  await bulk.client.query('SET LOCAL lock_timeout = 0')
  const rules = rulesOf(row)
  const level = row.level as ItemLevel
  const { items } = await choosePopulation(bulk, level, scope.list, scope.matching)
  if (items === 0) throw new AppError('precondition_failed', 'Nothing matches. Choose what to review first.')
  const partial = await findPartialSources(bulk)
  if (partial.length > 0) throw new BlockedError(partial.map(({ says }) => says).join(' '))
  if (previewHash !== null && previewHash !== (await hashPopulation(bulk)))
    throw new AppError('precondition_failed', 'What would be reviewed has changed since the preview. Look again.')
  const stage = await resolveStage(bulk, rules, 1)
  const reviewers = await writeReviewers(bulk, row.id, stage.loads)
  await writeResolution(bulk, stage.resolved, reviewers)
  const { staleAfterDays, aloneFromScore } = rules
  const hashes = await freezeItems(bulk, { campaignId: row.id, level, staleAfterDays, aloneFromScore })
  await bulk.client.query('SELECT analyze_reviews()')
  const deadlines = await writeStages(bulk, row.id, rules)
  const isLaunched = await moveCampaignBulk(
    bulk,
    row.id,
    ['snapshotting'],
    Prisma.sql`state = 'active', stage_no = 1, item_count = ${items}::int, frozen_at = now(), population_hash = ${hashes.populationHash},
      evidence_hash = ${hashes.evidenceHash}, launched_by = ${ctx.actor.name}, launched_at = now(),
      deadline_at = ${deadlines[0]?.at}, ends_at = ${deadlines.at(-1)?.at}, version = version + 1`,
  )
  if (!isLaunched) throw changedMeanwhile()
  return {
    ...{ items, ...hashes, reviewers: stage.loads.length, unassignable: stage.unassignable },
    silence: rules.silence,
    deadlineAt: deadlines[0]?.at.toISOString(),
  }
}

/** Numbers the reviewers of a stage, 0 = nobody. Those who were there before keep their number. */
export async function writeReviewers(
  bulk: BulkTx,
  campaignId: string,
  loads: readonly { key: string; name: string; way: string }[],
): Promise<Map<string, number>> {
  const all = [{ key: '', name: 'Nobody', way: 'nobody' }, ...loads]
  const [keys, names, ways] = [all.map(({ key }) => key), all.map(({ name }) => name), all.map(({ way }) => way)]
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO review_reviewer (org_id, campaign_id, no, key, name, way)
      SELECT ${bulk.orgId}::uuid, ${campaignId}::uuid, CASE WHEN n.key = '' THEN 0 ELSE s.from + n.at - 1 END, n.key, n.name, n.way
      FROM unnest(${keys}::text[], ${names}::text[], ${ways}::text[]) WITH ORDINALITY AS n (key, name, way, at),
        (SELECT coalesce(max(no), 0)::int AS from FROM review_reviewer WHERE org_id = ${bulk.orgId}::uuid AND campaign_id = ${campaignId}::uuid) s
      ON CONFLICT (org_id, campaign_id, key) DO NOTHING`,
  )
  const rows = await runSql<{ key: string; no: number }>(
    bulk,
    Prisma.sql`SELECT key, no FROM review_reviewer WHERE org_id = ${bulk.orgId}::uuid AND campaign_id = ${campaignId}::uuid AND key = ANY (${keys}::text[])`,
  )
  return new Map(rows.map(({ key, no }) => [key, no]))
}

async function writeStages(bulk: BulkTx, campaignId: string, rules: CampaignRules): Promise<{ at: Date }[]> {
  const deadlines = deadlinesOf(rules, Date.now()).map(({ atMs }) => ({ at: new Date(atMs) }))
  for (const [index, stage] of rules.stages.entries()) {
    const isFirst = index === 0
    await runSql(
      bulk,
      Prisma.sql`INSERT INTO review_stage (org_id, campaign_id, no, name, rules, strategy, state, begins_at, deadline_at)
        VALUES (${bulk.orgId}::uuid, ${campaignId}::uuid, ${index + 1}, ${stage.name}, ${JSON.stringify(stage)}::jsonb, ${stage.strategy},
          ${isFirst ? 'active' : 'ahead'}, ${isFirst ? new Date() : (deadlines[index - 1]?.at ?? null)}, ${deadlines[index]?.at})`,
    )
  }
  return deadlines
}

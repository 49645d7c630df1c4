import { type Judged, judgeDecided, requestDecided } from '@/lib/lifecycle/server/request-decided'
import type { Context } from '@/lib/platform/context'
import { AppError, isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { campaignTarget } from '../rules'
import { refreshCampaign } from './refresh-campaign'
import { remediateAccess } from './remediate-access'
import {
  bindRuns,
  claimRemedies,
  countAsked,
  type DueRemedy,
  findAsked,
  findWorkingCampaigns,
  followRemedies,
  hasNews,
  isThrough,
  type Settled,
  settleRemedies,
  type WorkingCampaign,
} from './store-remedies'

/** So many remedies are taken up at a time: one order is about no more. */
const mostAtOnce = 200
/** What came in between is looked at again after so long. */
const againSeconds = 5

/**
 * Carries the decisions of an organization's campaigns out: what was to be revoked becomes a revocation like any other, single rights
 * are taken away at their source, and what cannot be done from here becomes a task with an owner and a date. May be called by any
 * worker at any time: what was asked for is stored with the order itself, so nothing is asked for twice. Answers how many moved.
 */
export async function remediateItems(ctx: Context, signal?: AbortSignal): Promise<number> {
  let moved = 0
  for (const campaign of await findWorkingCampaigns(ctx)) {
    try {
      moved += await remediateCampaign(ctx, campaign, signal)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict') throw error
      // Another worker was first.
      log.info(
        { orgId: ctx.tenant.orgId, campaignId: campaign.id, says: error.message },
        'remedies left to the next look',
      )
    }
  }
  return moved
}

async function remediateCampaign(ctx: Context, campaign: WorkingCampaign, signal?: AbortSignal): Promise<number> {
  const target = campaignTarget(campaign)
  const permit = await ctx.authorize('carry_on', target)
  const due = await ctx.commitPart(permit, (bulk) => claimRemedies(bulk, campaign.id, mostAtOnce))
  const settle = (settled: readonly Settled[]) =>
    settled.length === 0
      ? Promise.resolve()
      : ctx.commitBulk(
          permit,
          {
            action: 'review.remedies.settle',
            target,
            after: {
              campaignId: campaign.id,
              settled: settled.slice(0, 100).map(({ item, state, says }) => ({ item, state, says })),
              items: settled.length,
            },
          },
          (bulk) => settleRemedies(bulk, campaign.id, settled),
        )
  const gone = due.filter(({ isGone, isBegun }) => isGone && !isBegun)
  await settle(gone.map(({ item }) => ({ item, state: 'verified', says: 'The source has it no more.' })))
  const left = due.filter((remedy) => !gone.includes(remedy))
  const isWhole = (remedy: DueRemedy) => remedy.decision === 'revoke' && remedy.entitlementId === null
  await revokeWhole(ctx, campaign, left.filter(isWhole), settle)
  await remediateAccess(
    ctx,
    campaign,
    left.filter((remedy) => !isWhole(remedy)),
    { permit, settle, signal },
  )
  let moved = due.length
  if (await hasNews(ctx, campaign.id)) {
    const counts = await ctx.commitBulk(
      permit,
      (after: Awaited<ReturnType<typeof followRemedies>>) => ({
        action: 'review.remedies.follow',
        target,
        after: { campaignId: campaign.id, ...after },
      }),
      (bulk) => followRemedies(bulk, campaign.id),
    )
    moved += Object.values(counts).reduce((sum, count) => sum + count, 0)
  }
  // Closed as effective by itself when all of it is proved; with exceptions only by a person.
  if (await isThrough(ctx, campaign.id)) await refreshCampaign(ctx, { id: campaign.id })
  return moved
}

/** Accounts and credentials as a whole: an order for each person who decided, so that nobody agrees to what they have decided. */
async function revokeWhole(
  ctx: Context,
  campaign: WorkingCampaign,
  due: readonly DueRemedy[],
  settle: (settled: readonly Settled[]) => Promise<void>,
): Promise<void> {
  if (due.length === 0) return
  const keyOf = (identityId: string, credentialId: string | null) => `${identityId} ${credentialId ?? ''}`
  const judged = new Map(
    (
      await judgeDecided(
        ctx,
        due.map(({ identityId, credentialId }) => ({ identityId, credentialId })),
      )
    ).map((each) => [keyOf(each.target.identity.id, each.target.credential?.id ?? null), each]),
  )
  const settled: Settled[] = []
  const orders = new Map<
    string,
    { author: { id: string | null; name: string }; items: { item: number; judged: Judged }[] }
  >()
  for (const { item, identityId, credentialId, askerId, askerName } of due) {
    const found = judged.get(keyOf(identityId, credentialId))
    if (!found) continue
    if (found.problem?.kind === 'gone') settled.push({ item, state: 'verified', says: 'The source has it no more.' })
    else if (found.problem) settled.push({ item, state: 'open', says: found.problem.says })
    else if (found.openRunId !== null)
      settled.push({
        item,
        state: 'running',
        says: 'The same was asked for before; its run is under way.',
        runId: found.openRunId,
      })
    else {
      const order = orders.get(askerId ?? '') ?? { author: { id: askerId, name: askerName }, items: [] }
      orders.set(askerId ?? '', order)
      order.items.push({ item, judged: found })
    }
  }
  await settle(settled)
  for (const order of orders.values()) await ask(ctx, campaign, order, settle)
}

async function ask(
  ctx: Context,
  campaign: WorkingCampaign,
  { author, items }: { author: { id: string | null; name: string }; items: { item: number; judged: Judged }[] },
  settle: (settled: readonly Settled[]) => Promise<void>,
): Promise<void> {
  const { orgId } = ctx.tenant
  const earlier = await findAsked(ctx, campaign.id)
  try {
    await requestDecided(ctx, {
      author,
      targets: items.map(({ judged }) => judged),
      reason: `Decided in the review “${campaign.name}”.`,
      earlier,
      whole: `The review “${campaign.name}”`,
      write: async (tx, { orderId, isWaiting, runs }) => {
        if ((await countAsked(tx, orgId, campaign.id)) !== earlier)
          throw new AppError('conflict', 'Another worker asked for a part of this review in the meantime.')
        const bound = items.flatMap(({ item, judged: { target } }) => {
          const made = runs.find(
            (run) => run.identityId === target.identity.id && run.credentialId === (target.credential?.id ?? null),
          )
          return made ? [{ item, runId: made.id }] : []
        })
        if ((await bindRuns(tx, { orgId, campaignId: campaign.id, orderId }, bound, { isWaiting })) < items.length)
          throw new AppError('conflict', 'Some of these were asked for by another worker in the meantime.')
      },
    })
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'conflict' && error.code !== 'precondition_failed')) throw error
    // Nothing was asked for; what came in between is seen at the next look.
    await settle(items.map(({ item }) => ({ item, state: 'planned', says: error.message, againSeconds })))
  }
}

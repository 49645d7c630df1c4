import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type CampaignQuality, SecondLookInput } from '../remedies'
import { campaignTarget } from '../rules'
import { CampaignRules, StageRules } from '../templates'
import type { ItemLevel } from '../values'
import { createCampaign } from './create-campaign'
import { getQuality } from './get-quality'
import { findCampaign } from './store'
import { findBatch, findQuality, hasDecided } from './store-quality'

/** So many identities fit in one scope. */
const mostInOne = 1000

/**
 * A second person's word on a batch. `repeat` makes drafts of campaigns over its identities with that person as the reviewer: what was
 * signed off stays as it is, and is decided again beside it.
 * @throws AppError `forbidden` for whoever decided any of it; `conflict` when somebody has looked already; `not_found`
 */
export async function recordSecondLook(ctx: Context, input: SecondLookInput): Promise<CampaignQuality> {
  const { id, reviewer, stage, verdict, note } = SecondLookInput.parse(input)
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('look', target)
  const batch = (await findQuality(ctx, id)).find((each) => each.reviewer === reviewer && each.stage === stage)
  if (!batch) throw new AppError('not_found', 'There is no such batch in this campaign.')
  const key = { campaignId: id, stage, reviewer }
  if (await hasDecided(ctx, { ...key, userId: ctx.actor.id }))
    throw new AppError('forbidden', 'You decided a part of it yourself. Somebody else has to look.')
  if (batch.lookState === 'done') throw new AppError('conflict', 'Somebody has looked already.')
  const again = verdict === 'repeat' ? await repeat() : []
  const where = { orgId: row.orgId, campaignId: id, stage, reviewerNo: reviewer }
  const after = { stage, reviewer, verdict, campaigns: again }
  await ctx.commit(permit, { action: 'review.quality.look', target, reason: note, after }, async (tx) => {
    const data = { lookState: 'done', lookBy: ctx.actor.name, verdict, note, lookedAt: new Date() }
    // Null is neither done nor not done to the database.
    const { count } = await tx.reviewQuality.updateMany({
      where: { ...where, OR: [{ lookState: null }, { lookState: { not: 'done' } }] },
      data,
    })
    if (count === 0) throw new AppError('conflict', 'Somebody has looked in the meantime.')
  })
  return getQuality(ctx, { id })

  async function repeat(): Promise<string[]> {
    const rules = CampaignRules.parse(row.rules)
    const [first] = rules.stages
    const named = [`user:${ctx.actor.id}`]
    const stages = [StageRules.parse({ ...first, name: 'Second look', reviewers: ['named'], named, howMany: 'first' })]
    const ids = await findBatch(ctx, key)
    const made: string[] = []
    for (let from = 0; from < ids.length; from += mostInOne) {
      const part = ids.length > mostInOne ? `, part ${from / mostInOne + 1}` : ''
      const campaign = await createCampaign(ctx, {
        name: `Second look: ${row.name}`.slice(0, 88) + part,
        description: `What ${batch?.name} signed off in stage ${stage} is decided again. ${note}`.slice(0, 1000),
        level: row.level as ItemLevel,
        scope: { kind: 'ids', ids: ids.slice(from, from + mostInOne) },
        rules: { ...rules, stages },
        ...{ template: 'custom' as const, templateId: null },
      })
      made.push(campaign.id)
    }
    return made
  }
}

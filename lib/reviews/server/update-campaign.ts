import type { Context } from '@/lib/platform/context'
import { campaignTarget } from '../rules'
import type { ById, CampaignChange, CampaignDetail } from '../schema'
import { CampaignScope } from '../templates'
import type { ItemLevel } from '../values'
import { demandReviewers } from './create-campaign'
import { presentCampaign, rulesOf } from './present-campaign'
import { resolveScope, sayScope, storedScope } from './resolve-scope'
import { changedMeanwhile, findCampaign, moveCampaign } from './store'

const changeable = ['draft', 'blocked', 'scheduled']

/** Changes a draft; one that was scheduled has to be launched again. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function updateCampaign(ctx: Context, given: CampaignChange): Promise<CampaignDetail> {
  const row = await findCampaign(ctx, given.id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('update', target)
  const level = given.level ?? (row.level as ItemLevel)
  const scope = given.scope ?? CampaignScope.parse(row.scope)
  const rules = given.rules ?? rulesOf(row)
  const { name = row.name, description = row.description } = given
  await demandReviewers(ctx, rules)
  await resolveScope(ctx, scope, level, new Date())
  const scopeSays = await sayScope(ctx, scope, level)
  const after = { name, description, level, scope: storedScope(scope), rules }
  const before = Object.fromEntries(Object.keys(after).map((key) => [key, row[key as keyof typeof after]]))
  await ctx.commit(permit, { action: 'review.campaign.update', target, before, after }, async (tx) => {
    const isChanged = await moveCampaign(
      tx,
      row,
      { states: changeable, version: given.version },
      {
        ...after,
        scope: after.scope as object,
        ...{ scopeSays, state: 'draft', blocked: null, startsAt: null, version: row.version + 1 },
      },
    )
    if (!isChanged) throw changedMeanwhile()
  })
  return presentCampaign(ctx, await findCampaign(ctx, row.id))
}

/** Takes a draft away. One that was launched stays for ever. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function deleteCampaign(ctx: Context, { id }: ById): Promise<void> {
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('delete', target)
  await ctx.commit(permit, { action: 'review.campaign.delete', target }, async (tx) => {
    const now = new Date()
    if (!(await moveCampaign(tx, row, { states: changeable }, { deletedAt: now, state: 'cancelled', closedAt: now })))
      throw changedMeanwhile()
  })
}

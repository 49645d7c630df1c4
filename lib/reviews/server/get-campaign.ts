import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { campaignTarget } from '../rules'
import type { ById, CampaignDetail } from '../schema'
import { presentCampaign } from './present-campaign'
import { type CampaignRow, findCampaign, findReviewerKeys } from './store'

/** One campaign. @throws AppError `not_found`, `forbidden` for a member who does not review in it */
export async function getCampaign(ctx: Context, { id }: ById): Promise<CampaignDetail> {
  return presentCampaign(ctx, (await readCampaign(ctx, id)).row)
}

/** A campaign that the caller may read. @throws AppError `not_found`, `forbidden` */
export async function readCampaign(ctx: Context, id: string): Promise<{ row: CampaignRow; permit: Permit }> {
  const [row, keys] = await Promise.all([findCampaign(ctx, id), findReviewerKeys(ctx, [id], ownerKeysOf(ctx.actor))])
  const permit = await ctx.authorize('read', campaignTarget({ ...row, reviewerKeys: keys.get(id) ?? [] }))
  return { row, permit }
}

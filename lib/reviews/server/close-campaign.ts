import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { campaignTarget } from '../rules'
import { type CampaignDetail, CloseCampaignInput, EndCampaignInput } from '../schema'
import { presentCampaign } from './present-campaign'
import { changedMeanwhile, countRemedies, findCampaign, moveCampaign } from './store'

/**
 * Closes a campaign: as effective when everything that was revoked or reduced is proved, else, if that is wanted, with exceptions.
 * Nothing that is still to be done is closed over.
 * @throws AppError `conflict` with what stands in the way; `not_found`, `forbidden`
 */
export async function closeCampaign(ctx: Context, input: CloseCampaignInput): Promise<CampaignDetail> {
  const { id, withExceptions, reason } = CloseCampaignInput.parse(input)
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('close', target)
  if (!['remediating', 'verifying'].includes(row.state))
    throw new AppError('conflict', 'Not everything has its outcome yet.')
  const state = await ctx.commit(
    permit,
    (after: string) => ({ action: 'review.campaign.close', target, reason, after: { state: after } }),
    async (tx) => {
      // Read after the row is held: a remedy that changes now waits for nothing that was counted.
      const closedAt = new Date()
      const held = await moveCampaign(tx, row, { states: ['remediating', 'verifying'] }, { state: 'verifying' })
      if (!held) throw changedMeanwhile()
      const remedies = await countRemedies(ctx, id)
      const count = (states: readonly string[]) =>
        remedies.filter((each) => states.includes(each.state)).reduce((sum, each) => sum + each.count, 0)
      const undone = count(['planned', 'waiting', 'running', 'failed', 'open'])
      const unproved = count(['done', 'excepted'])
      if (undone > 0)
        throw new AppError(
          'conflict',
          `${undone} ${undone === 1 ? 'decision is' : 'decisions are'} not carried out. Prove it, or make an exception with an owner and a date.`,
        )
      if (unproved > 0 && !withExceptions)
        throw new AppError(
          'conflict',
          `${unproved} ${unproved === 1 ? 'is' : 'are'} not proved. Close it with exceptions, and say why.`,
        )
      if (unproved > 0 && reason === undefined)
        throw new AppError('invalid_input', 'Say why it is closed with exceptions.', {
          fields: { reason: 'is missing' },
        })
      const closed = unproved > 0 ? 'closed_with_exceptions' : 'closed_effective'
      await moveCampaign(
        tx,
        row,
        { states: ['verifying'] },
        { state: closed, closedAt, closedBy: ctx.actor.name, closedWhy: reason ?? null },
      )
      return closed
    },
  )
  return presentCampaign(ctx, { ...(await findCampaign(ctx, id)), state })
}

/** Ends a campaign before its decisions are carried out. What was decided is kept. @throws AppError `conflict`, `not_found`, `forbidden` */
export async function cancelCampaign(ctx: Context, input: EndCampaignInput): Promise<CampaignDetail> {
  const { id, reason } = EndCampaignInput.parse(input)
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  const permit = await ctx.authorize('cancel', target)
  await ctx.commit(permit, { action: 'review.campaign.cancel', target, reason }, async (tx) => {
    const ended = { state: 'cancelled', closedAt: new Date(), closedBy: ctx.actor.name, closedWhy: reason }
    if (!(await moveCampaign(tx, row, { states: ['scheduled', 'blocked', 'active', 'deciding_silence'] }, ended)))
      throw new AppError('conflict', 'It is over, or is being carried out.')
  })
  return presentCampaign(ctx, await findCampaign(ctx, id))
}

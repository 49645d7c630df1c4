import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { campaignTarget } from '../rules'
import type { CampaignPage, CampaignQuery } from '../schema'
import { presentSummary } from './present-campaign'
import { findCampaigns, sumTallies } from './store'

const closed = ['closed_effective', 'closed_with_exceptions', 'cancelled']

/** A page of campaigns, newest first; a member sees those in which they review. @throws AppError `invalid_input` for a bad cursor */
export async function listCampaigns(ctx: Context, { state, cursor, limit }: CampaignQuery): Promise<CampaignPage> {
  const { where } = await ctx.plan('list', 'review_campaign')
  const list = `campaigns:${state ?? ''}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const states =
    state === 'open'
      ? { state: { notIn: closed } }
      : state === 'closed'
        ? { state: { in: closed } }
        : state
          ? { state }
          : {}
  const [found, [may]] = await Promise.all([
    findCampaigns(ctx, { AND: [where, states] }, limit + 1, before),
    ctx.can(['create'], [campaignTarget({ id: 'new', name: 'a new campaign' })]),
  ])
  const shown = found.slice(0, limit)
  const tallies = await sumTallies(
    ctx,
    shown.map(({ id }) => id),
  )
  const last = shown.at(-1)
  return {
    items: shown.map((row) =>
      presentSummary(
        row,
        tallies.filter(({ campaignId }) => campaignId === row.id),
      ),
    ),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
    asOf: new Date().toISOString(),
    can: { create: may?.create === true },
  }
}

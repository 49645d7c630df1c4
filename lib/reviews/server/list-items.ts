import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { ReviewItemPage, ReviewItemQuery } from '../items'
import { readCampaign } from './get-campaign'
import { rulesOf } from './present-campaign'
import { itemRights, presentItems } from './present-item'
import { findItems, findMyNumbers, placeOf } from './store-items'

const states = { undecided: ['open'], drafted: ['drafted'], signed: ['signed'], open: ['open', 'drafted'] }

/**
 * A page of items, by blast radius: the caller's own, or those of the whole campaign for whoever may see them.
 * @throws AppError `not_found`, `forbidden`, `invalid_input` for a bad cursor
 */
export async function listItems(
  ctx: Context,
  { id, ...query }: ReviewItemQuery & { id: string },
): Promise<ReviewItemPage> {
  const { whose, reviewer, stage, state, cursor, limit, ...rest } = query
  // Asked for beside the campaign, and looked at only once it may be read.
  const beside = Promise.all([ctx.plan('list', 'review_item'), findMyNumbers(ctx, id), itemRights(ctx)])
  beside.catch(() => {})
  const { row } = await readCampaign(ctx, id)
  const [{ rows: visible }, mine, may] = await beside
  if (whose === 'all' && visible !== null)
    throw new AppError('forbidden', 'Your role does not allow this. Ask an administrator of the organization.')
  const list = `items:${id}:${JSON.stringify([whose, reviewer, stage, state, rest])}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? 0 : decodeCursor(list, cursor, z.tuple([z.int()]))[0]
  const reviewers = whose === 'mine' ? mine : reviewer === undefined ? null : [reviewer]
  const ask = { ...rest, reviewers, stage, states: state && states[state] }
  const found = await findItems(ctx, placeOf(ctx, row, rulesOf(row)), ask, after, limit + 1)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: (await presentItems(ctx, row, shown, mine, may)).items,
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.no]) : null,
    asOf: new Date().toISOString(),
  }
}

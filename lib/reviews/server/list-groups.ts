import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { ReviewGroupPage, ReviewGroupQuery } from '../items'
import { readCampaign } from './get-campaign'
import { parseEvidence } from './map-evidence'
import { rulesOf } from './present-campaign'
import { presentItems, sayEvidence } from './present-item'
import { findGroups, findItem, findMyNumbers, placeOf } from './store-items'

/** The caller's own items by equal evidence, the largest group first. @throws AppError `not_found`, `forbidden`, `invalid_input` */
export async function listGroups(
  ctx: Context,
  { id, state, cursor, limit }: ReviewGroupQuery & { id: string },
): Promise<ReviewGroupPage> {
  const { row } = await readCampaign(ctx, id)
  const mine = await findMyNumbers(ctx, id)
  const place = placeOf(ctx, row, rulesOf(row))
  const list = `groups:${id}:${state}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, z.tuple([z.int(), z.int()]))
  const ask = { reviewers: mine, stage: row.stageNo, withDrafts: state === 'open' }
  const found = await findGroups(ctx, place, ask, after, limit + 1)
  const shown = found.slice(0, limit)
  const firsts = await Promise.all(shown.map(({ first }) => findItem(ctx, place, first)))
  const rows = firsts.flatMap((item) => (item ? [item] : []))
  const { items } = await presentItems(ctx, row, rows, mine)
  const last = shown.at(-1)
  return {
    items: shown.flatMap((group) => {
      const first = items.find(({ no }) => no === group.first)
      const frozen = rows.find(({ no }) => no === group.first)
      if (!first || !frozen) return []
      const { access, usage, recommendation } = sayEvidence(parseEvidence(frozen.evidence))
      const { open, drafted } = group
      return [
        {
          ...{ group: group.group, items: group.items, open, drafted, first },
          says: [...access.slice(0, 3), usage, ...recommendation],
          isAlone: first.isAlone,
          recommendation: first.recommendation,
        },
      ]
    }),
    nextCursor:
      found.length > limit && last
        ? encodeCursor(list, [state === 'open' ? last.open + last.drafted : last.open, last.first])
        : null,
  }
}

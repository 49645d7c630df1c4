import { z } from 'zod'
import { identityScope } from '@/lib/identities/server/list-identities'
import type { Context } from '@/lib/platform/context'
import { matchingRows } from '@/lib/platform/db/list/matching-rows'
import { selectionMinutes } from '../rules'
import { CreateSelectionInput, type IdentitySelection } from '../schema'
import { actorKeyOf, insertSelection } from './store'

/**
 * Chooses all identities that match a filter at this moment and that the caller may see. Which they are is kept for an hour,
 * for the caller alone, so that a bulk change is about exactly what was counted.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function createIdentitySelection(
  ctx: Context,
  { filter }: CreateSelectionInput,
): Promise<IdentitySelection> {
  const now = new Date()
  const { permit } = await ctx.plan('list', 'identity')
  const rows = await matchingRows(await identityScope(ctx, filter, now))
  const expiresAt = new Date(now.getTime() + selectionMinutes * 60_000)
  const { filter: query } = z.encode(CreateSelectionInput, { filter })
  const made = await ctx.commitBulk(
    permit,
    ({ id, count }: { id: string; count: number }) => ({
      action: 'identity.select',
      target: { kind: 'identity', id, label: 'a selection' },
      after: { filter: query, count },
    }),
    (bulk) => insertSelection(bulk, { actorKey: actorKeyOf(ctx), filter: query, rows, expiresAt }),
  )
  return { ...made, expiresAt: expiresAt.toISOString() }
}

import { z } from 'zod'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { grantTarget } from '../rules'
import type { ById, GrantDetail, GrantPage, GrantQuery } from '../schema'
import { presentGrants } from './present-grant'
import { mayRequest } from './preview-grant'
import { type FoundGrant, findEvents, findGrant, findGrants, findRequesterHistory } from './store'

/** What a view shows, as a condition on the rows. */
function whereOf(ctx: Context, view: GrantQuery['view']): Prisma.AccessGrantWhereInput {
  if (view === 'active') return { state: { in: ['activating', 'active', 'ending'] } }
  if (view === 'inbox') return { state: 'requested' }
  if (view === 'mine') return { partyKeys: { hasSome: ownerKeysOf(ctx.actor) } }
  return {}
}

/**
 * A page of grants, newest first: what is the caller's own, what waits for somebody's word and may be given by the caller, what is
 * active, or all of them. @throws AppError `forbidden`, `invalid_input` for a bad cursor
 */
export async function listGrants(ctx: Context, { view, state, cursor, limit }: GrantQuery): Promise<GrantPage> {
  const { where } = await ctx.plan('list', 'access_grant')
  const list = `grants:${view}:${state ?? ''}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const found = await findGrants(
    ctx,
    { AND: [where, whereOf(ctx, view), state ? { state } : {}, before ? { id: { lt: before } } : {}] },
    limit + 1,
  )
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const [items, request] = await Promise.all([presentGrants(ctx, shown), mayRequest(ctx)])
  return {
    items: view === 'inbox' ? items.filter(({ can }) => can.approve || can.deny) : items,
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
    can: { request },
  }
}

/** One grant with its history. @throws AppError `not_found`, `forbidden` */
export async function getGrant(ctx: Context, { id }: ById): Promise<GrantDetail> {
  const grant = await findGrant(ctx, id)
  await ctx.authorize('read', grantTarget(grant))
  return presentDetail(ctx, grant)
}

export async function presentDetail(ctx: Context, grant: FoundGrant): Promise<GrantDetail> {
  const [[told], events, history] = await Promise.all([
    presentGrants(ctx, [grant]),
    findEvents(ctx, grant.id),
    findRequesterHistory(ctx, grant),
  ])
  return {
    ...(told as GrantDetail),
    events: events.map(({ no, at, what, says, by }) => ({ no, at: at.toISOString(), what, says, by })),
    history: { ...history, lastAt: history.lastAt?.toISOString() ?? null },
  }
}

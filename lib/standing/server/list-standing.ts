import { z } from 'zod'
import { mayRequest } from '@/lib/grants/server/preview-grant'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { hindranceOf } from '../rules'
import type { ById, StandingDetail, StandingHolder, StandingPage, StandingQuery } from '../schema'
import {
  countStanding,
  findHolder,
  findStanding,
  findStandingRights,
  findStandingSources,
  findStandingState,
  type StandingRow,
} from './store'

/** The list as a whole: who may see it sees all of it. */
export const standingTarget = {
  ...{ kind: 'standing_access' as const, id: 'all', label: 'access without an end' },
  attr: {},
}

const Position = z.tuple([z.int(), z.uuid()])

/**
 * A page of who holds access without an end, the weightiest first. What a request costs does not grow with the organization: a range
 * of an index is read, and counts end at a thousand. @throws AppError `forbidden`, `invalid_input` for a bad cursor
 */
export async function listStanding(ctx: Context, { cursor, limit, ...filter }: StandingQuery): Promise<StandingPage> {
  await ctx.authorize('list', standingTarget)
  const list = `standing:${filter.tier ?? ''}:${filter.kind ?? ''}:${filter.source ?? ''}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, Position)
  const isFirst = cursor === undefined
  const [found, counts, sources, { refreshedAt }, replace] = await Promise.all([
    findStanding(ctx, filter, after, limit + 1),
    isFirst ? countStanding(ctx, filter) : null,
    isFirst ? findStandingSources(ctx) : null,
    findStandingState(ctx),
    mayRequest(ctx),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(presentHolder),
    ...{ counts, sources },
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.rank, last.id]) : null,
    asOf: refreshedAt?.toISOString() ?? null,
    can: { replace },
  }
}

/** One holder with what they hold without an end. @throws AppError `not_found`, `forbidden` */
export async function getStanding(ctx: Context, { id }: ById): Promise<StandingDetail> {
  const row = await findHolder(ctx, id)
  if (!row) throw new AppError('not_found', 'Nobody by this id holds anything without an end in this organization.')
  await ctx.authorize('read', standingTarget)
  const [rights, replace] = await Promise.all([
    row.kind === 'identity' ? findStandingRights(ctx, id) : [],
    mayRequest(ctx),
  ])
  return {
    holder: presentHolder(row),
    rights: rights.map((right) => ({
      ...{ entitlementId: right.entitlementId, nodeId: right.nodeId, name: right.name, scopes: right.scopes },
      nodeType: right.nodeType === 'role' || right.nodeType === 'resource' ? right.nodeType : 'other',
      privilege: right.privilege,
      since: right.firstSeenAt.toISOString(),
      lastUsedAt: right.lastUsedAt?.toISOString() ?? null,
      hindrance: hindranceOf(right),
    })),
    can: { replace },
  }
}

function presentHolder(row: StandingRow): StandingHolder {
  const { id, kind, tier, reason, rights, role, name, score, environment, owner, replacedBy } = row
  return {
    ...{ id, kind, tier, reason, rights, role, name, score, environment, owner, replacedBy },
    source: row.sourceId === null ? null : { id: row.sourceId, name: row.sourceName ?? '', system: row.system ?? '' },
    since: row.since.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }
}

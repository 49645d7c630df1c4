import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { anyIncident, incidentTarget } from '../rules'
import type { ById, IncidentDetail, IncidentPage, IncidentQuery, ScopeChoices } from '../schema'
import { presentDetail, presentIncidents } from './present-incident'
import { findEnvironments, findIncident, findIncidents, findSources } from './store'

/** A page of incidents, newest first. @throws AppError `forbidden`, `invalid_input` for a bad cursor */
export async function listIncidents(ctx: Context, { state, cursor, limit }: IncidentQuery): Promise<IncidentPage> {
  await ctx.authorize('list', anyIncident)
  const list = `incidents:${state ?? ''}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const found = await findIncidents(
    ctx,
    { AND: [state ? { state } : {}, before ? { id: { lt: before } } : {}] },
    limit + 1,
  )
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const [items, [may]] = await Promise.all([presentIncidents(ctx, shown), ctx.can(['declare'], [anyIncident])])
  return {
    items,
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
    can: { declare: may?.declare === true },
  }
}

/** One incident with its history. @throws AppError `not_found`, `forbidden` */
export async function getIncident(ctx: Context, { id }: ById): Promise<IncidentDetail> {
  const incident = await findIncident(ctx, id)
  await ctx.authorize('read', incidentTarget(incident))
  return presentDetail(ctx, incident)
}

/** What an incident can be about, for whoever may declare one. @throws AppError `forbidden` */
export async function listScopeChoices(ctx: Context): Promise<ScopeChoices> {
  await ctx.authorize('declare', anyIncident)
  const [systems, environments] = await Promise.all([findSources(ctx), findEnvironments(ctx)])
  return { systems, environments }
}

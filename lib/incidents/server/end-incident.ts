import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { incidentTarget } from '../rules'
import { EndIncidentInput, type IncidentDetail } from '../schema'
import { incidentGrantsJob } from './jobs'
import { findConcerned, notifyIncident } from './notify-incident'
import { presentDetail } from './present-incident'
import { findIncident, moveIncident, readClock } from './store'

/**
 * Ends an incident, with what was learned. The policies see it no more from this transaction on; a worker then puts every open grant
 * to them again, and those that were for it end.
 * @throws AppError `not_found`, `forbidden` also for a program; `conflict` when it has ended, or something happened to it meanwhile
 */
export async function endIncident(ctx: Context, input: EndIncidentInput): Promise<IncidentDetail> {
  const { id, learned } = EndIncidentInput.parse(input)
  const incident = await findIncident(ctx, id)
  const target = incidentTarget(incident)
  const permit = await ctx.authorize('end', target)
  if (incident.state !== 'open') throw new AppError('conflict', 'This incident has ended already.')
  const [endedAt, people] = await Promise.all([readClock(ctx), findConcerned(ctx, target)])
  const { orgId } = ctx.tenant
  const { commanderId, commanderName, title, round } = incident
  const by = ctx.actor.name
  await ctx.commit(permit, { action: 'incident.end', target, reason: learned.slice(0, 500) }, async (tx) => {
    const change = { state: 'ended', endedAt, endedBy: by, learned, round: round + 1 }
    await moveIncident(tx, incident, change, { what: 'ended', says: `${by} ended it.`, by })
    await notifyIncident(tx, orgId, {
      ...{ id, title, to: people, what: 'it is over' },
      commander: { id: commanderId, name: commanderName },
    })
    await enqueue(tx, incidentGrantsJob, { orgId, incidentId: id })
  })
  return presentDetail(ctx, await findIncident(ctx, id))
}

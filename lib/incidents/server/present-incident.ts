import { listIncidentGrants } from '@/lib/grants/server/list-incident-grants'
import { listDrillRunsWithin } from '@/lib/lifecycle/server/list-drills'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { incidentTarget } from '../rules'
import type { Incident, IncidentDetail } from '../schema'
import { type FoundIncident, findEvents, findSources } from './store'

/** Incidents as the contract shows them. */
export async function presentIncidents(ctx: Context, incidents: readonly FoundIncident[]): Promise<Incident[]> {
  const named = [...new Set(incidents.flatMap(({ sourceIds }) => sourceIds))]
  const [may, sources] = await Promise.all([
    ctx.can(['change', 'end'], incidents.map(incidentTarget)),
    named.length > 0 ? findSources(ctx, named) : [],
  ])
  const nameOf = new Map(sources.map(({ id, name }) => [id, name]))
  return incidents.map((incident, at) => {
    const isOpen = incident.state === 'open'
    const { id, title, environments, declaredBy, endedBy, learned } = incident
    return {
      ...{ id, title, environments, declaredBy, endedBy, learned },
      severity: incident.severity as Incident['severity'],
      state: incident.state as Incident['state'],
      systems: incident.sourceIds.map((source) => ({
        id: source,
        name: nameOf.get(source) ?? 'a system that is gone',
      })),
      commander: { id: incident.commanderId, name: incident.commanderName },
      declaredAt: incident.declaredAt.toISOString(),
      endedAt: incident.endedAt?.toISOString() ?? null,
      isLooking: incident.roundDone < incident.round,
      can: { change: isOpen && may[at]?.change === true, end: isOpen && may[at]?.end === true },
    }
  })
}

/** One with its history, and the grants that it ended or that are for it, as far as the caller may see them. */
export async function presentDetail(ctx: Context, incident: FoundIncident): Promise<IncidentDetail> {
  const { declaredAt, endedAt } = incident
  const [[told], events, grants, drills] = await Promise.all([
    presentIncidents(ctx, [incident]),
    findEvents(ctx, incident.id),
    listIncidentGrants(ctx, incident.id).catch(unseen),
    listDrillRunsWithin(ctx, declaredAt, endedAt ?? new Date()).catch(unseen),
  ])
  return {
    ...(told as Incident),
    events: events.map(({ no, at, what, says, by }) => ({ no, at: at.toISOString(), what, says, by })),
    grants,
    drills:
      drills?.map(({ runId, identity, mode, startedAt, figures }) => ({
        ...{ runId, name: identity.name, mode, startedAt },
        ...{ verdict: figures?.verdict ?? null, falseCuts: figures?.falseCuts ?? null },
      })) ?? null,
  }
}

/** What the caller may not see is not shown, and says so. */
function unseen(error: unknown): null {
  if (isAppError(error) && error.code === 'forbidden') return null
  throw error
}

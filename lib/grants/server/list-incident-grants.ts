import type { Context } from '@/lib/platform/context'
import { type FoundGrant, findGrants } from './store'

/** A grant on the page of an incident. */
export interface IncidentGrant {
  id: string
  title: string
  requester: string
  task: string
  state: string
  startedAt: string | null
  endsAt: string | null
  endedAt: string | null
  why: string | null
}

const most = 500

/**
 * The grants that an incident ended, and those that were asked for it, newest first, as far as the caller may see them.
 * @throws AppError `forbidden` for whoever may see none
 */
export async function listIncidentGrants(
  ctx: Context,
  incidentId: string,
): Promise<{ ended: IncidentGrant[]; asked: IncidentGrant[] }> {
  const { where } = await ctx.plan('list', 'access_grant')
  const [ended, asked] = await Promise.all([
    findGrants(ctx, { AND: [where, { endedByIncident: incidentId }] }, most),
    findGrants(ctx, { AND: [where, { incidentId }] }, most),
  ])
  return { ended: ended.map(lineOf), asked: asked.map(lineOf) }
}

function lineOf({ id, rights, subjectName, requesterName, task, state, endNote, ...at }: FoundGrant): IncidentGrant {
  const more = rights.length > 1 ? ` and ${rights.length - 1} more` : ''
  return {
    ...{ id, task, state, requester: requesterName, why: endNote },
    title: `${rights[0]?.name ?? 'Access'}${more} for ${subjectName}`,
    startedAt: at.startedAt?.toISOString() ?? null,
    endsAt: at.endsAt?.toISOString() ?? null,
    endedAt: at.endedAt?.toISOString() ?? null,
  }
}

import { type OpenScope, type Place, severityAt, worstAt } from '@/lib/incidents/rules'
import { readOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import type { Context } from '@/lib/platform/context'
import type { GrantMoment } from '../rules'
import { type FoundGrant, findPlaces } from './store'

type Subject = Pick<FoundGrant, 'id' | 'incidentId' | 'subjectId'>

export interface Moment extends GrantMoment {
  /** The incident that `incident` tells of; undefined where none reaches it. */
  worst: OpenScope | undefined
}

/** What open incidents are to each of these grants now, in their order. Reads the incidents anew with every call. */
export async function readMoments(ctx: Context, grants: readonly Subject[]): Promise<Moment[]> {
  const open = await readOpenIncidents(ctx)
  const places =
    open.length > 0
      ? await findPlaces(
          ctx,
          grants.map(({ id }) => id),
        )
      : new Map<string, Place[]>()
  return grants.map((grant) => {
    const at = places.get(grant.id) ?? []
    return {
      incident: severityAt(open, at),
      worst: worstAt(open, at),
      forIncident:
        grant.incidentId === null ? 'none' : open.some(({ id }) => id === grant.incidentId) ? 'open' : 'ended',
    }
  })
}

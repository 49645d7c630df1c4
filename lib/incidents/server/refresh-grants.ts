import { verifyOpenGrants } from '@/lib/grants/server/verify-open-grants'
import type { Context } from '@/lib/platform/context'
import { incidentTarget } from '../rules'
import type { ById } from '../schema'
import { findIncident, writeIncident } from './store'

const countOf = (count: number) => `${count} open ${count === 1 ? 'grant' : 'grants'}`

/**
 * Puts every open grant to the policies again and ends those that they no longer allow, until that was done for the last change of the
 * incident. It can be called at any time, and again after a worker died anywhere: what was ended stands with the grant itself.
 */
export async function refreshGrants(ctx: Context, { id }: ById): Promise<void> {
  for (;;) {
    const incident = await findIncident(ctx, id)
    const { round, roundDone, title, state } = incident
    if (roundDone >= round) return
    const target = incidentTarget(incident)
    const permit = await ctx.authorize('carry_out', target)
    const { kept, ended } = await verifyOpenGrants(ctx, { incidentId: id, title, round })
    const says =
      kept + ended === 0
        ? 'No grant was open.'
        : `${countOf(kept + ended)} put to the policies again: ${ended} ended, ${kept} left as they are.`
    const event = { action: 'incident.look_at_grants', target, after: { incidentId: id, state, round, kept, ended } }
    const isOurs = await ctx.commit(permit, event, (tx) =>
      writeIncident(tx, incident, { roundDone: { lt: round } }, { roundDone: round }, { what: 'looked', says }),
    )
    if (!isOurs) return
  }
}

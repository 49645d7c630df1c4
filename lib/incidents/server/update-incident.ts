import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { incidentTarget } from '../rules'
import { ChangeIncidentInput, type IncidentDetail } from '../schema'
import { type Severity, severityFacts } from '../values'
import { commanderOf } from './create-incident'
import { incidentGrantsJob } from './jobs'
import { findConcerned, notifyIncident } from './notify-incident'
import { presentDetail } from './present-incident'
import { findIncident, moveIncident } from './store'

/**
 * Changes how severe an incident is, or who commands it. Another severity puts every open grant to the policies again.
 * @throws AppError `not_found`, `forbidden`; `conflict` when it has ended, or something happened to it meanwhile; `invalid_input`
 */
export async function changeIncident(ctx: Context, input: ChangeIncidentInput): Promise<IncidentDetail> {
  const { id, severity, commanderId, reason } = ChangeIncidentInput.parse(input)
  const incident = await findIncident(ctx, id)
  const target = incidentTarget(incident)
  const permit = await ctx.authorize('change', target)
  if (incident.state !== 'open') throw new AppError('conflict', 'This incident has ended.')
  const commander = commanderId === undefined ? undefined : await commanderOf(ctx, commanderId)
  const isOther = severity !== undefined && severity !== incident.severity
  const isHandedOn = commander !== undefined && commander.id !== incident.commanderId
  if (!isOther && !isHandedOn) throw new AppError('conflict', 'It is like that already.')
  const { orgId } = ctx.tenant
  const by = ctx.actor.name
  const now = severityFacts[(severity ?? incident.severity) as Severity].label.toLowerCase()
  const before = severityFacts[incident.severity as Severity].label.toLowerCase()
  const says = [
    ...(isOther ? [`${by} changed it from ${before} to ${now}.`] : []),
    ...(isHandedOn ? [`${by} gave the command to ${commander.name}.`] : []),
    reason,
  ].join(' ')
  const people = await findConcerned(ctx, target)
  const change = {
    ...(isOther ? { severity, round: incident.round + 1 } : {}),
    ...(isHandedOn ? { commanderId: commander.id, commanderName: commander.name } : {}),
  }
  await ctx.commit(
    permit,
    {
      action: 'incident.change',
      target,
      reason,
      before: { severity: incident.severity, commander: incident.commanderName },
      after: {
        severity: severity ?? incident.severity,
        commander: isHandedOn ? commander.name : incident.commanderName,
      },
    },
    async (tx) => {
      await moveIncident(tx, incident, change, { what: 'changed', says, by })
      await notifyIncident(tx, orgId, {
        ...{ id, title: incident.title, to: people },
        commander: isHandedOn ? commander : { id: incident.commanderId, name: incident.commanderName },
        what: isOther ? `it is ${now} now` : 'it has another commander',
      })
      if (isOther) await enqueue(tx, incidentGrantsJob, { orgId, incidentId: id })
    },
  )
  return presentDetail(ctx, await findIncident(ctx, id))
}

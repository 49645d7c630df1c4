import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { incidentTarget } from '../rules'
import { DeclareIncidentInput, type IncidentDetail } from '../schema'
import { severityFacts } from '../values'
import { incidentGrantsJob } from './jobs'
import { findConcerned, notifyIncident } from './notify-incident'
import { presentDetail } from './present-incident'
import { findIncident, findMember, findSources, insertIncident } from './store'

/** Finds the commander. @throws AppError `invalid_input` for nobody who is active here */
export async function commanderOf(ctx: Context, userId: string): Promise<{ id: string; name: string }> {
  const found = await findMember(ctx, userId)
  if (found) return found
  throw new AppError('invalid_input', 'The commander must be an active member of the organization.', {
    fields: { commanderId: 'is no active member' },
  })
}

/**
 * Says that something is wrong now. The policies see it from this transaction on; a worker then puts every open grant to them again.
 * @throws AppError `forbidden`; `invalid_input` for a commander or a system that is not of this organization
 */
export async function declareIncident(ctx: Context, input: DeclareIncidentInput): Promise<IncidentDetail> {
  const { title, severity, sourceIds, environments, commanderId } = DeclareIncidentInput.parse(input)
  const { actor } = ctx
  const own = actor.kind === 'api_key' ? actor.ownerId : actor.id
  const id = uuidv7()
  const target = incidentTarget({ id, title, severity, state: 'open', commanderId: commanderId ?? own })
  const permit = await ctx.authorize('declare', target)
  const systems = [...new Set(sourceIds)]
  const [commander, known, people] = await Promise.all([
    commanderOf(ctx, commanderId ?? own),
    findSources(ctx, systems),
    findConcerned(ctx, target),
  ])
  if (known.length < systems.length)
    throw new AppError('invalid_input', 'One of these systems is not of this organization.', {
      fields: { sourceIds: 'names a system that is not known here' },
    })
  const { orgId } = ctx.tenant
  const places = [...new Set(environments)].sort()
  const after = { severity, systems: known.map(({ name }) => name), environments: places, commander: commander.name }
  await ctx.commit(permit, { action: 'incident.declare', target, reason: title, after }, async (tx) => {
    const { label } = severityFacts[severity]
    await insertIncident(
      tx,
      {
        ...{ orgId, id, title, severity, sourceIds: systems, environments: places },
        ...{ commanderId: commander.id, commanderName: commander.name, declaredBy: actor.name },
      },
      {
        what: 'declared',
        says: `${actor.name} declared it, ${label.toLowerCase()}. ${commander.name} commands.`,
        by: actor.name,
      },
    )
    await notifyIncident(tx, orgId, { id, title, what: `${label} was declared`, commander, to: people })
    await enqueue(tx, incidentGrantsJob, { orgId, incidentId: id })
  })
  return presentDetail(ctx, await findIncident(ctx, id))
}

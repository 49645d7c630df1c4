import type { Context } from '@/lib/platform/context'
import type { OpenScope } from '../rules'
import { anyIncident } from '../rules'
import type { Severity } from '../values'
import { type FoundIncident, findIncidents } from './store'

/** At most so many are looked at at once. */
const most = 100

export interface OpenIncident extends OpenScope {
  commanderId: string
  commanderName: string
  declaredAt: Date
}

const openOf = ({ id, title, severity, ...rest }: FoundIncident): OpenIncident => ({
  ...{ id, title, severity: severity as Severity },
  ...{ sourceIds: rest.sourceIds, environments: rest.environments },
  ...{ commanderId: rest.commanderId, commanderName: rest.commanderName, declaredAt: rest.declaredAt },
})

/** What is open now, for the policies that are asked of something else: nothing else may show it to anybody. */
export async function readOpenIncidents(ctx: Context): Promise<OpenIncident[]> {
  return (await findIncidents(ctx, { state: 'open' }, most)).map(openOf)
}

/** What is open now, the worst first, for everybody’s screen. @throws AppError `forbidden` */
export async function listOpenIncidents(ctx: Context): Promise<OpenIncident[]> {
  await ctx.authorize('read', anyIncident)
  const open = await readOpenIncidents(ctx)
  return open.toSorted((a, b) => a.severity.localeCompare(b.severity) || a.id.localeCompare(b.id))
}

import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { CreateDrillInput, type Drill, type DrillMode, type DrillTarget } from '../drills'
import { getDrill } from './list-drills'
import { type DrillRules, drillTarget } from './present-drill'
import { findDrills, findIdentityNames, insertDrill, mostDrills } from './store-drills'
import { findConnectionNames } from './store-orders'

const dayMs = 86_400_000

/** When a drill begins by itself the next time. */
export const nextOf = (everyDays: number | null, from: Date): Date | null =>
  everyDays === null ? null : new Date(from.getTime() + everyDays * dayMs)

/**
 * Plans a drill. Nothing is done by planning; one with a schedule begins by itself after so many days.
 * @throws AppError `forbidden`, `invalid_input`, `conflict` when the name is taken
 */
export async function createDrill(ctx: Context, input: CreateDrillInput): Promise<Drill> {
  const { name, mode, target, everyDays, ...rules } = CreateDrillInput.parse(input)
  const id = uuidv7()
  const permit = await ctx.authorize('create', drillTarget({ id, name }))
  await demandWhole(ctx, { mode, target, everyDays, rules })
  if ((await findDrills(ctx)).length >= mostDrills)
    throw new AppError('conflict', `An organization has at most ${mostDrills} drills. Delete one first.`)
  const { orgId } = ctx.tenant
  const after = { drillId: id, name, mode, target, everyDays, ...rules }
  await ctx.commit(permit, { action: 'lifecycle.drill.create', target: drillTarget({ id, name }), after }, (tx) =>
    insertDrill(tx, {
      ...{ orgId, id, name, mode, target, rules, everyDays },
      nextAt: nextOf(everyDays, new Date()),
      createdBy: ctx.actor.name,
    }),
  )
  return getDrill(ctx, { id })
}

/** That everything it names is there, and that it can be carried out at all. @throws AppError `invalid_input`, `not_found` */
export async function demandWhole(
  ctx: Context,
  drill: { mode: DrillMode; target: DrillTarget; everyDays: number | null; rules: DrillRules },
): Promise<void> {
  const { mode, target, everyDays, rules } = drill
  const refuse = (field: string, says: string) => {
    throw new AppError('invalid_input', says, { fields: { [field]: says } })
  }
  if (mode === 'live' && everyDays !== null) refuse('everyDays', 'A live drill is begun by a person each time.')
  if (mode === 'live' && target.kind === 'cohort') refuse('target', 'A live drill names its accounts.')
  if (rules.waitSeconds < rules.withinSeconds) refuse('waitSeconds', 'Wait at least as long as the hypothesis.')
  if (!rules.hops.includes('source')) refuse('hops', 'New logins are always tried.')
  if (target.kind === 'cohort' && !(await findConnectionNames(ctx, [target.connectionId])).has(target.connectionId))
    throw new AppError('not_found', 'There is no such connection in this organization.')
  const ids = target.kind === 'identities' ? target.ids : []
  const found = await findIdentityNames(ctx, [...ids, ...rules.keepers])
  if ([...ids, ...rules.keepers].some((id) => !found.has(id)))
    throw new AppError('not_found', 'There is no such identity in this organization.')
  if (mode === 'live' && rules.keepers.some((id) => ids.includes(id)))
    refuse('keepers', 'What is cut cannot be what must keep access.')
  const sources = new Set(ids.map((id) => found.get(id)?.sourceId))
  if (target.kind === 'identities' && rules.keepers.some((id) => !sources.has(found.get(id)?.sourceId ?? '')))
    refuse('keepers', 'Who must keep access is tried at the same source: name accounts of that source.')
}

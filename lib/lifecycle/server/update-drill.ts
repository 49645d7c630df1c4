import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type Drill, type DrillMode, UpdateDrillInput } from '../drills'
import type { ById } from '../schema'
import { demandWhole, nextOf } from './create-drill'
import { getDrill } from './list-drills'
import { type DrillRules, drillTarget, rulesOf, targetOfDrill } from './present-drill'
import { changeDrill, findDrill } from './store-drills'

const gone = () => new AppError('conflict', 'Somebody deleted it in the meantime.')

/** Changes a plan; runs that are under way go on as they were begun. @throws AppError as `createDrill` */
export async function updateDrill(ctx: Context, input: UpdateDrillInput): Promise<Drill> {
  const {
    id,
    name: newName,
    mode: newMode,
    target: newTarget,
    everyDays: newDays,
    ...given
  } = UpdateDrillInput.parse(input)
  const row = await findDrill(ctx, id)
  const permit = await ctx.authorize('update', drillTarget(row))
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const before = {
    name: row.name,
    mode: row.mode as DrillMode,
    target: targetOfDrill(row),
    everyDays: row.everyDays,
    rules: rulesOf(row),
  }
  const after = {
    name: newName ?? before.name,
    mode: newMode ?? before.mode,
    target: newTarget ?? before.target,
    everyDays: newDays === undefined ? before.everyDays : newDays,
    rules: { ...before.rules, ...changed } as DrillRules,
  }
  await demandWhole(ctx, after)
  const nextAt = after.everyDays === before.everyDays ? row.nextAt : nextOf(after.everyDays, new Date())
  const change = { action: 'lifecycle.drill.update', target: drillTarget(row), before, after }
  await ctx.commit(permit, change, async (tx) => {
    if (!(await changeDrill(tx, { orgId: row.orgId, id }, { ...after, nextAt, problem: null }))) throw gone()
  })
  return getDrill(ctx, { id })
}

/** Takes a drill out of the catalogue. What its runs have shown stays. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function deleteDrill(ctx: Context, { id }: ById): Promise<null> {
  const row = await findDrill(ctx, id)
  const permit = await ctx.authorize('delete', drillTarget(row))
  const change = { action: 'lifecycle.drill.delete', target: drillTarget(row), before: { name: row.name } }
  await ctx.commit(permit, change, async (tx) => {
    const at = { deletedAt: new Date(), nextAt: null, everyDays: null }
    if (!(await changeDrill(tx, { orgId: row.orgId, id }, at))) throw gone()
  })
  return null
}

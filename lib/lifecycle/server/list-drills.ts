import type { Context } from '@/lib/platform/context'
import type { Drill, DrillList, DrillRun } from '../drills'
import type { ById } from '../schema'
import { drillTarget, presentDrillRun, presentDrills } from './present-drill'
import { findDrill, findDrillRunsWithin, findDrills } from './store-drills'

const runsInList = 8
const runsInDetail = 60
const runsWithin = 100

/** Every drill of the organization by name, with its latest runs. @throws AppError `forbidden` */
export async function listDrills(ctx: Context): Promise<DrillList> {
  await ctx.plan('list', 'drill_plan')
  const [items, [may]] = await Promise.all([
    presentDrills(ctx, await findDrills(ctx), runsInList),
    ctx.can(['create'], [drillTarget({ id: 'new', name: 'a drill' })]),
  ])
  return { items, can: { create: may?.create === true } }
}

/** One drill with its runs. @throws AppError `not_found`, `forbidden` */
export async function getDrill(ctx: Context, { id }: ById): Promise<Drill> {
  const row = await findDrill(ctx, id)
  await ctx.authorize('read', drillTarget(row))
  const [shown] = await presentDrills(ctx, [row], runsInDetail)
  if (!shown) throw new Error('a drill that was found is there')
  return shown
}

/** The runs of drills that were begun in a time, the latest 100, newest first. @throws AppError `forbidden` */
export async function listDrillRunsWithin(ctx: Context, from: Date, until: Date): Promise<DrillRun[]> {
  await ctx.plan('list', 'drill_plan')
  return (await findDrillRunsWithin(ctx, from, until, runsWithin)).map(presentDrillRun)
}

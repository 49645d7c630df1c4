import { getTotals, type ListTotal } from '@/lib/identities/server/get-total'
import type { Context } from '@/lib/platform/context'
import { filterOf } from '../filters'
import type { ViewCounts, ViewCountsInput } from '../schema'
import { listViews } from './list-views'

/** How long counts are told again without counting, and for how many askers they are kept. */
const keptMs = 5000
const maxKept = 500

const kept = new Map<string, { at: Date; totals: Promise<ListTotal[]> }>()

/**
 * How many rows each view would show the caller now, before it is opened; all in one request. Each is counted with the
 * caller's own rights, so that the same view counts differently for different people.
 */
export async function getViewCounts(ctx: Context, { list }: ViewCountsInput): Promise<ViewCounts> {
  const { items } = await listViews(ctx)
  const views = items
    .filter((view) => list === undefined || view.list === list)
    .flatMap((view) => {
      const asked = filterOf(view)
      return asked ? [{ id: view.id, asked }] : []
    })
  const { at, totals } = keptTotals(
    ctx,
    views.map(({ asked }) => asked),
  )
  const counted = await totals
  return {
    counts: Object.fromEntries(views.map((view, index) => [view.id, counted[index] ?? null])),
    asOf: at.toISOString(),
  }
}

function keptTotals(ctx: Context, asked: NonNullable<ReturnType<typeof filterOf>>[]) {
  const key = JSON.stringify([ctx.tenant.orgId, rightsOf(ctx), asked])
  const now = new Date()
  const known = kept.get(key)
  if (known && now.getTime() - known.at.getTime() < keptMs) return known
  const counting = { at: now, totals: getTotals(ctx, asked) }
  kept.delete(key)
  kept.set(key, counting)
  const oldest = kept.size > maxKept ? kept.keys().next().value : undefined
  if (oldest !== undefined) kept.delete(oldest)
  // A count that failed is not kept; whoever asked is told.
  counting.totals.catch(() => {
    if (kept.get(key) === counting) kept.delete(key)
  })
  return counting
}

/** All of an actor that rights and `owner=mine` depend on. */
function rightsOf({ actor }: Context): unknown[] {
  if (actor.kind === 'job') return [actor.kind, actor.id]
  const scopes = actor.kind === 'api_key' ? actor.scopes : []
  return [actor.kind, actor.id, actor.role, actor.teamIds, scopes]
}

import { getTotal, type ListTotal } from '@/lib/identities/server/get-total'
import type { Context } from '@/lib/platform/context'
import { filterOf } from '../filters'
import type { View, ViewCounts, ViewCountsInput } from '../schema'
import { listViews } from './list-views'

/** How long a count is told again without counting, and how many are kept. */
const keptMs = 5000
const maxKept = 5000
/** Counts of one request that run at a time: they must not take every connection. */
const lanes = 4

const kept = new Map<string, { at: number; total: Promise<ListTotal> }>()

/**
 * How many rows each view would show the caller now, before it is opened; all in one request. Each is counted with the
 * caller's own rights, so that the same view counts differently for different people.
 */
export async function getViewCounts(ctx: Context, { list }: ViewCountsInput): Promise<ViewCounts> {
  const { items } = await listViews(ctx)
  const views = items.filter((view) => list === undefined || view.list === list)
  const asOf = new Date()
  const counts: ViewCounts['counts'] = {}
  const waiting = views.values()
  const count = async () => {
    for (const view of waiting) counts[view.id] = await keptTotal(ctx, view, asOf)
  }
  await Promise.all(Array.from({ length: lanes }, count))
  return { counts, asOf: asOf.toISOString() }
}

function keptTotal(ctx: Context, view: View, now: Date): Promise<ListTotal> {
  const asked = filterOf(view)
  const key = JSON.stringify([ctx.tenant.orgId, rightsOf(ctx), asked])
  const known = kept.get(key)
  if (known && now.getTime() - known.at < keptMs) return known.total
  const total = getTotal(ctx, asked)
  kept.delete(key)
  kept.set(key, { at: now.getTime(), total })
  // A count that failed is not kept.
  total.catch(() => kept.delete(key))
  for (const oldest of kept.keys()) {
    if (kept.size <= maxKept) break
    kept.delete(oldest)
  }
  return total
}

/** All of an actor that rights and `owner=mine` depend on. */
function rightsOf({ actor }: Context): unknown[] {
  if (actor.kind === 'job') return [actor.kind, actor.id]
  const scopes = actor.kind === 'api_key' ? actor.scopes : []
  return [actor.kind, actor.id, actor.role, actor.teamIds, scopes]
}

import type { Context } from '@/lib/platform/context'
import type { NodeSearch } from '../blast-radius'
import { presentNode } from './present-steps'
import { resolveSight } from './resolve-sight'
import { findGraphNodes, searchNodeIds } from './store-graph'

const mostFound = 30

/**
 * Identities, people, roles and resources by a part of their name or id, at most 30: of those that the caller may know by name.
 * @throws AppError `forbidden` for who may list no identity
 */
export async function searchNodes(ctx: Context, { q }: { q: string }): Promise<NodeSearch> {
  await ctx.plan('list', 'identity')
  const sight = await resolveSight(ctx)
  const ids = await searchNodeIds(ctx, sight, q, mostFound)
  const rows = await findGraphNodes(ctx, sight, ids)
  return { items: ids.flatMap((id) => (rows.has(id) ? presentNode(rows.get(id)) : [])) }
}

import { sensitivities } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import { fetchPage, type Segment } from '@/lib/platform/db/keyset'
import type { ResourceQuery } from '../filters'
import type { ResourcePage } from '../schema'
import { presentResource } from './get-resource'
import { countResources, countResourcesBy, listResourceRows, listSourceSystems } from './store'

/**
 * One page of the organization's resources. They are read with the sources that they come from.
 * @throws AppError `forbidden`, `invalid_input` for a foreign cursor
 */
export async function listResources(ctx: Context, query: ResourceQuery): Promise<ResourcePage> {
  await ctx.plan('list', 'source')
  const { sort = 'name', dir = sort === 'sensitivity' ? 'desc' : 'asc' } = query
  const matching = { AND: Object.values(conditionsOf(query)) }
  const [page, total, facets] = await Promise.all([
    fetchPage({
      name: `resources:${sort}:${dir}:${ctx.tenant.orgId}`,
      segments: segmentsOf(sort, dir),
      direction: sort === 'sensitivity' ? 'asc' : dir,
      cursor: query.cursor,
      limit: query.limit ?? 50,
      fetch: (where, orderBy, take) => listResourceRows(ctx.db, { AND: [matching, where] }, orderBy, take),
    }),
    query.cursor === undefined ? countResources(ctx.db, matching) : null,
    query.cursor === undefined ? countFacets(ctx, query) : null,
  ])
  return { items: page.rows.map(presentResource), nextCursor: page.nextCursor, total, facets }
}

/** Each filter by its name, so that a facet can leave its own out. */
function conditionsOf({ q, kind, system, sensitivity }: ResourceQuery) {
  const known = sensitivity?.filter((value) => value !== 'unknown')
  return {
    live: { deletedAt: null },
    q: matchText(q),
    kind: kind ? { kind: { in: kind } } : {},
    system: system ? { source: { system: { in: system } } } : {},
    sensitivity: sensitivity
      ? {
          OR: [
            { effectiveSensitivity: { in: known ?? [] } },
            ...(sensitivity.includes('unknown') ? [{ effectiveSensitivity: null }] : []),
          ],
        }
      : {},
  }
}

/** By sensitivity: one class after the other, each by name. */
function segmentsOf(sort: NonNullable<ResourceQuery['sort']>, dir: 'asc' | 'desc'): Segment[] {
  if (sort !== 'sensitivity') return [{ where: {}, column: sort, type: 'text' }]
  const classes = [null, ...sensitivities]
  const ordered = dir === 'asc' ? classes : classes.toReversed()
  return ordered.map((value) => ({ where: { effectiveSensitivity: value }, column: 'name', type: 'text' }))
}

async function countFacets(ctx: Context, query: ResourceQuery): Promise<NonNullable<ResourcePage['facets']>> {
  const conditions = conditionsOf(query)
  const without = (name: keyof typeof conditions) => ({ AND: Object.values({ ...conditions, [name]: {} }) })
  const [kind, source, sensitivity, systems] = await Promise.all([
    countResourcesBy(ctx.db, without('kind'), 'kind'),
    countResourcesBy(ctx.db, without('system'), 'sourceId'),
    countResourcesBy(ctx.db, without('sensitivity'), 'effectiveSensitivity'),
    listSourceSystems(ctx.db),
  ])
  const bySystem = new Map<string, number>()
  for (const { value, count } of source) {
    const system = systems.get(value ?? '') ?? 'unknown'
    bySystem.set(system, (bySystem.get(system) ?? 0) + count)
  }
  return {
    kind: mostFirst(kind.map(({ value, count }) => ({ value: value ?? 'unknown', count }))),
    system: mostFirst([...bySystem].map(([value, count]) => ({ value, count }))),
    sensitivity: sensitivity.map(({ value, count }) => ({ value: value ?? 'unknown', count })),
  }
}

function mostFirst<T extends { value: string; count: number }>(counts: T[]): T[] {
  return counts.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}

/** Part of the name or of the source's id; nothing in the text stands for anything else. */
export function matchText(q: string | undefined) {
  if (q === undefined) return {}
  const contains = { contains: q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`), mode: 'insensitive' as const }
  return { OR: [{ name: contains }, { externalId: contains }] }
}

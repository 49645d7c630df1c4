import type { Context } from '@/lib/platform/context'
import { fetchPage } from '@/lib/platform/db/keyset'
import type { CatalogueQuery, ResourcePage } from '../schema'
import { presentResource } from './get-resource'
import { countResources, listResourceRows } from './store'

/**
 * One page of the organization's resources by name. They are read with the sources that they come from.
 * @throws AppError `forbidden`, `invalid_input` for a foreign cursor
 */
export async function listResources(ctx: Context, query: CatalogueQuery): Promise<ResourcePage> {
  await ctx.plan('list', 'source')
  const matching = { AND: [{ deletedAt: null }, matchText(query.q)] }
  const [page, total] = await Promise.all([
    fetchPage({
      name: `resources:${ctx.tenant.orgId}`,
      segments: [{ where: {}, column: 'name', type: 'text' }],
      direction: 'asc',
      cursor: query.cursor,
      limit: query.limit ?? 50,
      fetch: (where, orderBy, take) => listResourceRows(ctx.db, { AND: [matching, where] }, orderBy, take),
    }),
    query.cursor === undefined ? countResources(ctx.db, matching) : null,
  ])
  return { items: page.rows.map(presentResource), nextCursor: page.nextCursor, total }
}

/** Part of the name or of the source's id; nothing in the text stands for anything else. */
export function matchText(q: string | undefined) {
  if (q === undefined) return {}
  const contains = { contains: q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`), mode: 'insensitive' as const }
  return { OR: [{ name: contains }, { externalId: contains }] }
}

import type { Context } from '@/lib/platform/context'
import { fetchPage } from '@/lib/platform/db/keyset'
import type { CatalogueQuery, RolePage } from '../schema'
import { presentRole } from './get-role'
import { matchText } from './list-resources'
import { countRoles, listRoleRows } from './store'

/**
 * One page of the organization's roles, groups and policies by name. They are read with the sources that they come from.
 * @throws AppError `forbidden`, `invalid_input` for a foreign cursor
 */
export async function listRoles(ctx: Context, query: CatalogueQuery): Promise<RolePage> {
  await ctx.plan('list', 'source')
  const matching = { AND: [{ deletedAt: null }, matchText(query.q)] }
  const [page, total] = await Promise.all([
    fetchPage({
      name: `roles:${ctx.tenant.orgId}`,
      segments: [{ where: {}, column: 'name', type: 'text' }],
      direction: 'asc',
      cursor: query.cursor,
      limit: query.limit ?? 50,
      fetch: (where, orderBy, take) => listRoleRows(ctx.db, { AND: [matching, where] }, orderBy, take),
    }),
    query.cursor === undefined ? countRoles(ctx.db, matching) : null,
  ])
  return { items: page.rows.map(presentRole), nextCursor: page.nextCursor, total }
}

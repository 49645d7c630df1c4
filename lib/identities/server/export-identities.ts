import type { Context } from '@/lib/platform/context'
import type { ExportIdentitiesQuery } from '../filters'
import { identityExportColumns } from '../values'
import { exportList } from './export-list'
import { identityScope } from './list-identities'
import { readIdentityLines } from './read-export-rows'

/**
 * The identities that the caller may see, with a filter and in an order, as a file.
 * @throws AppError `forbidden` when the caller may export none, `rate_limited` when too many exports run
 */
export async function exportIdentities(ctx: Context, query: ExportIdentitiesQuery): Promise<Response> {
  const { sort = 'name', dir = 'asc', format = 'csv', columns = identityExportColumns, bom, ...filter } = query
  const { permit, rows } = await ctx.plan('export', 'identity')
  const scope = await identityScope(ctx, filter, new Date())
  // What may be listed and not exported stays here.
  const filters = { ...scope.query.filters, ...(rows && { exported: { rows } }) }
  return exportList(ctx, {
    kind: 'identity',
    name: 'identities',
    scope: { ...scope, query: { ...scope.query, filters } },
    permit,
    order: { sort, direction: dir },
    filter,
    format,
    columns,
    hasMark: bom === 'yes',
    read: readIdentityLines,
  })
}

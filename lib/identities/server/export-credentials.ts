import type { Context } from '@/lib/platform/context'
import type { ExportCredentialsQuery } from '../filters'
import { credentialExportColumns } from '../values'
import { exportList } from './export-list'
import { credentialScope } from './list-credentials'
import { readCredentialLines } from './read-export-rows'

/**
 * The credentials that the caller may see, with a filter and in an order, as a file; never the secrets.
 * @throws AppError `forbidden` when the caller may export none, `rate_limited` when too many exports run
 */
export async function exportCredentials(ctx: Context, query: ExportCredentialsQuery): Promise<Response> {
  const { sort = 'name', dir = 'asc', format = 'csv', columns = credentialExportColumns, bom, ...filter } = query
  const { permit, rows } = await ctx.plan('export', 'credential')
  const scope = await credentialScope(ctx, filter, new Date())
  // What may be listed and not exported stays here.
  const filters = { ...scope.query.filters, ...(rows && { exported: { rows } }) }
  return exportList(ctx, {
    kind: 'credential',
    name: 'credentials',
    scope: { ...scope, query: { ...scope.query, filters } },
    permit,
    order: { sort, direction: dir },
    filter,
    format,
    columns,
    hasMark: bom === 'yes',
    read: readCredentialLines,
  })
}

import type { Context } from '@/lib/platform/context'
import { ColumnMapping, type ColumnMappingList } from '../schema'
import { findColumnMappings } from './store'

/**
 * The column mappings that the organization keeps, the last used first: for one header, or all.
 * @throws AppError `forbidden`
 */
export async function listColumnMappings(ctx: Context, input: { headerKey?: string } = {}): Promise<ColumnMappingList> {
  await ctx.plan('list', 'import')
  const rows = await findColumnMappings(ctx, input)
  return { items: rows.map(presentMapping) }
}

export function presentMapping(row: Awaited<ReturnType<typeof findColumnMappings>>[number]): ColumnMapping {
  return ColumnMapping.parse({
    id: row.id,
    name: row.name,
    headerKey: row.headerKey,
    columns: row.columns,
    createdBy: row.createdBy,
    usedAt: row.usedAt.toISOString(),
  })
}

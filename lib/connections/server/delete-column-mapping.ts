import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { mappingTarget } from './create-column-mapping'
import { presentMapping } from './list-column-mappings'
import { findColumnMappings, removeColumnMapping } from './store'

/** Forgets a column mapping; imports that were made by it stay as they are. @throws AppError `not_found`, `forbidden` */
export async function deleteColumnMapping(ctx: Context, { id }: { id: string }): Promise<void> {
  const [row] = await findColumnMappings(ctx, { id })
  if (!row) throw new AppError('not_found', 'There is no such column mapping in this organization.')
  const target = mappingTarget(ctx, `column mapping ${row.name}`)
  const permit = await ctx.authorize('preview', target)
  const { name, columns } = presentMapping(row)
  const change = { action: 'import.mapping.delete', target, before: { name, columns } }
  await ctx.commit(permit, change, (tx) => removeColumnMapping(tx, ctx.tenant.orgId, id))
}

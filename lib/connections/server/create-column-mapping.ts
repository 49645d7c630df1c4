import type { Context, Target } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { type ColumnMapping, CreateColumnMappingInput } from '../schema'
import { listColumnMappings } from './list-column-mappings'
import { headerKey } from './map-header'
import { countColumnMappings, saveColumnMapping } from './store'

/** The most mappings that one organization keeps. */
const mostMappings = 500

/** Whoever may preview imports may say how their columns are read. */
export const mappingTarget = (ctx: Context, label: string): Target => ({
  kind: 'import',
  id: '*',
  label,
  attr: { createdBy: ctx.actor.id },
})

/**
 * Keeps a column mapping for files with this header; one of the same name and header is replaced. The next file with the
 * header is read by it.
 * @throws AppError `invalid_input` when a column is not in the header; `conflict` when there are too many; `forbidden`
 */
export async function createColumnMapping(ctx: Context, given: CreateColumnMappingInput): Promise<ColumnMapping> {
  const { name, header, columns } = CreateColumnMappingInput.parse(given)
  const missing = Object.values(columns).find((title) => !header.includes(title))
  if (missing !== undefined)
    throw new AppError('invalid_input', `There is no column "${missing.slice(0, 60)}" in this header.`, {
      fields: { columns: 'names a column that is not in the header' },
    })
  const target = mappingTarget(ctx, `column mapping ${name}`)
  const permit = await ctx.authorize('preview', target)
  if ((await countColumnMappings(ctx)) >= mostMappings)
    throw new AppError('conflict', `${mostMappings} column mappings are kept already. Delete some first.`)
  const key = headerKey(header)
  const change = { action: 'import.mapping.create', target, after: { name, columns } }
  const row = { id: uuidv7(), orgId: ctx.tenant.orgId, name, headerKey: key, columns, createdBy: ctx.actor.name }
  await ctx.commit(permit, change, (tx) => saveColumnMapping(tx, row))
  const { items } = await listColumnMappings(ctx, { headerKey: key })
  const saved = items.find((item) => item.name === name)
  if (!saved) throw new AppError('conflict', 'This mapping was deleted in the meantime.')
  return saved
}

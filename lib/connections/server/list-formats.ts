import { connectors } from '@/lib/connectors/registry'
import type { Context } from '@/lib/platform/context'
import { type FormatGuide, type FormatList, uploadLimits } from '../schema'
import { presentFormat } from './present-format'

/** Every file format that imports recognise, in the order in which a file is offered to them; asks nothing of anybody. */
export function describeFormats(): FormatGuide[] {
  return connectors.map(presentFormat)
}

/** The formats that can be imported, how their files are made, and what one upload may bring. @throws AppError `forbidden` */
export async function listFormats(ctx: Context): Promise<FormatList> {
  await ctx.plan('list', 'import')
  return { items: describeFormats(), limits: uploadLimits }
}

import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { ImportList } from '../schema'
import { presentRuns } from './present-run'
import { findRuns } from './store'

const Position = z.tuple([z.uuid()])

/** The organization's imports, newest first. `limit` 1 to 100. @throws AppError `invalid_input` for a bad cursor, `forbidden` */
export async function listImports(
  ctx: Context,
  input: { cursor?: string | undefined; limit: number },
): Promise<ImportList> {
  const { where } = await ctx.plan('list', 'import')
  const list = `imports:newest:${ctx.tenant.orgId}`
  const before = input.cursor ? decodeCursor(list, input.cursor, Position)[0] : null
  const found = await findRuns(ctx, where, { before, limit: input.limit })
  const page = found.slice(0, input.limit)
  const last = page.at(-1)
  const [may] = await ctx.can(
    ['preview'],
    [{ kind: 'import', id: 'new', label: 'new import', attr: { createdBy: ctx.actor.id } }],
  )
  return {
    items: await presentRuns(ctx, page),
    nextCursor: found.length > page.length && last ? encodeCursor(list, [last.id]) : null,
    can: { preview: may?.preview === true },
  }
}

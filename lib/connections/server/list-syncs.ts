import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { SyncList } from '../live'
import { connectionTarget, presentSync } from './present-connection'
import { findLive, findProgress, findSyncs } from './store-live'

const Position = z.tuple([z.uuid()])

/** The syncs of a connection, newest first. `limit` 1 to 100. @throws AppError `invalid_input` for a bad cursor, `not_found`, `forbidden` */
export async function listSyncs(
  ctx: Context,
  input: { id: string; cursor?: string | undefined; limit: number },
): Promise<SyncList> {
  const live = await findLive(ctx, input.id)
  await ctx.authorize('read', connectionTarget(live))
  const list = `syncs:newest:${live.id}`
  const before = input.cursor ? decodeCursor(list, input.cursor, Position)[0] : null
  const found = await findSyncs(ctx, live.id, { before, limit: input.limit })
  const page = found.slice(0, input.limit)
  const progress = await findProgress(
    ctx,
    page.map(({ id }) => id),
  )
  const last = page.at(-1)
  return {
    items: page.map((run) =>
      presentSync(
        run,
        progress.find(({ runId }) => runId === run.id),
      ),
    ),
    nextCursor: found.length > page.length && last ? encodeCursor(list, [last.id]) : null,
  }
}

import type { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { enqueue } from '@/lib/platform/jobs/boss'
import { reportProgress } from '@/lib/platform/jobs/progress'
import { RequestSyncInput, type SyncRun } from '../live'
import { syncConnectionJob } from './jobs'
import { connectionTarget, presentSync } from './present-connection'
import { type FoundLive, findLive, findSync, insertSync, writeLive } from './store-live'

/**
 * Queues a sync for the worker. One that waited for a person is discarded: what this one reads is newer. It reads what changed where
 * the source tells it, unless everything is asked for.
 * @throws AppError `conflict` when one is under way; `not_found`, `forbidden`
 */
export async function requestSync(ctx: Context, given: z.input<typeof RequestSyncInput>): Promise<SyncRun> {
  const input = RequestSyncInput.parse(given)
  const id = await queueSync(ctx, await findLive(ctx, input.id), new Date(), input.readAll)
  return presentSync(await findSync(ctx, id))
}

/** The same for a connection at hand; answers the run's id. */
export async function queueSync(ctx: Context, live: FoundLive, now = new Date(), wantsAll = false): Promise<string> {
  const target = connectionTarget(live)
  const permit = await ctx.authorize('sync', target)
  const { orgId } = ctx.tenant
  const id = uuidv7()
  const by = { createdBy: ctx.actor.id, createdByLabel: ctx.actor.kind === 'job' ? 'the schedule' : ctx.actor.name }
  await ctx.commit(
    permit,
    { action: 'connection.sync.request', target, after: { runId: id, wantsAll } },
    async (tx) => {
      await insertSync(tx, { orgId, id, liveId: live.id, wantsAll, ...by })
      if (live.intervalMinutes !== null)
        await writeLive(tx, live, { nextSyncAt: new Date(now.getTime() + live.intervalMinutes * 60_000) })
      await enqueue(tx, syncConnectionJob, { orgId, runId: id })
    },
  )
  await reportProgress(ctx.tenant, id, { phase: 'Waiting for the worker', done: 0, total: 0 })
  return id
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '@/lib/platform/context'
import type { RunEvent } from '../schema'
import { runTargetOf } from './present-run'
import { findEvents, findRun, findRunEnd } from './store'

const pageLength = 200
const lookMs = 400
const heartbeatMs = 15_000
/** A stream ends after so long; the browser comes back by itself with the last number that it has. */
const longestMs = 10 * 60_000

/**
 * The history of a run as server-sent events: what there is behind a number, and then each line as it is written. Lines are
 * numbered without gaps when they are committed, so that nobody who comes back with the last number misses one or gets one twice.
 * @throws AppError `not_found`, `forbidden`
 */
export async function listRunEvents(
  ctx: Context,
  { id, after, follow }: { id: string; after: number; follow: boolean },
  signal: AbortSignal,
): Promise<Response> {
  const run = await findRun(ctx, id)
  await ctx.authorize('read', runTargetOf(run))
  const encoder = new TextEncoder()
  const lines = eventLines(ctx, { id, after, follow }, signal)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await lines.next().catch(() => ({ done: true as const, value: undefined }))
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    },
  })
}

async function* eventLines(
  ctx: Context,
  { id, after, follow }: { id: string; after: number; follow: boolean },
  signal: AbortSignal,
): AsyncGenerator<string, undefined> {
  let last = after
  const begun = Date.now()
  let spokeAt = begun
  yield 'retry: 1000\n\n'
  while (!signal.aborted && Date.now() - begun < longestMs) {
    const rows = await findEvents(ctx, id, last, pageLength)
    for (const row of rows) {
      last = row.no
      yield `id: ${row.no}\ndata: ${JSON.stringify(presentEvent(row))}\n\n`
    }
    if (rows.length > 0) spokeAt = Date.now()
    if (rows.length === pageLength) continue
    const run = await findRunEnd(ctx, id)
    const isAll = run === null || last >= run.eventCount
    if (isAll && (!follow || run === null || run.endedAt !== null)) {
      yield `event: end\ndata: {"last":${last}}\n\n`
      return undefined
    }
    if (Date.now() - spokeAt > heartbeatMs) {
      spokeAt = Date.now()
      yield ': here\n\n'
    }
    if (isAll) await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

function presentEvent(row: Awaited<ReturnType<typeof findEvents>>[number]): RunEvent {
  const { no, at, what, step, attempt, says, data } = row
  return {
    no,
    at: at.toISOString(),
    what: what as RunEvent['what'],
    step: step as RunEvent['step'],
    attempt,
    says,
    data: data as RunEvent['data'],
  }
}

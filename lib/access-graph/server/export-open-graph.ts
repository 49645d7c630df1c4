import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { streamBatches } from '@/lib/platform/http/stream-batches'
import { log } from '@/lib/platform/telemetry/log'
import { exportedTables, listExportRows, listHolderRows, listOpenEndRows, type OpenEndRow } from './store'
import { edgeOf, elementWriter, holderEdgeOf, nodeOf, openNodeOf, sourceKind } from './write-open-graph'

/** One page in memory at a time. */
const pageRows = 2000
/** Exports that run at a time in one process: each is many statements. */
const mostRunning = 2
let running = 0

/**
 * The whole access graph of the organization as a BloodHound OpenGraph file: every live node, credential and edge with all
 * their fields, streamed as fast as the reader takes it. Importing it into an empty organization gives the same graph. The
 * trail gets one event when it ends.
 * @throws AppError `forbidden` for who may not read all of it, `rate_limited` when too many run already
 */
export async function exportOpenGraph(ctx: Context): Promise<Response> {
  await ctx.plan('list', 'source')
  const [identities, credentials] = await Promise.all([
    ctx.plan('export', 'identity'),
    ctx.plan('export', 'credential'),
  ])
  if (identities.rows !== null || credentials.rows !== null)
    throw new AppError('forbidden', 'Only who may see every identity can export the whole graph.')
  if (running >= mostRunning) {
    const message = 'Several exports of the graph are running already. Try again when one of them has ended.'
    throw new AppError('rate_limited', message, { retryAfterSeconds: 30 })
  }
  running += 1
  const body = streamBatches({
    batches: partsOf(ctx),
    head: `{"metadata":{"source_kind":${JSON.stringify(sourceKind)}},"graph":{"nodes":[`,
    tail: '\n]}}\n',
    write: (texts) => texts.join(''),
    onEnd: async ({ isComplete }) => {
      running -= 1
      await record(ctx, identities.permit, isComplete)
    },
  })
  const day = new Date().toISOString().slice(0, 10)
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': `attachment; filename="bailiwick-access-graph-${day}.json"`,
  }
  return new Response(body, { headers })
}

/** The text of the file in pages: the nodes of each table, what is named and not known, then the edges. */
async function* partsOf(ctx: Context): AsyncGenerator<string[], void> {
  const nodes = elementWriter()
  for (const table of exportedTables)
    for await (const rows of pagesOf((after) => listExportRows(ctx, table, after, pageRows)))
      yield rows.map((row) => nodes(nodeOf(table, row)))
  let last: OpenEndRow | undefined
  do {
    const ends = await listOpenEndRows(ctx, last, pageRows)
    if (ends.length > 0) yield ends.map((end) => nodes(openNodeOf(end)))
    last = ends.length === pageRows ? ends.at(-1) : undefined
  } while (last !== undefined)
  yield ['\n],"edges":[']
  const edges = elementWriter()
  for await (const rows of pagesOf((after) => listExportRows(ctx, 'entitlement', after, pageRows)))
    yield rows.map((row) => edges(edgeOf(row)))
  for await (const rows of pagesOf((after) => listHolderRows(ctx, after, pageRows)))
    yield rows.map((row) => edges(holderEdgeOf(row)))
}

async function* pagesOf<Row extends { id: string }>(read: (after: string | undefined) => Promise<Row[]>) {
  let after: string | undefined
  do {
    const rows = await read(after)
    if (rows.length > 0) yield rows
    after = rows.length === pageRows ? rows.at(-1)?.id : undefined
  } while (after !== undefined)
}

/** The file has left already: a trail that cannot be written is an error of ours, and no reason to break it. */
async function record(ctx: Context, permit: Permit, isComplete: boolean): Promise<void> {
  const change = {
    action: 'identity.export',
    target: { kind: 'identity', id: '*', label: 'access graph' },
    after: { format: 'opengraph', isComplete },
  }
  try {
    await ctx.commit(permit, change, async () => {})
  } catch (error) {
    log.error({ error, requestId: ctx.request.id, action: change.action }, 'an export is not in the trail')
  }
}

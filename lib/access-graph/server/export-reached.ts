import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { type Cell, writeCsvLine } from '@/lib/platform/files/write-csv'
import { streamBatches } from '@/lib/platform/http/stream-batches'
import { log } from '@/lib/platform/telemetry/log'
import type { PathStep, ReachedResource } from '../blast-parts'
import type { GraphAnswer, RequestOf } from '../engine/requests'
import type { ExportReachedQuery } from '../filters'
import { nameForFile } from '../rules'
import { presentReached, reachedRequest } from './list-reached'
import { readSteps } from './present-steps'
import { readPathGraph } from './read-path-graph'
import { resolveSight, resolveWholeSight, type Sight } from './resolve-sight'
import { askGraph } from './serve-graph'

/** Rows that are asked for at a time: with their paths some megabytes. */
const pageRows = 4000
/** Exports that run at a time in one process: each page of one is a search of the graph. */
const mostRunning = 4
/** The nodes and edges of an OpenGraph file are gathered before they are written. */
const mostGraphed = 50_000
let running = 0

/** What is exported, and from which graph. */
interface Reached {
  ctx: Context
  sight: Sight
  asked: Omit<RequestOf<'reached'>, 'at' | 'limit'>
  first: GraphAnswer<'reached'>
}

/**
 * Every resource that an identity reaches, with a filter and in an order, each with its path, as a file that is streamed as fast
 * as the reader takes it; as OpenGraph the nodes and edges of those paths. All of it comes from one state of the graph: when
 * another one arrives meanwhile, the file breaks off. The trail gets one event when it ends.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for more than fits into an OpenGraph file; `rate_limited` when too
 * many run already
 */
export async function exportReached(
  ctx: Context,
  { id, format, bom, ...filter }: ExportReachedQuery & { id: string },
): Promise<Response> {
  const { permit, name } = await resolveIdentity(ctx, id, 'export')
  const sight = format === 'opengraph' ? await resolveExportSight(ctx) : await resolveSight(ctx, id)
  if (running >= mostRunning) {
    const message = 'Several exports are running already. Try again when one of them has ended.'
    throw new AppError('rate_limited', message, { retryAfterSeconds: 30 })
  }
  running += 1
  try {
    const asked = await reachedRequest(ctx, sight, id, filter)
    const first = await askGraph(ctx, { ...asked, at: 0, limit: pageRows })
    const { total } = first.answer
    if (format === 'opengraph' && total > mostGraphed) {
      const message = `An OpenGraph file holds the paths to ${mostGraphed} resources at most; these are ${total}. Narrow the filter.`
      throw new AppError('invalid_input', message, { fields: { format: message } })
    }
    const body = streamOf({ ctx, sight, asked, first }, format, bom === 'yes', async (end) => {
      running -= 1
      // Of an OpenGraph file nodes and edges were written, not rows.
      const rows = format === 'opengraph' && end.isComplete ? total : end.rows
      await record(ctx, permit, { id, name }, { filter, format, version: first.version, ...end, rows })
    })
    return new Response(body, { headers: headersOf(name, format, total) })
  } catch (error) {
    running -= 1
    throw error
  }
}

/** An OpenGraph file has whole rows, credentials too. */
async function resolveExportSight(ctx: Context): Promise<Sight> {
  const [sight, { rows }] = await Promise.all([resolveWholeSight(ctx), ctx.plan('export', 'credential')])
  if (rows === null) return sight
  throw new AppError('forbidden', 'Only who may see every credential can export the paths as OpenGraph.')
}

type End = { rows: number; isComplete: boolean }

function streamOf(
  reached: Reached,
  format: ExportReachedQuery['format'],
  hasMark: boolean,
  onEnd: (end: End) => Promise<void>,
): ReadableStream<Uint8Array> {
  if (format === 'opengraph') {
    const { head, batches, tail } = readPathGraph(reached.ctx, pathsOf(reached))
    return streamBatches({ head, tail, batches, write: (texts) => texts.join(''), onEnd })
  }
  const batches = rowsOf(reached)
  if (format === 'json') {
    const write = (rows: readonly ReachedResource[], index: number) =>
      rows.map((row, at) => `${index + at > 0 ? ',\n' : ''}${JSON.stringify(row)}`).join('')
    return streamBatches({ head: '[\n', tail: '\n]\n', batches, write, onEnd })
  }
  const head = `${hasMark ? '\uFEFF' : ''}${writeCsvLine(columns)}`
  const write = (rows: readonly ReachedResource[]) => rows.map((row) => writeCsvLine(cellsOf(row))).join('')
  return streamBatches({ head, tail: '', batches, write, onEnd })
}

async function* rowsOf({ ctx, sight, asked, first }: Reached): AsyncGenerator<ReachedResource[], void> {
  for await (const { items } of pagesOf(ctx, asked, first)) {
    const paths = items.map(({ path }) => path)
    const ids = items.map((item) => item.id)
    const known = await readSteps(ctx, sight, paths, ids)
    yield items.map(({ id, level, path }) => ({ ...presentReached(known, id, level), path: known.path(path) }))
  }
}

/** The paths of each page as they are told: through credentials where secrets are stored. */
async function* pathsOf(reached: Reached): AsyncGenerator<PathStep[][], void> {
  for await (const rows of rowsOf(reached)) yield rows.map(({ path }) => path)
}

async function* pagesOf(ctx: Context, asked: Reached['asked'], first: Reached['first']) {
  let page = first
  let at = 0
  while (page.answer.items.length > 0) {
    yield page.answer
    at += page.answer.items.length
    if (at >= first.answer.total) return
    page = await askGraph(ctx, { ...asked, at, limit: pageRows })
    if (page.version !== first.version)
      throw new AppError('conflict', 'The graph changed while it was exported. Begin again.')
  }
}

const columns = [
  'name',
  'externalId',
  'kind',
  'system',
  'environment',
  'sensitivity',
  'privilege',
  'steps',
  'path',
  'id',
] as const

function cellsOf(row: ReachedResource): Cell[] {
  const { path } = row
  const [first] = path
  const words = path.map(({ kind, to }) => `—${kind}→ ${to.name}`)
  const told = { ...row, steps: path.length, path: first ? [first.from.name, ...words].join(' ') : '' }
  return columns.map((name) => told[name])
}

const types: Record<ExportReachedQuery['format'], string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  opengraph: 'application/json; charset=utf-8',
}

function headersOf(name: string, format: ExportReachedQuery['format'], total: number): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10)
  const file = ['bailiwick-blast-radius', nameForFile(name), day].filter((part) => part !== '').join('-')
  const ending = format === 'opengraph' ? 'opengraph.json' : format
  return {
    'content-type': types[format],
    'content-disposition': `attachment; filename="${file}.${ending}"`,
    'x-total-count': String(total),
  }
}

/** The rows have left already: a trail that cannot be written is an error of ours, and no reason to break the file. */
async function record(ctx: Context, permit: Permit, { id, name }: { id: string; name: string }, after: object) {
  const change = {
    action: 'identity.export',
    target: { kind: 'identity', id, label: `blast radius of ${name}` },
    after: { list: 'reached', ...after },
  }
  try {
    await ctx.commit(permit, change, async () => {})
  } catch (error) {
    log.error({ error, requestId: ctx.request.id, action: change.action }, 'an export is not in the trail')
  }
}

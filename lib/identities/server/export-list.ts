import type { Context } from '@/lib/platform/context'
import type { ListScope, OrderRequest } from '@/lib/platform/db/list/list-rows'
import { walkRows } from '@/lib/platform/db/list/walk-rows'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { type Cell, writeCsvLine } from '@/lib/platform/files/write-csv'
import { streamBatches } from '@/lib/platform/http/stream-batches'
import { log } from '@/lib/platform/telemetry/log'
import type { ExportFormat } from '../values'
import type { ExportLines } from './read-export-rows'

export interface ExportedList {
  kind: 'identity' | 'credential'
  /** Plural, for the file's name. */
  name: string
  scope: ListScope
  permit: Permit
  order: OrderRequest
  /** The filter as it was asked, for the trail. */
  filter: Record<string, unknown>
  format: ExportFormat
  columns: readonly string[]
  /** Begins with a byte order mark, by which Excel knows UTF-8. */
  hasMark: boolean
  read: (ctx: Context, ids: readonly string[], columns: readonly string[]) => Promise<ExportLines>
}

/** Large enough that reading and writing dominate, small enough to be garbage that goes as fast as it comes. */
const batchRows = 500
/** Exports that run at a time in one process: each keeps a connection busy. */
const mostRunning = 4
let running = 0

const types: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
}

/**
 * Streams a list: as much as the reader takes, one batch in memory, no transaction held open. The trail gets one event when
 * it ends, with filter, format and the rows that were sent; one that was broken off says so.
 * @throws AppError `rate_limited` when too many run already
 */
export async function exportList(ctx: Context, list: ExportedList): Promise<Response> {
  if (running >= mostRunning) {
    const message = 'Several exports are running already. Try again when one of them has ended.'
    throw new AppError('rate_limited', message, { retryAfterSeconds: 30 })
  }
  running += 1
  try {
    const { total, batches } = await walkRows(list.scope, list.order, batchRows)
    const body = streamBatches({
      ...writerOf(list),
      batches: linesOf(ctx, list, batches),
      onEnd: async (end) => {
        running -= 1
        await record(ctx, list, end)
      },
    })
    return new Response(body, { headers: headersOf(list, total) })
  } catch (error) {
    running -= 1
    throw error
  }
}

async function* linesOf(ctx: Context, { read, columns }: ExportedList, batches: AsyncGenerator<string[], void>) {
  for await (const ids of batches) {
    const batch = await read(ctx, ids, columns)
    if (batch.length > 0) yield batch
    // Whatever still refers to the batch by then shall not keep its text.
    batch.lines = ''
  }
}

function headersOf({ name, format }: ExportedList, total: number): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10)
  return {
    'content-type': types[format],
    'content-disposition': `attachment; filename="bailiwick-${name}-${day}.${format}"`,
    'x-total-count': String(total),
  }
}

function writerOf({ format, columns, hasMark }: ExportedList) {
  if (format === 'json') {
    const write = ({ lines }: ExportLines, index: number) => `${index > 0 ? ',\n' : ''}${lines.replaceAll('\n', ',\n')}`
    return { head: '[\n', tail: '\n]\n', write }
  }
  if (format === 'ndjson') return { head: '', tail: '', write: ({ lines }: ExportLines) => `${lines}\n` }
  const writeLine = (line: string) => {
    const row: Record<string, Cell> = JSON.parse(line)
    return writeCsvLine(columns.map((name) => row[name] ?? null))
  }
  const write = ({ lines }: ExportLines) => lines.split('\n').map(writeLine).join('')
  return { head: `${hasMark ? '\uFEFF' : ''}${writeCsvLine(columns)}`, tail: '', write }
}

/** The rows have left already: a trail that cannot be written is an error of ours, and no reason to break the file. */
async function record(ctx: Context, list: ExportedList, end: { rows: number; isComplete: boolean }): Promise<void> {
  const { kind, name, permit, filter, format, columns, order } = list
  const change = {
    action: `${kind}.export`,
    target: { kind, id: '*', label: `list of ${name}` },
    after: { filter, sort: order.sort, dir: order.direction, format, columns, ...end },
  }
  try {
    await ctx.commit(permit, change, async () => {})
  } catch (error) {
    log.error({ error, requestId: ctx.request.id, action: change.action, ...end }, 'an export is not in the trail')
  }
}

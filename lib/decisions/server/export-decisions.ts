import type { Context } from '@/lib/platform/context'
import { streamBatches } from '@/lib/platform/http/stream-batches'
import { decisionTarget } from '../rules'
import type { DecisionFilter, ExportQuery } from '../schema'
import { presentDecision } from './list-decisions'
import { mapOcsf } from './map-ocsf'
import { findDecisions, type StoredDecision } from './store-log'

const batch = 1000

/** The log as NDJSON, latest first, with what the policies saw, in our own words or as events of OCSF. The trail says who took it along. @throws AppError `forbidden` */
export async function exportDecisions(ctx: Context, { format, ...filter }: ExportQuery): Promise<Response> {
  const permit = await ctx.authorize('export', decisionTarget)
  const until = new Date()
  const lineOf = (row: StoredDecision) =>
    format === 'ocsf' ? mapOcsf(row, ctx.tenant.orgId) : { ...presentDecision(row), facts: row.facts ?? {} }
  const body = streamBatches<StoredDecision[]>({
    batches: readAll(ctx, { ...filter, to: filter.to ?? until.toISOString() }),
    ...{ head: '', tail: '' },
    write: (rows) => rows.map((row) => `${JSON.stringify(lineOf(row))}\n`).join(''),
    onEnd: async ({ rows, isComplete }) => {
      const after = { rows, isComplete, format, filter }
      await ctx.commit(permit, { action: 'decision.export', target: decisionTarget, after }, async () => {})
    },
  })
  const name = `decisions-${until.toISOString().slice(0, 10)}${format === 'ocsf' ? '.ocsf' : ''}.ndjson`
  return new Response(body, {
    headers: { 'content-type': 'application/x-ndjson', 'content-disposition': `attachment; filename="${name}"` },
  })
}

async function* readAll(ctx: Context, filter: DecisionFilter): AsyncGenerator<StoredDecision[], void> {
  let before: { at: Date; id: string } | null = null
  while (true) {
    const rows: StoredDecision[] = await findDecisions(ctx, filter, { before, limit: batch, withFacts: true })
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    before = { at: last.at, id: last.id }
  }
}

import { readTrail, signEvent } from '@/lib/audit/server/sign-event'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { streamBatches } from '@/lib/platform/http/stream-batches'
import { log } from '@/lib/platform/telemetry/log'
import type { ReportQuery } from '../remedies'
import { campaignTarget } from '../rules'
import type { ReportFormat } from '../values'
import { readQuality } from './get-quality'
import { evidenceFields } from './map-evidence'
import { csvHead, csvOf } from './map-report'
import { type CampaignRow, findCampaign } from './store'
import { insertReport, readItemLines, readSignOffs } from './store-report'
import { chainLine, chainStart, reportFormat, Totals } from './verify-report'
import { type ReportFacts, writeSummary } from './write-summary'

/** In which every item has its outcome. */
const decided = ['remediating', 'verifying', 'closed_effective', 'closed_with_exceptions']
const batchItems = 500
/** Reports that are made at a time in one process: each keeps a connection busy. */
const mostRunning = 2
let running = 0

const types: Record<ReportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
  pdf: 'application/pdf',
}

/**
 * The report of a campaign whose items all have their outcome. As JSON it is whole and can be verified by itself
 * (`npm run review:verify`); the CSV is its items for a spreadsheet; the PDF is its summary, with the hash of that same JSON. Each is
 * an event of the audit trail.
 * @throws AppError `conflict` while something is open; `rate_limited`; `not_found`, `forbidden`
 */
export async function reportCampaign(
  ctx: Context,
  { id, format, bom }: ReportQuery & { id: string },
): Promise<Response> {
  const row = await findCampaign(ctx, id)
  const permit = await ctx.authorize('download', campaignTarget(row))
  if (!decided.includes(row.state))
    throw new AppError('conflict', 'The report is made when every item has its outcome.')
  if (running >= mostRunning)
    throw new AppError('rate_limited', 'Two reports are being made already. Try again when one of them has ended.', {
      retryAfterSeconds: 30,
    })
  running += 1
  try {
    if (format === 'pdf') return await asPdf(ctx, permit, row).finally(() => (running -= 1))
    const { batches, head } =
      format === 'json'
        ? { batches: onlyWritten(jsonOf(ctx, permit, row)), head: '' }
        : { batches: csvBatches(ctx, row.id), head: `${bom === 'yes' ? '\uFEFF' : ''}${csvHead}` }
    const body = streamBatches<Written>({
      ...{ batches, head, tail: '', write: ({ text }) => text },
      onEnd: async ({ rows, isComplete }) => {
        running -= 1
        if (format === 'csv') await record(ctx, permit, row, { format, items: rows, isComplete })
      },
    })
    return new Response(body, { headers: headersOf(row, format) })
  } catch (error) {
    running -= 1
    throw error
  }
}

const headersOf = ({ name, id }: CampaignRow, format: ReportFormat) => ({
  'content-type': types[format],
  'content-disposition': `attachment; filename="review-${slugOf(name)}${id.slice(-6)}.${format}"`,
})

const slugOf = (name: string) => {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
  return slug === '' ? '' : `${slug}-`
}

interface Written {
  /** Items in it. */
  length: number
  text: string
}

async function* onlyWritten(report: AsyncGenerator<Written, ReportFacts>): AsyncGenerator<Written, void> {
  yield* report
}

async function* csvBatches(ctx: Context, id: string): AsyncGenerator<Written, void> {
  for await (const lines of itemsOf(ctx, id)) yield { length: lines.length, text: lines.map(csvOf).join('') }
}

async function* itemsOf(ctx: Context, id: string): AsyncGenerator<string[], void> {
  let after = 0
  for (;;) {
    const rows = await readItemLines(ctx, id, after, batchItems)
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(({ line }) => line)
    if (rows.length < batchItems) return
    after = last.no
  }
}

/** So many exceptions are listed once more by themselves; all stand with their items. */
const mostExceptions = 1000

/** The report as it is written, and at last what it said. */
async function* jsonOf(ctx: Context, permit: Permit, row: CampaignRow): AsyncGenerator<Written, ReportFacts> {
  let [head, lines] = [chainStart, 0]
  const totals = new Totals()
  const exceptions: Record<string, unknown>[] = []
  const written = (texts: readonly string[], length = 0): Written => {
    for (const text of texts) head = chainLine(head, text)
    lines += texts.length
    return { length, text: texts.map((text) => `${text}\n`).join('') }
  }
  const campaign = campaignOf(row)
  yield written([
    `{"format":${JSON.stringify(reportFormat)},`,
    `"campaign":${JSON.stringify(campaign)},`,
    `"evidenceFields":${JSON.stringify(evidenceFields)},`,
    '"items":[',
  ])
  for await (const items of itemsOf(ctx, row.id)) {
    for (const line of items) {
      const item = JSON.parse(line)
      totals.add(item)
      const { remedy, no, name, subject } = item
      if (remedy && remedy.state !== 'verified' && exceptions.length < mostExceptions)
        exceptions.push({ no, name, subject, ...remedy })
    }
    const isLast = totals.items >= row.itemCount
    yield written(
      items.map((line, index) => `${line}${isLast && index === items.length - 1 ? '' : ','}`),
      items.length,
    )
  }
  const signOffs = await readSignOffs(ctx, row.id)
  const quality = await readQuality(ctx, row.id)
  const target = { kind: 'review_campaign', id: row.id }
  const trail = await readTrail(ctx, target, ['review.campaign', 'review.stage', 'review.sign_off', 'review.quality'])
  yield written([
    '],',
    `"totals":${JSON.stringify(totals.sum())},`,
    `"signOffs":${JSON.stringify(signOffs)},`,
    `"exceptions":${JSON.stringify(exceptions)},`,
    `"quality":${JSON.stringify(quality)},`,
    `"events":${JSON.stringify(trail)},`,
  ])
  const seal = { lines, head, ...(await sealReport(ctx, permit, row, { lines, head, totals })) }
  yield { length: 0, text: `"seal":${JSON.stringify(seal)}}\n` }
  return { campaign, totals: totals.sum(), signOffs, exceptions, quality, seal }
}

function campaignOf(row: CampaignRow) {
  const { id, orgId, name, description, template, level, scope, scopeSays, rules, state, itemCount } = row
  return {
    ...{ id, orgId, name, description, template, level, scope, scopeSays, rules, state, items: itemCount },
    ...{
      populationHash: row.populationHash,
      evidenceHash: row.evidenceHash,
      parentId: row.parentId,
      trigger: row.trigger,
    },
    ...{ createdBy: row.createdBy, launchedBy: row.launchedBy, closedBy: row.closedBy, closedWhy: row.closedWhy },
    ...{ launchedAt: row.launchedAt, frozenAt: row.frozenAt, deadlineAt: row.deadlineAt, closedAt: row.closedAt },
    stages: row.stages.map(({ no, name: called, strategy, beginsAt, deadlineAt, endedAt, isEscalated }) => ({
      ...{ no, name: called, strategy, beginsAt, deadlineAt, endedAt, isEscalated },
    })),
  }
}

/** The trail says what was handed out, and the installation signs that event. */
async function sealReport(
  ctx: Context,
  permit: Permit,
  row: CampaignRow,
  { lines, head, totals }: { lines: number; head: string; totals: Totals },
) {
  const target = campaignTarget(row)
  const reportId = uuidv7()
  const after = { reportId, lines, head, ...totals.sum() }
  await ctx.commit(permit, { action: 'review.report', target, after }, (tx) =>
    insertReport(tx, {
      ...{ orgId: row.orgId, campaignId: row.id, id: reportId, hash: head, madeBy: ctx.actor.name },
      checkpoint: {},
      summary: totals.sum(),
    }),
  )
  return signEvent(ctx, { target, action: 'review.report', key: 'reportId', id: reportId })
}

async function asPdf(ctx: Context, permit: Permit, row: CampaignRow): Promise<Response> {
  const report = jsonOf(ctx, permit, row)
  for (;;) {
    const next = await report.next()
    if (next.done) return new Response(await writeSummary(next.value), { headers: headersOf(row, 'pdf') })
  }
}

/** The rows have left already: a trail that cannot be written is an error of ours, and no reason to break the file. */
async function record(ctx: Context, permit: Permit, row: CampaignRow, after: Record<string, unknown>): Promise<void> {
  try {
    const change = { action: 'review.report.export', target: campaignTarget(row), after }
    await ctx.commit(permit, change, async () => {})
  } catch (error) {
    log.error({ error, requestId: ctx.request.id, campaignId: row.id }, 'a report is not in the trail')
  }
}

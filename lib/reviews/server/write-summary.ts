import fs from 'node:fs'
import path from 'node:path'
import PDFDocument from 'pdfkit'
import type { SignedEvent } from '@/lib/audit/server/sign-event'
import type { readQuality } from './get-quality'
import type { readSignOffs } from './store-report'
import { fingerprintOf, type Totals } from './verify-report'

/** What is said of the whole, beside its items. */
export interface ReportFacts {
  campaign: Record<string, unknown>
  totals: ReturnType<Totals['sum']>
  signOffs: Awaited<ReturnType<typeof readSignOffs>>
  exceptions: Record<string, unknown>[]
  quality: Awaited<ReturnType<typeof readQuality>>
  seal: { lines: number; head: string } & SignedEvent
}

const margin = 50
/** Rows of a list in the summary; the whole list is in the JSON. */
const mostRows = 40

/** The typeface of the screens: it has Latin, Greek in part and Cyrillic. */
const faces = { text: 'Geist-Regular.ttf', bold: 'Geist-SemiBold.ttf', mono: '../geist-mono/GeistMono-Regular.ttf' }
const faceFile = (name: string) =>
  path.join(process.cwd(), 'node_modules', 'geist', 'dist', 'fonts', 'geist-sans', name)

type Document = InstanceType<typeof PDFDocument>

/**
 * Text that the typeface can show. What it has no sign for is shown by its number, never left out; signs that turn the direction of
 * writing, and control signs, are shown by their number too, so that no name reads as another.
 */
export function printable(text: string): string {
  return [...text]
    .map((sign) => {
      const code = sign.codePointAt(0) ?? 0
      const isShown =
        (code >= 0x20 && code < 0x7f) ||
        (code >= 0xa0 && code < 0x250) ||
        (code >= 0x400 && code < 0x460) ||
        '–—‘’“”…→•'.includes(sign)
      return isShown ? sign : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
    })
    .join('')
}

/** The report on paper: what was reviewed, by whom, what came of it, what is left, and by what the whole report can be told. */
export function writeSummary(facts: ReportFacts): Promise<Uint8Array<ArrayBuffer>> {
  const { campaign, totals, signOffs, exceptions, quality, seal } = facts
  const document = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: true,
    font: faceFile(faces.text),
    info: { Title: printable(`Access review: ${String(campaign.name)}`), Creator: 'Bailiwick' },
  })
  for (const [name, file] of Object.entries(faces))
    if (fs.existsSync(faceFile(file))) document.registerFont(name, faceFile(file))
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    document.on('end', () => resolve(new Uint8Array(Buffer.concat(chunks))))
    document.on('error', reject)
  })
  document
    .font('bold')
    .fontSize(20)
    .text(printable(String(campaign.name)))
  document
    .font('text')
    .fontSize(10)
    .fillColor('#555')
    .text(printable(String(campaign.scopeSays)))
    .fillColor('#000')
  section(document, 'Result')
  lines(document, [
    ['State', stateWords[String(campaign.state)] ?? String(campaign.state)],
    ['Launched', `${when(campaign.launchedAt)} by ${String(campaign.launchedBy ?? 'unknown')}`],
    ['Closed', campaign.closedAt ? `${when(campaign.closedAt)} by ${String(campaign.closedBy)}` : 'not yet'],
    ...(campaign.closedWhy ? [['Why', String(campaign.closedWhy)] as const] : []),
    ['Items', String(totals.items)],
    ...Object.entries(totals.outcomes).map(
      ([outcome, count]) => [`  ${outcomeWords[outcome] ?? outcome}`, String(count)] as const,
    ),
    ['Decided by silence', String(totals.settledBy.silence ?? 0)],
    ...Object.entries(totals.remedies).map(([state, count]) => [`Carried out: ${state}`, String(count)] as const),
  ])
  section(document, `Exceptions (${exceptions.length})`)
  if (exceptions.length === 0) document.text('None: everything that was revoked or reduced is proved.')
  for (const each of exceptions.slice(0, mostRows))
    document.text(
      printable(
        `${each.no}. ${each.name}${each.subject ? ` – ${each.subject}` : ''}: ${each.state}. ${each.says} ${each.owner ? `Answered for by ${each.owner} until ${when(each.dueAt)}.` : 'Nobody answers for it.'} ${each.reason ?? ''}`,
      ),
      { paragraphGap: 3 },
    )
  more(document, exceptions.length)
  section(document, 'Quality')
  if (quality.length === 0) document.text('Not measured.')
  for (const { name, stage, measures, flags, verdict, lookBy } of quality.slice(0, mostRows))
    document.text(
      printable(
        `${name}, stage ${stage}: ${measures.decisions} decisions, median ${shown(measures.medianSeconds, ' s')}, certified ${shown(measures.certifiedPercent, ' %')}, evidence opened ${shown(measures.openedPercent, ' %')}, in the last hour ${shown(measures.nearDeadlinePercent, ' %')}.${flags.length > 0 ? ` Flagged: ${flags.join(', ')}.` : ''}${verdict ? ` Second look by ${lookBy}: ${verdict}.` : ''}`,
      ),
      { paragraphGap: 3 },
    )
  more(document, quality.length)
  section(document, 'Signed off by')
  if (signOffs.length === 0) document.text('Nobody.')
  for (const { by, at, items, stage, decisionsHash, statement } of signOffs.slice(0, mostRows)) {
    document.text(
      printable(`${by}, ${when(at)}: ${items} items of stage ${stage}.${statement ? ` “${statement}”` : ''}`),
    )
    document.font('mono').fontSize(7).text(decisionsHash, { paragraphGap: 3 }).font('text').fontSize(10)
  }
  more(document, signOffs.length)
  section(document, 'How to verify')
  document.text(
    'The report as JSON holds everything and can be verified without this installation: npm run -s review:verify -- report.json',
    { paragraphGap: 4 },
  )
  const codes = [
    ['Population, SHA-256', String(campaign.populationHash)],
    ['Evidence, SHA-256', String(campaign.evidenceHash)],
    ['Report, end of its chain', seal.head],
    ['Audit event', `${seal.event.seq}, ${seal.event.hash}`],
    ['Checkpoint signed', `${seal.checkpoint.at}, ${seal.checkpoint.signature}`],
    ['Key, SHA-256', fingerprintOf(seal.publicKey)],
  ] as const
  for (const [label, code] of codes) {
    document.font('text').fontSize(9).text(label)
    document.font('mono').fontSize(7).text(code, { paragraphGap: 4 })
  }
  numberPages(document)
  document.end()
  return done
}

const stateWords: Record<string, string> = {
  closed_effective: 'Closed, effective: everything that was revoked or reduced is proved',
  closed_with_exceptions: 'Closed with exceptions',
  remediating: 'Decided; being carried out',
  verifying: 'Decided; being proved',
}
const outcomeWords: Record<string, string> = {
  certify: 'certified',
  certify_until: 'certified until a date',
  reduce: 'reduced',
  revoke: 'revoked',
  keep: 'kept, as nobody decided',
}

const shown = (value: number | null, unit: string) =>
  value === null ? 'not measured' : `${Math.round(value * 10) / 10}${unit}`
const when = (at: unknown) =>
  at === null || at === undefined
    ? 'no date'
    : `${new Date(String(at instanceof Date ? at.toISOString() : at)).toISOString().slice(0, 16).replace('T', ' ')} UTC`

function section(document: Document, title: string): void {
  document.moveDown(1).font('bold').fontSize(13).text(title).font('text').fontSize(10).moveDown(0.3)
}

function lines(document: Document, rows: readonly (readonly [string, string])[]): void {
  for (const [label, value] of rows) document.text(printable(`${label}: ${value}`))
}

function more(document: Document, count: number): void {
  if (count > mostRows) document.text(`And ${count - mostRows} more, in the report as JSON.`)
}

function numberPages(document: Document): void {
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page)
    const { bottom } = document.page.margins
    document.page.margins.bottom = 0
    document.fontSize(8).text(`${page + 1} / ${count}`, margin, document.page.height - 35, { align: 'center' })
    document.page.margins.bottom = bottom
  }
}

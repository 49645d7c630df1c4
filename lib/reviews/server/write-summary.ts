import fs from 'node:fs'
import path from 'node:path'
import PDFDocument from 'pdfkit'
import type { SignedEvent } from '@/lib/audit/server/sign-event'
import type { readQuality } from './get-quality'
import { sayFlag } from './map-quality'
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

const margin = 54
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

/** As the screens have them, in light. */
const colours = { ink: '#101a1c', muted: '#55646a', line: '#d5dcde', accent: '#00575f' }

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
  document.font('text').fontSize(9).fillColor(colours.muted).text('Bailiwick   Report of an access review')
  document
    .moveDown(0.4)
    .font('bold')
    .fontSize(20)
    .fillColor(colours.ink)
    .text(printable(String(campaign.name)))
  const state = String(campaign.state)
  document
    .moveDown(0.2)
    .fontSize(11)
    .fillColor(stateColours[state] ?? colours.ink)
    .text(stateWords[state] ?? state)
  section(document, 'What came of it')
  bar(document, totals.outcomes, totals.items)
  table(document, [
    ['Covers', String(campaign.scopeSays)],
    ['Items', String(totals.items)],
    ['Decided by silence', String(totals.settledBy.silence ?? 0)],
    ...Object.entries(totals.remedies).map(([each, count]) => [remedyWords[each] ?? each, String(count)] as const),
    ['Launched', `${when(campaign.launchedAt)}, by ${String(campaign.launchedBy ?? 'unknown')}`],
    ['Closed', campaign.closedAt ? `${when(campaign.closedAt)}, by ${String(campaign.closedBy)}` : 'not yet'],
    ...(campaign.closedWhy ? [['Why', String(campaign.closedWhy)] as const] : []),
  ])
  section(document, exceptions.length === 0 ? 'Exceptions' : `Exceptions: ${exceptions.length}`)
  if (exceptions.length === 0) plain(document, 'None: everything that was revoked or reduced is proved.')
  table(
    document,
    exceptions
      .slice(0, mostRows)
      .map((each) => [
        `${each.no}. ${each.name}${each.subject ? ` – ${each.subject}` : ''}`,
        [
          `${remedyWords[String(each.state)] ?? each.state}. ${each.says}`,
          each.owner ? `Answered for by ${each.owner} until ${when(each.dueAt)}.` : 'Nobody answers for it.',
          each.reason ?? '',
        ]
          .filter((part) => part !== '')
          .join(' '),
      ]),
  )
  more(document, exceptions.length)
  section(document, 'How it was decided')
  if (quality.length === 0) plain(document, 'Not measured.')
  table(
    document,
    quality
      .slice(0, mostRows)
      .map(({ name, stage, measures, flags, verdict, lookBy }) => [
        `${name}, stage ${stage}`,
        [
          `${measures.decisions} ${measures.decisions === 1 ? 'decision' : 'decisions'}; half of them within ${shown(measures.medianSeconds, '\u00a0s')}; certified ${shown(measures.certifiedPercent, '\u00a0%')}; evidence opened ${shown(measures.openedPercent, '\u00a0%')}; in the last hour ${shown(measures.nearDeadlinePercent, '\u00a0%')}.`,
          ...flags.map((flag) => `Marked: ${sayFlag(flag, measures)}`),
          ...(verdict
            ? [`A second look by ${lookBy}: ${verdict === 'stands' ? 'it stands' : 'to be reviewed again'}.`]
            : []),
        ].join(' '),
      ]),
  )
  more(document, quality.length)
  section(document, 'Signed off by')
  if (signOffs.length === 0) plain(document, 'Nobody.')
  table(
    document,
    signOffs
      .slice(0, mostRows)
      .map(({ by, at, items, stage, decisionsHash, statement }) => [
        by,
        `${items} ${items === 1 ? 'item' : 'items'} of stage ${stage}, ${when(at)}.${statement ? ` “${statement}”` : ''}`,
        decisionsHash,
      ]),
  )
  more(document, signOffs.length)
  // Whoever compares has all of it on one page.
  section(document, 'How to verify it', 230)
  plain(
    document,
    'The report as JSON holds everything, and can be verified away from this installation. Of a closed campaign the hashes, the end of the chain and the key are the same there.',
  )
  document.moveDown(0.3).font('mono').fontSize(9).text('npm run -s review:verify -- report.json').moveDown(0.5)
  table(document, [
    ['Population, SHA-256', '', String(campaign.populationHash)],
    ['Evidence, SHA-256', '', String(campaign.evidenceHash)],
    ['End of the chain of lines', '', seal.head],
    [`Audit event ${seal.event.seq}`, '', seal.event.hash],
    ['Checkpoint', `signed ${when(seal.checkpoint.at)}`, seal.checkpoint.signature],
    ['Key, SHA-256', '', fingerprintOf(seal.publicKey)],
  ])
  numberPages(document, String(campaign.name))
  document.end()
  return done
}

const stateWords: Record<string, string> = {
  closed_effective: 'Closed as effective: everything that was revoked or reduced is proved',
  closed_with_exceptions: 'Closed with exceptions',
  remediating: 'Decided; being carried out',
  verifying: 'Decided; being proved',
}
const stateColours: Record<string, string> = { closed_effective: '#14643f', closed_with_exceptions: '#8a4b08' }
const outcomeWords: Record<string, string> = {
  certify: 'Certified',
  certify_until: 'Certified until a day',
  reduce: 'Reduced',
  revoke: 'Revoked',
  keep: 'Kept, as nobody decided',
}
const outcomeColours: Record<string, string> = {
  certify: '#27916a',
  certify_until: '#3b9fa8',
  reduce: '#4a6fc9',
  revoke: '#d3272f',
  keep: '#8b979b',
}
const remedyWords: Record<string, string> = {
  planned: 'Not begun',
  waiting: 'Waits for a second person',
  running: 'Under way',
  verified: 'Proved gone',
  failed: 'Failed',
  open: 'Somebody has to do it',
  done: 'Done, by a person’s word',
  excepted: 'Stays, with a reason',
}

const shown = (value: number | null, unit: string) =>
  value === null ? 'not measured' : `${Math.round(value * 10) / 10}${unit}`
const when = (at: unknown) =>
  at === null || at === undefined
    ? 'no date'
    : `${new Date(String(at instanceof Date ? at.toISOString() : at)).toISOString().slice(0, 16).replace('T', ' ')} UTC`

const innerWidth = (document: Document) => document.page.width - 2 * margin
const foot = (document: Document) => document.page.height - margin - 12

/** A heading never stands alone at the lower edge. */
function section(document: Document, title: string, needs = 70): void {
  if (document.y + needs > foot(document)) document.addPage()
  document
    .moveDown(1.2)
    .font('bold')
    .fontSize(13)
    .fillColor(colours.ink)
    .text(title, margin, document.y)
    .font('text')
    .fontSize(10)
    .moveDown(0.35)
}

function plain(document: Document, text: string): void {
  document
    .font('text')
    .fontSize(10)
    .fillColor(colours.ink)
    .text(text, margin, document.y, { width: innerWidth(document) })
}

/** The shares of the outcomes as one bar, with the number beside each word. */
function bar(document: Document, outcomes: Readonly<Record<string, number>>, items: number): void {
  const parts = Object.keys(outcomeWords).filter((outcome) => (outcomes[outcome] ?? 0) > 0)
  const [y, width] = [document.y + 2, innerWidth(document)]
  let x = margin
  for (const outcome of parts) {
    const wide = (width * (outcomes[outcome] ?? 0)) / Math.max(1, items)
    document.rect(x, y, Math.max(1, wide - 1), 8).fill(outcomeColours[outcome] ?? colours.muted)
    x += wide
  }
  x = margin
  document.font('text').fontSize(10)
  let line = y + 16
  for (const outcome of parts) {
    const words = `${outcomeWords[outcome]} ${outcomes[outcome]}`
    const wide = document.widthOfString(words) + 26
    if (x + wide > margin + width) [x, line] = [margin, line + 15]
    document.rect(x, line + 3, 7, 7).fill(outcomeColours[outcome] ?? colours.muted)
    document.fillColor(colours.ink).text(words, x + 12, line, { lineBreak: false })
    x += wide
  }
  document.x = margin
  document.y = line + 22
}

/** What and its words side by side, with a code below them where there is one. A row never breaks over two pages. */
function table(document: Document, rows: readonly (readonly [string, string, string?])[]): void {
  const termWidth = 140
  const gap = 14
  const width = innerWidth(document) - termWidth - gap
  for (const [label, value, code] of rows) {
    const [term, words] = [printable(label), printable(value)]
    document.font('text').fontSize(10)
    const height = (text: string, wide: number) => (text === '' ? 0 : document.heightOfString(text, { width: wide }))
    const wordsHeight = height(words, width)
    const termHeight = height(term, termWidth)
    document.font('mono').fontSize(7.5)
    const codeHeight = code ? height(code, width) + 2 : 0
    const total = Math.max(termHeight, wordsHeight + codeHeight)
    if (document.y + total + 8 > foot(document)) document.addPage()
    const y = document.y
    document.font('text').fontSize(10).fillColor(colours.muted).text(term, margin, y, { width: termWidth })
    const left = margin + termWidth + gap
    if (words !== '') document.fillColor(colours.ink).text(words, left, y, { width })
    if (code)
      document
        .font('mono')
        .fontSize(7.5)
        .fillColor(colours.muted)
        .text(code, left, y + wordsHeight + 2, { width })
    const end = y + total + 4
    document
      .moveTo(margin, end)
      .lineTo(document.page.width - margin, end)
      .lineWidth(0.5)
      .stroke(colours.line)
    document.x = margin
    document.y = end + 4
  }
  document.font('text').fontSize(10).fillColor(colours.ink)
}

function more(document: Document, count: number): void {
  if (count > mostRows) plain(document, `And ${count - mostRows} more, in the report as JSON.`)
}

function numberPages(document: Document, name: string): void {
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page)
    const { bottom } = document.page.margins
    document.page.margins.bottom = 0
    const y = document.page.height - 36
    document.font('text').fontSize(8).fillColor(colours.muted)
    document.text(printable(name), margin, y, { width: innerWidth(document) - 60, lineBreak: false, ellipsis: true })
    document.text(`${page + 1} / ${count}`, margin, y, { width: innerWidth(document), align: 'right' })
    document.page.margins.bottom = bottom
  }
}

import { parse } from 'csv-parse/sync'
import { z } from 'zod'
import type { ParsedFile, Refusal } from '../contract'
import { wordTable } from '../word-table'
import { isObject } from './account-export'
import { parseInstant } from './instants'

/** The report as rows, whatever it was wrapped in; columns by their name in lower case. */
export interface ReportFile {
  rows: { at: string; cells: Record<string, string> }[]
  refused: Refusal[]
  /** When AWS made the report, where the file says so. */
  generatedAt?: string
}

const csvTable = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }))
const errors: Record<string, string> = wordTable({
  ReportNotPresent:
    'This is the error answer ReportNotPresent: the account has no credential report. Run `aws iam generate-credential-report`, wait until its State is COMPLETE, then `aws iam get-credential-report`',
  ReportExpired:
    'This is the error answer ReportExpired: the report is older than its four hours. Run `aws iam generate-credential-report` again, then `aws iam get-credential-report`',
  ReportInProgress:
    'This is the error answer ReportInProgress: AWS is still making the report. Wait a few seconds, then run `aws iam get-credential-report` again',
})
const errorAliases: Record<string, string> = wordTable({
  CredentialReportNotPresentException: 'ReportNotPresent',
  CredentialReportExpiredException: 'ReportExpired',
  CredentialReportNotReadyException: 'ReportInProgress',
})

/** True for the report as CSV, as base64 of it, as the API's answer around it, and for the answers given in its stead. */
export function isReportFile(file: ParsedFile): boolean {
  if (file.kind === 'csv') return isReportHeader(file.header) || isEncoded(file.header[0])
  const value = contentOf(file)
  if (isEncoded(value)) return true
  const answer = unwrap(value)
  if (answer === undefined) return false
  if (errorOf(answer) !== undefined || isGenerateAnswer(answer)) return true
  if (typeof answer.Content !== 'string') return false
  const text = decodeContent(answer.Content)
  return isReportHeader(text.slice(0, 4_000).split(/\r?\n/, 1)[0]?.split(',') ?? []) || 'ReportFormat' in answer
}

/** What a file holds that is no table: the answer as JSON or YAML (`--output yaml`), or bare base64. */
function contentOf(file: Exclude<ParsedFile, { kind: 'csv' }>): unknown {
  if (file.kind === 'json') return file.value
  return file.kind === 'text' ? file.text : file.documents[0]?.value
}

function isReportHeader(header: string[]): boolean {
  const names = new Set(header.map(columnName))
  return (
    names.has('arn') &&
    (names.has('password_enabled') || names.has('access_key_1_active') || names.has('user_creation_time'))
  )
}

function columnName(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/^"|"$/g, '')
    .trim()
    .toLowerCase()
}

/** True for base64 whose first line is the header of a report. */
function isEncoded(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/=\s]+$/.test(value.slice(0, 4_000))) return false
  const start = Buffer.from(value.slice(0, 4_000), 'base64').toString('utf8')
  return isReportHeader(start.split(/\r?\n/, 1)[0]?.split(',') ?? [])
}

function unwrap(value: unknown): Record<string, unknown> | undefined {
  if (!isObject(value)) return undefined
  return 'status_code' in value && isObject(value.data) ? value.data : value
}

function errorOf(answer: Record<string, unknown>): string | undefined {
  const code = isObject(answer.Error) && typeof answer.Error.Code === 'string' ? answer.Error.Code : undefined
  return code === undefined ? undefined : errors[errorAliases[code] ?? code]
}

function isGenerateAnswer(answer: Record<string, unknown>): boolean {
  const known = ['State', 'Description', 'ResponseMetadata']
  return (
    /^(STARTED|INPROGRESS|COMPLETE)$/.test(String(answer.State)) &&
    Object.keys(answer).every((key) => known.includes(key))
  )
}

function decodeContent(text: string): string {
  return isEncoded(text) ? Buffer.from(text, 'base64').toString('utf8') : text
}

/** The rows of the report; a file that holds none of them is refused with what to do. */
export function readReportFile(file: ParsedFile): ReportFile {
  if (file.kind === 'csv') {
    if (isEncoded(file.header[0])) {
      const lines = [file.header[0], ...file.rows.map(({ cells }) => Object.values(cells)[0] ?? '')]
      return parseRows(decodeContent(lines.join('')), (line) => `line ${line} of the decoded text`)
    }
    const rows = file.rows.map(({ line, cells }) => ({ at: `line ${line}`, cells: lowerCase(cells) }))
    return { rows, refused: [...file.malformed] }
  }
  const value = contentOf(file)
  if (typeof value === 'string') return parseRows(decodeContent(value), (line) => `$ line ${line}`)
  const answer = unwrap(value)
  const at = answer === value ? '$' : '$.data'
  const error = answer === undefined ? undefined : errorOf(answer)
  if (error !== undefined) return { rows: [], refused: [{ at: `${at}.Error`, reason: error }] }
  if (answer === undefined || typeof answer.Content !== 'string') {
    const reason = 'The answer holds no report. Run `aws iam get-credential-report` and upload what it prints'
    return { rows: [], refused: [{ at, reason }] }
  }
  const report = parseRows(decodeContent(answer.Content), (line) => `${at}.Content line ${line}`)
  return { ...report, generatedAt: parseInstant(answer.GeneratedTime) }
}

function lowerCase(cells: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [columnName(name), value]))
}

function parseRows(text: string, place: (line: number) => string): ReportFile {
  const refused: Refusal[] = []
  let table: z.infer<typeof csvTable>
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true }
    table = csvTable.parse(parse(text, options))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return { rows: [], refused: [{ at: place(1), reason: `The report is not readable CSV: ${reason}` }] }
  }
  const header = table[0]?.record.map(columnName) ?? []
  if (!isReportHeader(header)) {
    return { rows: [], refused: [{ at: place(1), reason: 'The text has not the columns of a credential report' }] }
  }
  const rows: ReportFile['rows'] = []
  for (const { record, info } of table.slice(1)) {
    const at = place(info.lines)
    if (record.length !== header.length) {
      refused.push({ at, reason: `The row has ${record.length} columns, the header has ${header.length}` })
      continue
    }
    rows.push({ at, cells: Object.fromEntries(header.map((name, index) => [name, record[index] ?? ''])) })
  }
  return { rows, refused }
}

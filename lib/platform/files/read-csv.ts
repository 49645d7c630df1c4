import { CsvRecords } from './csv-records'
import type { FileLimits } from './limits'
import { refuseFile } from './refuse-file'

export interface CsvTable {
  header: string[]
  rows: { line: number; cells: Record<string, string> }[]
  malformed: { at: string; reason: string }[]
}

/** The characters that may part the cells, in order of preference. */
export const delimiters = [',', ';', '\t', '|']

/**
 * CSV with a header row (RFC 4180; comma, semicolon, tab or bar). A row that does not fit goes to `malformed` with
 * its line and the reason, and reading goes on at the next line.
 */
export function readCsv(name: string, text: string, limits: FileLimits): CsvTable {
  const stated = /^sep=(.)\r?\n/i.exec(text)
  const records = new CsvRecords(text, stated?.[1] ?? detectDelimiter(text), limits.cellCharacters)
  if (stated !== null) records.skipLine()
  const header = readHeader(name, records, limits)
  const rows: CsvTable['rows'] = []
  const malformed: CsvTable['malformed'] = []
  let malformedCount = 0
  for (let record = records.next(); record !== undefined; record = records.next()) {
    if (rows.length + malformedCount >= limits.rows) {
      throw refuseFile(name, `has more than ${limits.rows.toLocaleString('en')} rows`)
    }
    const { line } = record
    const reason = 'reason' in record ? record.reason : misfit(record.cells.length, header.length)
    if (reason !== undefined || 'reason' in record) {
      malformedCount++
      if (malformed.length < limits.malformedListed) malformed.push({ at: `line ${line}`, reason: reason ?? '' })
      continue
    }
    const cells: Record<string, string> = {}
    for (let i = 0; i < header.length; i++) cells[header[i] ?? ''] = record.cells[i] ?? ''
    rows.push({ line, cells })
  }
  const unlisted = malformedCount - malformed.length
  if (unlisted > 0) malformed.push({ at: 'file', reason: `${unlisted.toLocaleString('en')} more malformed rows` })
  return { header, rows, malformed }
}

function misfit(cells: number, columns: number): string | undefined {
  if (cells === columns) return undefined
  return `has ${cells} ${cells === 1 ? 'cell' : 'cells'} where the header has ${columns}`
}

function readHeader(name: string, records: CsvRecords, limits: FileLimits): string[] {
  const first = records.next()
  if (first === undefined) throw refuseFile(name, 'is empty')
  if ('reason' in first) throw refuseFile(name, `has a header that ${first.reason}`, { line: first.line, column: 1 })
  if (first.cells.length > limits.columns) throw refuseFile(name, `has more than ${limits.columns} columns`)
  const seen = new Set<string>()
  return first.cells.map((cell, index) => {
    const title = cell.trim() || `column ${index + 1}`
    if (title === '__proto__') throw refuseFile(name, 'has a forbidden column name (__proto__)')
    let unique = title
    for (let n = 2; seen.has(unique); n++) unique = `${title} (${n})`
    seen.add(unique)
    return unique
  })
}

/** The delimiter that occurs most often in the first record, outside quotes; a comma when there is none. */
export function detectDelimiter(text: string): string {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]))
  let quoted = false
  for (let i = 0; i < text.length && i < 64 * 1024; i++) {
    const char = text[i] ?? ''
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) break
    else if (!quoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1)
  }
  let best = ','
  for (const [delimiter, count] of counts) if (count > (counts.get(best) ?? 0)) best = delimiter
  return best
}

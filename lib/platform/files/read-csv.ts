import { type CsvRecord, CsvRecords } from './csv-records'
import type { FileLimits } from './limits'
import { refuseFile } from './refuse-file'

export interface CsvTable {
  header: string[]
  rows: { line: number; cells: Record<string, string> }[]
  /** `count`: how many rows an entry that stands for several stands for. */
  malformed: { at: string; reason: string; count?: number }[]
}

/** The characters that may part the cells, in order of preference. */
export const delimiters = [',', ';', '\t', '|']

/**
 * CSV with a header row (RFC 4180; comma, semicolon, tab or bar). A row that does not fit goes to `malformed` with
 * its line and the reason, and reading goes on at the next line.
 */
export function readCsv(name: string, text: string, limits: FileLimits): CsvTable {
  const [table] = readTables(name, text, limits, Number.POSITIVE_INFINITY)
  return table ?? { header: [], rows: [], malformed: [] }
}

/**
 * The same in tables of at most `rowsEach` rows, all with the one header; `more` gives the rest of the text bit by bit. Bad
 * rows are listed up to the limit over all tables and counted in the last one.
 */
export function* readTables(
  name: string,
  text: string,
  limits: FileLimits,
  rowsEach: number,
  more?: () => string | undefined,
): Generator<CsvTable> {
  const stated = /^sep=(.)\r?\n/i.exec(text)
  const records = new CsvRecords(
    text,
    stated?.[1] ?? detectDelimiter(text),
    limits.cellCharacters,
    limits.columns,
    more,
  )
  if (stated !== null) records.skipLine()
  const { header, next } = readHeader(name, records)
  let table: CsvTable = { header, rows: [], malformed: [] }
  let rows = 0
  let malformed = 0
  for (let record = next(); record !== undefined; record = next()) {
    if (rows + malformed >= limits.rows) {
      throw refuseFile(name, `has more than ${limits.rows.toLocaleString('en')} rows`)
    }
    const { line } = record
    const reason = 'reason' in record ? record.reason : misfit(record.cells.length, header.length)
    if (reason !== undefined || 'reason' in record) {
      if (++malformed <= limits.malformedListed) table.malformed.push({ at: `line ${line}`, reason: reason ?? '' })
      continue
    }
    const cells: Record<string, string> = {}
    for (let i = 0; i < header.length; i++) cells[header[i] ?? ''] = record.cells[i] ?? ''
    table.rows.push({ line, cells })
    rows++
    if (table.rows.length < rowsEach) continue
    yield table
    table = { header, rows: [], malformed: [] }
  }
  const count = malformed - limits.malformedListed
  if (count > 0)
    table.malformed.push({ at: 'file', reason: `${count.toLocaleString('en')} more malformed rows`, count })
  if (table.rows.length + table.malformed.length > 0 || rows === 0) yield table
}

function misfit(cells: number, columns: number): string | undefined {
  if (cells === columns) return undefined
  return `has ${cells} ${cells === 1 ? 'cell' : 'cells'} where the header has ${columns}`
}

/** Lines that may stand above the header: the title of a report, when it was made, `#TYPE …` of PowerShell. */
const mostTitleLines = 10

const filled = (record: CsvRecord | undefined) =>
  record === undefined || 'reason' in record ? 0 : record.cells.filter((cell) => cell.trim() !== '').length
const width = (record: CsvRecord | undefined) => (record && 'cells' in record ? record.cells.length : 0)

/**
 * The header and what follows it. Lines of one cell above it are passed over, when after them a line of several cells is
 * followed by one of as many; otherwise the first line is the header.
 */
function readHeader(name: string, records: CsvRecords): { header: string[]; next: () => CsvRecord | undefined } {
  const seen: CsvRecord[] = []
  const look = (no: number) => {
    while (seen.length <= no) {
      const record = records.next()
      if (record === undefined) return undefined
      seen.push(record)
    }
    return seen[no]
  }
  let above = 0
  while (above <= mostTitleLines && filled(look(above)) === 1) above += 1
  const isHeader = filled(look(above)) > 1 && width(look(above)) === width(look(above + 1))
  if (!isHeader || above > mostTitleLines) above = 0
  const first = look(above)
  if (first === undefined) throw refuseFile(name, 'is empty')
  if ('reason' in first) throw refuseFile(name, `has a header that ${first.reason}`, { line: first.line, column: 1 })
  const waiting = seen.slice(above + 1)
  return { header: titlesOf(name, first.cells), next: () => waiting.shift() ?? records.next() }
}

/** The titles of a header, each of them once: empty ones are numbered, repeated ones too. */
export function titlesOf(name: string, cells: readonly string[]): string[] {
  const seen = new Set<string>()
  return cells.map((cell, index) => {
    const title = cell.trim() || `column ${index + 1}`
    if (title === '__proto__') throw refuseFile(name, 'has a forbidden column name (__proto__)')
    let unique = title
    for (let n = 2; seen.has(unique); n++) unique = `${title} (${n})`
    seen.add(unique)
    return unique
  })
}

/** The delimiter that occurs most often in the first record that has one, outside quotes; a comma when there is none. */
export function detectDelimiter(text: string): string {
  const counts = new Map(delimiters.map((delimiter) => [delimiter, 0]))
  let quoted = false
  let lines = 0
  for (let i = 0; i < text.length && i < 64 * 1024; i++) {
    const char = text[i] ?? ''
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) {
      if (++lines > mostTitleLines || [...counts.values()].some((count) => count > 0)) break
    } else if (!quoted && counts.has(char)) counts.set(char, (counts.get(char) ?? 0) + 1)
  }
  let best = ','
  for (const [delimiter, count] of counts) if (count > (counts.get(best) ?? 0)) best = delimiter
  return best
}

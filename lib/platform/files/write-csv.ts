/** A spreadsheet takes what begins with one of these for a formula; some read the full-width forms as the same signs. */
const signs = '=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20'
/** Blanks and quotes before a sign are dropped when a cell is read. */
const begins = `(?=['"\\s]*[${signs}])`
/**
 * Where a guard goes: at the beginning of the cell, and after what other settings take for the end of a cell or line
 * (semicolon, tab, line break), since a file may be opened with those.
 */
const guardedAt = new RegExp(`^${begins}|^(?='*[\\t\\r\\n])|(?<=[;\\t\\r\\n])${begins}`, 'g')
const guards = new RegExp(`^'${begins}|^'(?='*[\\t\\r\\n])|(?<=[;\\t\\r\\n])'${begins}`, 'g')

/** Text that no spreadsheet runs: an apostrophe stands before whatever could begin a formula. */
export function guardFormula(text: string): string {
  return text.replace(guardedAt, "'")
}

/** The text as it was before `guardFormula`. */
export function unguardFormula(text: string): string {
  return text.replace(guards, '')
}

export type Cell = string | number | boolean | null | readonly string[]

/** One record of RFC 4180 with its line end. Texts are guarded, lists joined by semicolons and blanks, null is empty. */
export function writeCsvLine(cells: readonly Cell[]): string {
  return `${cells.map(writeCell).join(',')}\r\n`
}

function writeCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell)
  const text = guardFormula(typeof cell === 'string' ? cell : cell.join('; '))
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

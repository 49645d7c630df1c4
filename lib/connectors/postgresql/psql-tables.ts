export interface Table {
  title: string | undefined
  header: string[]
  rows: { line: number; cells: Record<string, string> }[]
  malformed: { at: string; reason: string }[]
}

const bars = /[|│]/
const rule = /^[\s+|:┌┬┐├┼┤└┴┘─│╔╦╗╠╬╣╚╩╝═-]+$/

/** Every table that psql printed into a text: aligned with any border, unaligned, or expanded (`\x`). */
export function tablesIn(text: string): Table[] {
  const lines = text.split(/\r\n|\n|\r/)
  const tables: Table[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (isRecordHead(line)) {
      const [table, next] = readExpanded(lines, at)
      tables.push(table)
      at = next
    } else if (bars.test(line) && !isRule(line)) {
      const [table, next] = readColumns(lines, at)
      if (table !== undefined) tables.push(table)
      at = next
    } else at += 1
  }
  return tables
}

const isRule = (line: string) => rule.test(line) && /[-─═]{2,}/.test(line)
const isRecordHead = (line: string) => /^\s*[+┌├-]?[-─[]*\[? ?RECORD \d+/.test(line) && line.includes('RECORD')

function titleBefore(lines: string[], at: number): string | undefined {
  for (let before = at - 1; before >= 0 && before >= at - 2; before -= 1) {
    const line = lines[before] ?? ''
    if (line.trim() !== '' && !isRule(line)) return bars.test(line) ? undefined : line.trim()
  }
  return undefined
}

function cellsOf(line: string, isFramed: boolean): string[] {
  const inner = isFramed ? line.trim().replace(/^[|│]/, '').replace(/[|│]$/, '') : line
  return inner.split(bars)
}

/** Aligned and unaligned output: a header, then lines with as many cells. */
function readColumns(lines: string[], at: number): [Table | undefined, number] {
  const head = lines[at] ?? ''
  const isFramed = /^\s*[|│].*[|│]\s*$/.test(head)
  const header = cellsOf(head, isFramed).map((cell) => cell.trim())
  const isAligned = isRule(lines[at + 1] ?? '')
  const table: Table = { title: titleBefore(lines, at), header, rows: [], malformed: [] }
  let next = at + (isAligned ? 2 : 1)
  let open: { line: number; cells: string[] } | undefined
  let continues = false
  const close = () => {
    if (open !== undefined) table.rows.push({ line: open.line, cells: named(header, open.cells) })
    open = undefined
  }
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? ''
    if (line.trim() === '' || /^\(\d+ \S+\)$/.test(line.trim())) break
    if (isRule(line)) continue
    const cells = cellsOf(line, isFramed)
    if (isAligned && cells.length === header.length) {
      if (continues && open !== undefined)
        open.cells = open.cells.map((cell, no) => [cell, clean(cells[no])].filter((part) => part !== '').join('\n'))
      else {
        close()
        open = { line: next + 1, cells: cells.map(clean) }
      }
      continues = cells.some((cell) => /(?:\+|↵)\s*$/.test(cell))
    } else if (!isAligned && cells.length <= header.length) {
      // A line break inside of a cell: what follows belongs to the row before until it is complete.
      const last = open?.cells.length ?? header.length
      if (open !== undefined && last < header.length) {
        const [first = '', ...rest] = cells
        open.cells = [...open.cells.slice(0, -1), `${open.cells.at(-1)}\n${first}`, ...rest]
      } else {
        close()
        open = { line: next + 1, cells }
      }
    } else
      table.malformed.push({
        at: `line ${next + 1}`,
        reason: `The line has ${cells.length} columns, the header ${header.length}`,
      })
  }
  close()
  return [header.length > 1 ? table : undefined, next]
}

function clean(cell: string | undefined): string {
  return (cell ?? '').replace(/(?:\+|↵)\s*$/, '').trim()
}

function named(header: string[], cells: string[]): Record<string, string> {
  return Object.fromEntries(header.map((name, no) => [name, (cells[no] ?? '').trim()]))
}

/** Expanded output: one record after another, a line for each column. */
function readExpanded(lines: string[], at: number): [Table, number] {
  const table: Table = { title: titleBefore(lines, at), header: [], rows: [], malformed: [] }
  let next = at
  let cells: Record<string, string> | undefined
  let last: string | undefined
  for (; next < lines.length; next += 1) {
    const line = lines[next] ?? ''
    if (isRecordHead(line)) {
      cells = {}
      table.rows.push({ line: next + 1, cells })
      continue
    }
    if (line.trim() === '') break
    if (isRule(line) || cells === undefined) continue
    const isFramed = /^\s*[|│].*[|│]\s*$/.test(line)
    const [name = '', ...rest] = cellsOf(line, isFramed)
    const value = clean(rest.join('|'))
    if (name.trim() === '' && last !== undefined)
      cells[last] = [cells[last], value].filter((part) => part !== '').join('\n')
    else {
      last = name.trim()
      cells[last] = value
      if (!table.header.includes(last)) table.header.push(last)
    }
  }
  return [table, next]
}

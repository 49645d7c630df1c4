import { cleanString } from './clean-strings'
import type { FileLimits } from './limits'
import { type CsvTable, titlesOf } from './read-csv'
import { refuseFile } from './refuse-file'

interface Area {
  fromRow: number
  toRow: number
  fromColumn: number
  toColumn: number
}

/** Collects the cells of one sheet and makes a table of them: its header is the first row with more than one cell. */
export class SheetCells {
  #rows = new Map<number, string[]>()
  #areas: Area[] = []
  #width = 0

  constructor(
    private readonly name: string,
    private readonly limits: Pick<FileLimits, 'rows' | 'columns' | 'cellCharacters' | 'values'>,
  ) {}

  /** Rows and columns count from 1. */
  set(row: number, column: number, value: string): void {
    if (value.trim() === '') return
    if (!Number.isInteger(row) || row < 1 || row > 1_048_576)
      throw refuseFile(this.name, 'has a cell outside its sheet')
    if (column > this.limits.columns) throw refuseFile(this.name, `has more than ${this.limits.columns} columns`)
    if (value.length > this.limits.cellCharacters)
      throw refuseFile(
        this.name,
        `has a value longer than ${Math.round(this.limits.cellCharacters / 1024)} kB in row ${row}`,
      )
    const cells = this.#rows.get(row) ?? []
    if (cells.length === 0) {
      if (this.#rows.size > this.limits.rows)
        throw refuseFile(this.name, `has more than ${this.limits.rows.toLocaleString('en')} rows`)
      this.#rows.set(row, cells)
    }
    cells[column - 1] = cleanString(value)
    this.#width = Math.max(this.#width, column)
  }

  /** `A1:C3` */
  merge(reference: string): void {
    const [from, to] = reference.split(':')
    const area = {
      fromRow: rowOf(from),
      toRow: rowOf(to),
      fromColumn: columnOf(from) ?? 0,
      toColumn: columnOf(to) ?? 0,
    }
    if (area.fromRow > 0 && area.fromColumn > 0 && this.#areas.length < 10_000) this.#areas.push(area)
  }

  table(): CsvTable {
    const numbers = [...this.#rows.keys()].sort((a, b) => a - b)
    const headerRow = numbers.find((no) => count(this.#rows.get(no)) > 1) ?? numbers[0]
    if (headerRow === undefined) return { header: [], rows: [], malformed: [] }
    this.#fill(headerRow)
    const header = titlesOf(this.name, padded(this.#rows.get(headerRow), this.#width))
    const rows = numbers
      .filter((no) => no > headerRow)
      .map((line) => {
        const row = this.#rows.get(line) ?? []
        this.#rows.delete(line)
        return { line, cells: Object.fromEntries(header.map((title, index) => [title, row[index] ?? ''])) }
      })
    return { header, rows, malformed: [] }
  }

  /** What a merged cell says holds for every row that it covers, where there is such a row. */
  #fill(headerRow: number): void {
    for (const { fromRow, toRow, fromColumn, toColumn } of this.#areas) {
      const value = this.#rows.get(fromRow)?.[fromColumn - 1]
      if (value === undefined || fromRow <= headerRow) continue
      for (const [no, cells] of this.#rows) {
        if (no < fromRow || no > toRow) continue
        for (let column = fromColumn; column <= Math.min(toColumn, this.#width); column++) cells[column - 1] ??= value
      }
    }
  }
}

const rowOf = (address: string | undefined) => Number(/\d+$/.exec(address ?? '')?.[0] ?? 0)
const count = (cells: string[] | undefined) => (cells ?? []).filter((cell) => cell !== undefined).length
const padded = (cells: string[] | undefined, width: number) =>
  Array.from({ length: width }, (_, index) => cells?.[index] ?? '')

/** 1 for `A`, 27 for `AA`. */
export function columnOf(address: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d*$/.exec(address ?? '')?.[1]
  if (letters === undefined) return undefined
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
}

/** One record with the line on which it begins, or why that line is none. */
export type CsvRecord = { line: number; cells: string[] } | { line: number; reason: string }

const lineBreak = /\r\n|\n|\r/g
const neverClosed = 'has a quote that is never closed'
/** True for a fault that more text may mend. */
const isOpen = (reason: string | undefined) => reason === neverClosed

/**
 * Reads CSV records one after another (RFC 4180). Written here because of what happens after a fault: the record
 * that began on the faulty line is reported and reading resumes on the very next line, so that one stray quote
 * costs one row and never hides, joins or shifts the rows after it.
 */
export class CsvRecords {
  #offset = 0
  #line = 1

  /** `more` gives the next bit of the text, of which only what is being read is kept; `undefined` at its end. */
  constructor(
    private text: string,
    private readonly delimiter: string,
    private readonly cellCharacters: number,
    private readonly mostCells: number,
    private more?: (() => string | undefined) | undefined,
  ) {}

  /** Drops what is read and takes the next bit. False at the end of the text. */
  #extend(): boolean {
    const next = this.more?.()
    if (next === undefined) {
      this.more = undefined
      return false
    }
    this.text = this.text.slice(this.#offset) + next
    this.#offset = 0
    return true
  }

  skipLine(): void {
    lineBreak.lastIndex = this.#offset
    let found = lineBreak.exec(this.text)
    while (found === null || lineBreak.lastIndex >= this.text.length) {
      this.#offset = found?.index ?? this.text.length
      if (!this.#extend()) break
      lineBreak.lastIndex = 0
      found = lineBreak.exec(this.text)
    }
    this.#offset = found === null ? this.text.length : found.index + found[0].length
    this.#line++
  }

  /** The next record that is not a blank line; `undefined` at the end. */
  next(): CsvRecord | undefined {
    while (this.#offset < this.text.length || this.#extend()) {
      const start = this.#offset
      const line = this.#line
      const cells: string[] = []
      const reason = this.#record(cells)
      // What reached the end of the text so far may go on: read it again with what follows.
      if (this.more !== undefined && (this.#offset >= this.text.length || isOpen(reason))) {
        this.#offset = start
        this.#line = line
        this.#extend()
        continue
      }
      if (reason !== undefined) {
        this.#offset = start
        this.#line = line
        this.skipLine()
        return { line, reason }
      }
      if (cells.length > 1 || cells[0] !== '' || this.text[start] === '"') return { line, cells }
    }
    return undefined
  }

  /** Reads cells up to the end of the record; the answer is what is wrong with it. */
  #record(cells: string[]): string | undefined {
    for (;;) {
      const reason = this.text[this.#offset] === '"' ? this.#quoted(cells) : this.#plain(cells)
      if (reason !== undefined) return reason
      const char = this.text[this.#offset]
      if (char === this.delimiter) {
        // One line may be all of a large file.
        if (cells.length >= this.mostCells) return `has more than ${this.mostCells.toLocaleString('en')} cells`
        this.#offset++
        continue
      }
      if (char === '\r' && this.text[this.#offset + 1] === '\n') this.#offset++
      this.#offset++
      this.#line++
      return undefined
    }
  }

  #plain(cells: string[]): string | undefined {
    const from = this.#offset
    let i = from
    for (; i < this.text.length; i++) {
      const code = this.text.charCodeAt(i)
      if (code === 10 || code === 13 || this.text[i] === this.delimiter) break
      if (code === 34) return 'has a quote inside a value that is not quoted'
      if (i - from >= this.cellCharacters) return this.#tooLong()
    }
    cells.push(this.text.slice(from, i))
    this.#offset = i
    return undefined
  }

  #quoted(cells: string[]): string | undefined {
    const from = this.#offset + 1
    let search = from
    for (;;) {
      const quote = this.text.indexOf('"', search)
      if (quote === -1) return this.text.length - from > this.cellCharacters ? this.#tooLong() : neverClosed
      if (quote - from > this.cellCharacters) return this.#tooLong()
      if (this.text[quote + 1] === '"') {
        search = quote + 2
        continue
      }
      const after = this.text[quote + 1]
      if (after !== undefined && after !== this.delimiter && after !== '\n' && after !== '\r') {
        return 'has text after a closing quote'
      }
      const raw = this.text.slice(from, quote)
      this.#line += raw.match(lineBreak)?.length ?? 0
      cells.push(raw.includes('""') ? raw.replaceAll('""', '"') : raw)
      this.#offset = quote + 1
      return undefined
    }
  }

  #tooLong(): string {
    return `has a value longer than ${Math.round(this.cellCharacters / 1024)} kB`
  }
}

/** A piece of SQL: a plain word (as it is written), a quoted name, a text, or a sign. */
export interface Token {
  kind: 'word' | 'name' | 'text' | 'sign'
  value: string
}

export interface Statement {
  line: number
  tokens: Token[]
}

/** A statement of more pieces is a table of data or hostile; only its beginning is kept. */
const mostTokens = 20_000

/**
 * The statements of a script: comments, strings of every kind (`''`, `E'\''`, `$$…$$`), quoted names, psql's own commands (given
 * as a statement that begins with a backslash) and the data of COPY left out. One pass; nothing is thrown.
 */
export function* statementsOf(sql: string): Generator<Statement> {
  const scan = new Scan(sql)
  let tokens: Token[] = []
  let line = 1
  let atomic = 0
  const end = (): Statement => {
    const statement = { line, tokens }
    tokens = []
    atomic = 0
    return statement
  }
  for (;;) {
    const token = scan.next()
    if (token === undefined) break
    if (token === 'command') {
      if (tokens.length > 0) yield end()
      yield { line: scan.tokenLine, tokens: scan.command }
      continue
    }
    if (tokens.length === 0) line = scan.tokenLine
    if (token.kind === 'sign' && token.value === ';' && atomic === 0) {
      const statement = end()
      if (statement.tokens.length > 0) yield statement
      if (isCopy(statement.tokens)) scan.skipData()
      continue
    }
    if (token.kind === 'word') atomic = nesting(atomic, token.value.toUpperCase(), tokens)
    if (tokens.length < mostTokens) tokens.push(token)
  }
  if (tokens.length > 0) yield end()
}

/** How deep inside `BEGIN ATOMIC … END` of a function's body, where a semicolon ends no statement. */
function nesting(depth: number, word: string, before: Token[]): number {
  if (word === 'ATOMIC' && before.at(-1)?.value.toUpperCase() === 'BEGIN') return 1
  if (depth === 0) return 0
  return word === 'CASE' ? depth + 1 : word === 'END' ? depth - 1 : depth
}

function isCopy(tokens: Token[]): boolean {
  return tokens[0]?.value.toUpperCase() === 'COPY' && tokens.at(-1)?.value.toLowerCase() === 'stdin'
}

class Scan {
  #at = 0
  #line = 1
  tokenLine = 1
  command: Token[] = []

  constructor(private readonly sql: string) {}

  next(): Token | 'command' | undefined {
    this.#skipBlank()
    if (this.#at >= this.sql.length) return undefined
    this.tokenLine = this.#line
    const start = this.#at
    const character = this.sql.charAt(start)
    if (character === '\\' && this.#isLineStart()) {
      const written = this.#take(this.#endOfLine())
      this.command = [{ kind: 'word', value: written.split(/\s/, 1)[0] ?? '\\' }, ...wordsOf(written)]
      return 'command'
    }
    if (character === "'") return { kind: 'text', value: this.#quoted(start + 1, "'", false) }
    if (character === '"') return { kind: 'name', value: this.#quoted(start + 1, '"', false) }
    if (/[eE]/.test(character) && this.sql.charAt(start + 1) === "'")
      return { kind: 'text', value: this.#quoted(start + 2, "'", true) }
    if (/[uU]/.test(character) && this.sql.charAt(start + 1) === '&' && /['"]/.test(this.sql.charAt(start + 2))) {
      const quote = this.sql.charAt(start + 2)
      return { kind: quote === '"' ? 'name' : 'text', value: unicode(this.#quoted(start + 3, quote, false)) }
    }
    if (character === '$') {
      const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(this.sql.slice(start, start + 70))?.[0]
      if (tag !== undefined) {
        const close = this.sql.indexOf(tag, start + tag.length)
        const until = close < 0 ? this.sql.length : close
        const value = this.sql.slice(start + tag.length, until)
        this.#take(close < 0 ? until : close + tag.length)
        return { kind: 'text', value }
      }
    }
    const word = /^[\w\u0080-\uffff][\w$\u0080-\uffff]*/.exec(this.sql.slice(start, start + 256))?.[0]
    if (word !== undefined) return { kind: 'word', value: this.#take(start + word.length) }
    return { kind: 'sign', value: this.#take(start + 1) }
  }

  /** After `COPY … FROM stdin;`: everything up to a line of `\.` alone. */
  skipData(): void {
    const end = /^\\\.\r?$/m.exec(this.sql.slice(this.#at))
    this.#take(end === null ? this.sql.length : this.#at + end.index + 2)
  }

  #take(until: number): string {
    const taken = this.sql.slice(this.#at, until)
    for (let at = taken.indexOf('\n'); at >= 0; at = taken.indexOf('\n', at + 1)) this.#line += 1
    this.#at = until
    return taken
  }

  #endOfLine(): number {
    const end = this.sql.indexOf('\n', this.#at)
    return end < 0 ? this.sql.length : end
  }

  #isLineStart(): boolean {
    const before = this.sql.lastIndexOf('\n', this.#at - 1)
    return this.sql.slice(before + 1, this.#at).trim() === ''
  }

  #skipBlank(): void {
    for (;;) {
      const rest = /^\s+/.exec(this.sql.slice(this.#at, this.#at + 256))?.[0]
      if (rest !== undefined) this.#take(this.#at + rest.length)
      else if (this.sql.startsWith('--', this.#at)) this.#take(this.#endOfLine())
      else if (this.sql.startsWith('/*', this.#at)) this.#skipComment()
      else return
    }
  }

  /** Comments of this form nest. */
  #skipComment(): void {
    let depth = 0
    let at = this.#at
    do {
      const open = this.sql.indexOf('/*', at)
      const close = this.sql.indexOf('*/', at)
      if (close < 0) at = this.sql.length
      else if (open >= 0 && open < close) {
        depth += 1
        at = open + 2
      } else {
        depth -= 1
        at = close + 2
      }
    } while (depth > 0 && at < this.sql.length)
    this.#take(at)
  }

  /** Reads up to the closing quote; two quotes are one. */
  #quoted(from: number, quote: string, hasEscapes: boolean): string {
    const parts: string[] = []
    let at = from
    let start = from
    while (at < this.sql.length) {
      const character = this.sql.charAt(at)
      if (hasEscapes && character === '\\') {
        parts.push(this.sql.slice(start, at), escaped(this.sql.charAt(at + 1)))
        at += 2
        start = at
      } else if (character === quote) {
        if (this.sql.charAt(at + 1) !== quote) break
        parts.push(this.sql.slice(start, at + 1))
        at += 2
        start = at
      } else at += 1
    }
    parts.push(this.sql.slice(start, at))
    this.#take(Math.min(at + 1, this.sql.length))
    return parts.join('')
  }
}

function escaped(character: string): string {
  return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[character] ?? character
}

function unicode(written: string): string {
  return written.replaceAll(
    /\\(?:\+([0-9a-f]{6})|([0-9a-f]{4}))/gi,
    (whole, long: string | undefined, short: string | undefined) => {
      const code = Number.parseInt(long ?? short ?? '', 16)
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole
    },
  )
}

/** The words of a psql command after its name; quoted ones without their quotes. */
function wordsOf(command: string): Token[] {
  const found = command.matchAll(/\s("(?:[^"]|"")*"|'(?:[^']|'')*'|\S+)/g)
  return [...found].slice(0, 20).map(([, word = '']) => {
    const quote = word.charAt(0)
    const isQuoted = (quote === '"' || quote === "'") && word.endsWith(quote) && word.length > 1
    return {
      kind: isQuoted ? 'name' : 'word',
      value: isQuoted ? word.slice(1, -1).replaceAll(quote + quote, quote) : word,
    }
  })
}

import type { Token } from './sql-lexer'

/** Reads a statement piece by piece. Names without quotes are lower case, as PostgreSQL takes them. */
export class Cursor {
  #at = 0

  constructor(private readonly tokens: readonly Token[]) {}

  get isAtEnd(): boolean {
    return this.#at >= this.tokens.length
  }

  /** Takes the words if they stand here, whatever their case. */
  take(...words: string[]): boolean {
    const fits = words.every((word, no) => {
      const token = this.tokens[this.#at + no]
      return token?.kind === 'word' && token.value.toUpperCase() === word.toUpperCase()
    })
    if (fits) this.#at += words.length
    return fits
  }

  takeSign(sign: string): boolean {
    const token = this.tokens[this.#at]
    if (token?.kind !== 'sign' || token.value !== sign) return false
    this.#at += 1
    return true
  }

  word(): string | undefined {
    const token = this.tokens[this.#at]
    if (token?.kind !== 'word') return undefined
    this.#at += 1
    return token.value
  }

  /** A text, or a word or number in its place. */
  text(): string | undefined {
    const token = this.tokens[this.#at]
    if (token === undefined || token.kind === 'sign') return undefined
    this.#at += 1
    return token.value
  }

  number(): number | undefined {
    const sign = this.takeSign('-') ? -1 : 1
    const word = this.word()
    const value = Number(word)
    return word === undefined || !Number.isSafeInteger(value) ? undefined : sign * value
  }

  /** One name; psql and old dumps may write `GROUP` before it. */
  name(): string | undefined {
    const token = this.tokens[this.#at]
    if (token?.kind !== 'word' && token?.kind !== 'name') return undefined
    this.#at += 1
    return token.kind === 'name' ? token.value : token.value.toLowerCase()
  }

  /** Names with commas between them. */
  names(): string[] {
    const found: string[] = []
    do {
      const name = this.name()
      if (name === undefined) break
      found.push(name)
    } while (this.takeSign(','))
    return found
  }

  /** `schema.table`, each part as `name` reads it. */
  qualified(): string | undefined {
    const first = this.name()
    if (first === undefined) return undefined
    const parts = [first]
    while (this.takeSign('.')) {
      const next = this.name()
      if (next === undefined) break
      parts.push(next)
    }
    return parts.join('.')
  }

  /** A qualified name with the argument list of a function, as it is written. */
  object(): string | undefined {
    const name = this.qualified()
    return name === undefined ? undefined : `${name}${this.brackets() ?? ''}`
  }

  /** Everything within brackets, as text with them; `undefined` when none opens here. */
  brackets(): string | undefined {
    if (this.tokens[this.#at]?.value !== '(' || this.tokens[this.#at]?.kind !== 'sign') return undefined
    let depth = 0
    let written = ''
    for (; this.#at < this.tokens.length; this.#at += 1) {
      const { kind, value } = this.tokens[this.#at] ?? { kind: 'sign', value: '' }
      if (kind === 'sign') {
        depth += value === '(' ? 1 : value === ')' ? -1 : 0
        written += value === ',' ? ', ' : value
      } else written += `${/[\w"]$/.test(written) ? ' ' : ''}${kind === 'name' ? `"${value}"` : value}`
      if (depth === 0) {
        this.#at += 1
        break
      }
    }
    return written
  }
}

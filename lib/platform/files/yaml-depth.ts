interface Level {
  column: number
  indicator: string
}

/**
 * An upper bound on the nesting of YAML, from its lexemes alone. The parser recurses, and close to the end of the
 * stack V8 may abort the whole process instead of throwing, so nesting is bounded before the parser sees a lexeme.
 */
export class YamlDepth {
  #block: Level[] = []
  #flow = 0
  #colons = 0
  #column = 0
  #lineOpen = true
  #scalarNext = false

  /** Takes the next lexeme and returns the bound at this point. */
  see(lexeme: string): number {
    const wasScalar = this.#scalarNext
    this.#scalarNext = false
    if (lexeme === '\x1f') {
      this.#scalarNext = true
      return this.depth
    }
    if (lexeme === '\x02' || lexeme === '\uFEFF') return this.depth
    if (lexeme === '\x18') this.#flow = 0
    else if (wasScalar) this.#content()
    else this.#indicator(lexeme)
    this.#move(lexeme)
    return this.depth
  }

  get depth(): number {
    return this.#block.length + this.#flow + Math.max(0, this.#colons - 1)
  }

  #indicator(lexeme: string): void {
    const first = lexeme.charCodeAt(0)
    if (lexeme === '---' || lexeme === '...') {
      this.#block = []
      this.#flow = 0
      this.#colons = 0
    } else if (lexeme === '[' || lexeme === '{') {
      this.#content()
      this.#flow++
    } else if (lexeme === ']' || lexeme === '}') this.#flow = Math.max(0, this.#flow - 1)
    else if (lexeme === ',') this.#colons = 0
    else if (lexeme === ':') this.#colons++
    else if (lexeme === '-' || lexeme === '?') {
      if (this.#flow === 0) this.#open(lexeme)
    } else if (first !== 32 && first !== 9 && first !== 10 && first !== 13 && first !== 35) this.#content()
  }

  #content(): void {
    if (this.#flow > 0 || !this.#lineOpen) return
    this.#open('key')
    this.#lineOpen = false
  }

  #open(indicator: string): void {
    for (let top = this.#block.at(-1); top !== undefined; top = this.#block.at(-1)) {
      const listUnderKey = top.column === this.#column && top.indicator === 'key' && indicator === '-'
      if (top.column < this.#column || listUnderKey) break
      this.#block.pop()
    }
    this.#block.push({ column: this.#column, indicator })
  }

  #move(lexeme: string): void {
    const newline = lexeme.lastIndexOf('\n')
    if (newline === -1) {
      this.#column += lexeme.length
      return
    }
    this.#column = lexeme.length - newline - 1
    this.#lineOpen = true
    if (this.#flow === 0) this.#colons = 0
  }
}

import { belowObject, isPlainKey, leadsTo, placeOfEntry } from './json-paths'
import type { Position } from './refuse-file'

/** What is told of a JSON text while it goes by. Bytes are the caller's to keep only after copying them. */
export interface JsonParts {
  /** The lists whose entries are to be told one by one, by their ways. */
  lists: readonly string[]
  /** Bytes that one entry may have. */
  entryBytes: number
  /** One entry of such a list, counted from 0. */
  entry: (path: string, index: number, bytes: Buffer) => void
  /** All that is no entry, in order: valid JSON again, with those lists empty. */
  rest: (bytes: Uint8Array) => void
}

interface Level {
  kind: 'object' | 'entries' | 'holder'
  /** Its way: `runs[].results`. */
  way: string
  /** Where it is: `runs[3].results`. */
  path: string
  key: string
  /** Objects: a key comes next. Lists: an entry may come next. */
  isOpen: boolean
  index: number
}

export class SplitProblem extends Error {
  constructor(
    message: string,
    readonly at?: Position,
  ) {
    super(message)
  }
}

const space = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

/**
 * Takes a JSON text in UTF-8 apart while it is read, keeping no more than one entry: finds where entries begin and end, and
 * leaves it to the reader of each to find what is wrong inside it.
 */
export class JsonSplitter {
  readonly #levels: Level[] = []
  #inner = 0
  #inString = false
  #isEscaped = false
  #isScalar = false
  #entry: Buffer[] | undefined
  #entryBytes = 0
  #key: Buffer[] | undefined
  #hasBegun = false

  constructor(private readonly parts: JsonParts) {}

  push(chunk: Uint8Array): void {
    let from = 0
    const upTo = (end: number) => {
      const bytes = chunk.subarray(from, end)
      from = end
      if (bytes.byteLength === 0) return
      if (this.#entry) this.#keep(bytes)
      else this.parts.rest(bytes)
    }
    let keyFrom = 0
    // The loops below see every byte of a file several times: what they need is in variables of their own.
    let inner = this.#inner
    let inString = this.#inString
    let isEscaped = this.#isEscaped
    const { byteLength } = chunk
    for (let i = 0; i < byteLength; i++) {
      if (inString) {
        for (; i < byteLength; i++) {
          const code = chunk[i]
          if (isEscaped) isEscaped = false
          else if (code === 92) isEscaped = true
          else if (code === 34) break
        }
        if (i >= byteLength) break
        inString = false
        if (this.#key) {
          this.#endKey(chunk.subarray(keyFrom, i))
        } else if (inner === 0 && this.#entry) {
          upTo(i + 1)
          this.#endEntry()
        }
        continue
      }
      const code = chunk[i] ?? 0
      if (inner > 0) {
        if (code === 34) inString = true
        else if (code === 123 || code === 91) inner += 1
        else if (code === 125 || code === 93) {
          inner -= 1
          if (inner === 0 && this.#entry) {
            upTo(i + 1)
            this.#endEntry()
          }
        }
        continue
      }
      if (space(code) && !this.#isScalar) continue
      if (this.#isScalar) {
        if (!space(code) && code !== 44 && code !== 93) continue
        this.#isScalar = false
        upTo(i)
        this.#endEntry()
        if (space(code)) continue
      }
      const level = this.#levels[this.#levels.length - 1]
      if (level === undefined) {
        if (this.#hasBegun) continue
        this.#hasBegun = true
        if (code === 34) inString = true
        else if ((code === 123 || code === 91) && !this.#open(code, '', '')) inner = 1
      } else if (level.kind === 'object') {
        if (code === 34) {
          inString = true
          if (level.isOpen) {
            this.#key = []
            keyFrom = i + 1
          }
        } else if (code === 44) level.isOpen = true
        else if (code === 125) this.#levels.pop()
        else if ((code === 91 || code === 123) && !this.#openMember(level, code)) inner = 1
      } else if (level.kind === 'holder') {
        if (code === 34) inString = true
        else if (code === 44) level.index += 1
        else if (code === 93) this.#levels.pop()
        else if (code === 91 || code === 123) {
          if (!this.#open(code, `${level.way}[]`, `${level.path}[${level.index}]`)) inner = 1
        }
      } else if (code === 44) {
        if (level.isOpen) throw new SplitProblem(`is not valid JSON: a comma too many in ${placeOf(level)}`)
        upTo(i)
        from = i + 1
        level.isOpen = true
      } else if (code === 93) {
        if (level.isOpen && level.index > 0)
          throw new SplitProblem(`is not valid JSON: a comma too many in ${placeOf(level)}`)
        upTo(i)
        this.#levels.pop()
      } else {
        if (!level.isOpen) throw new SplitProblem(`is not valid JSON: a comma is missing in ${placeOf(level)}`)
        upTo(i)
        this.#entry = []
        this.#entryBytes = 0
        if (code === 34) inString = true
        else if (code === 123 || code === 91) inner = 1
        else this.#isScalar = true
      }
    }
    this.#inner = inner
    this.#inString = inString
    this.#isEscaped = isEscaped
    if (this.#key) this.#key.push(Buffer.from(chunk.subarray(keyFrom)))
    upTo(chunk.byteLength)
  }

  /** Throws `SplitProblem` when the text ends too early. */
  end(): void {
    if (this.#levels.length > 0 || this.#inner > 0 || this.#inString || !this.#hasBegun)
      throw new SplitProblem('ends before its JSON does; it is probably truncated')
  }

  /** False when nothing that is wanted lies inside. */
  #openMember(level: Level, code: number): boolean {
    const { key } = level
    return isPlainKey(key) && this.#open(code, belowObject(level.way, key), belowObject(level.path, key))
  }

  #open(code: number, way: string, path: string): boolean {
    const { lists } = this.parts
    const isEntries = code === 91 && lists.includes(way)
    if (!isEntries && !leadsTo(lists, way)) return false
    const kind = isEntries ? 'entries' : code === 91 ? 'holder' : 'object'
    this.#levels.push({ kind, way, path, key: '', isOpen: true, index: 0 })
    return true
  }

  #endKey(bytes: Uint8Array): void {
    const text = Buffer.concat([...(this.#key ?? []), bytes]).toString('utf8')
    this.#key = undefined
    const level = this.#levels[this.#levels.length - 1]
    if (!level) return
    level.key = text
    level.isOpen = false
  }

  #keep(bytes: Uint8Array): void {
    this.#entryBytes += bytes.byteLength
    const level = this.#levels[this.#levels.length - 1]
    if (this.#entryBytes > this.parts.entryBytes && level)
      throw new SplitProblem(`has an entry that is too large to be read by itself, ${placeOf(level)}; split it`)
    this.#entry?.push(Buffer.from(bytes))
  }

  #endEntry(): void {
    const bytes = this.#entry?.length === 1 ? this.#entry[0] : Buffer.concat(this.#entry ?? [])
    this.#entry = undefined
    const level = this.#levels[this.#levels.length - 1]
    if (!level || !bytes) return
    level.isOpen = false
    this.parts.entry(level.path, level.index, bytes)
    level.index += 1
  }
}

const placeOf = ({ path, index }: Level) => placeOfEntry(path, index)

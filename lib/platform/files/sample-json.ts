import { belowObject, isPlainKey } from './json-paths'
import { SplitProblem } from './split-json'

interface Frame {
  isList: boolean
  /** A list that stands in no other one. */
  isOuter: boolean
  way: string | undefined
  key: string
  isKeyNext: boolean
  count: number
}

interface SampleLimits {
  /** Entries that are kept of each list, at any depth. */
  entries: number
  /** Members that are kept of each object but the outermost. */
  members: number
  /** Bytes of what is kept. */
  bytes: number
  /** Bytes up to which also entries from all over the outermost lists are kept. */
  spreadBytes: number
  /** What to throw when that is too little. */
  tooLarge: () => Error
}

const deepestList = 6
const mostLists = 1000

/** Eight entries of each doubling of a list's length: a sample of the whole, however long it will turn out to be. */
export function isSpread(index: number): boolean {
  return index % 2 ** Math.max(0, Math.floor(Math.log2(index)) - 3) === 0
}

/**
 * Shortens a JSON text in UTF-8 while it is read: of every list only the first entries and, where it stands in no other, some of
 * all over it, of every inner object only the first members stay, so that its shape can be seen whatever its size. Notes the ways
 * of all lists on the way.
 */
export class JsonSampler {
  /** The ways of the lists that were met: `''`, `runs[].results`. */
  readonly lists = new Set<string>()
  readonly #taken: Buffer[] = []
  #size = 0
  readonly #frames: Frame[] = []
  #droppedAt = -1
  #inString = false
  #isEscaped = false
  #key: Buffer[] | undefined
  #hasBegun = false

  constructor(private readonly limits: SampleLimits) {}

  push(chunk: Uint8Array): void {
    let from = 0
    let keyFrom = 0
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
        if (this.#key) this.#endKey(chunk.subarray(keyFrom, i))
        continue
      }
      const code = chunk[i] ?? 0
      if (code === 34) {
        this.#hasBegun = true
        inString = true
        const frame = this.#top()
        if (this.#droppedAt < 0 && frame?.isKeyNext === true && frame.way !== undefined) {
          this.#key = []
          keyFrom = i + 1
        }
        if (frame) frame.isKeyNext = false
      } else if (code === 123 || code === 91) {
        this.#hasBegun = true
        this.#open(code === 91)
      } else if (code === 125 || code === 93) {
        if (this.#frames.length === this.#droppedAt) {
          this.#droppedAt = -1
          from = i
        }
        this.#frames.pop()
      } else if (code === 44) {
        const frame = this.#top()
        if (!frame) continue
        frame.count += 1
        frame.isKeyNext = !frame.isList
        if (this.#droppedAt < 0) {
          if (this.#isKept(frame)) continue
          this.#take(chunk.subarray(from, i))
          this.#droppedAt = this.#frames.length
        } else if (this.#droppedAt === this.#frames.length && this.#isKept(frame)) {
          this.#droppedAt = -1
          from = i
        }
      }
    }
    this.#inString = inString
    this.#isEscaped = isEscaped
    if (this.#key) this.#key.push(Buffer.from(chunk.subarray(keyFrom)))
    if (this.#droppedAt < 0) this.#take(chunk.subarray(from))
  }

  /** The shortened text. Throws `SplitProblem` when the text ends too early. */
  end(): Buffer {
    if (this.#frames.length > 0 || this.#inString || !this.#hasBegun)
      throw new SplitProblem('ends before its JSON does; it is probably truncated')
    return Buffer.concat(this.#taken)
  }

  #top(): Frame | undefined {
    return this.#frames[this.#frames.length - 1]
  }

  /** Whether the next entry or member of it stays. */
  #isKept({ isList, isOuter, count }: Frame): boolean {
    if (isList)
      return count < this.limits.entries || (isOuter && this.#size < this.limits.spreadBytes && isSpread(count))
    return this.#frames.length === 1 || count < this.limits.members
  }

  #open(isList: boolean): void {
    const way = this.#frames.length >= deepestList || this.#droppedAt >= 0 ? undefined : this.#way()
    if (isList && way !== undefined && this.lists.size < mostLists) this.lists.add(way)
    const isOuter = isList && !this.#frames.some((frame) => frame.isList)
    this.#frames.push({ isList, isOuter, way, key: '', isKeyNext: !isList, count: 0 })
  }

  #way(): string | undefined {
    const above = this.#top()
    if (!above) return ''
    if (above.way === undefined || above.isList) return above.way === undefined ? undefined : `${above.way}[]`
    return isPlainKey(above.key) ? belowObject(above.way, above.key) : undefined
  }

  #endKey(bytes: Uint8Array): void {
    const frame = this.#top()
    if (frame) frame.key = Buffer.concat([...(this.#key ?? []), bytes]).toString('utf8')
    this.#key = undefined
  }

  #take(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return
    this.#size += bytes.byteLength
    if (this.#size > this.limits.bytes) throw this.limits.tooLarge()
    this.#taken.push(Buffer.from(bytes))
  }
}

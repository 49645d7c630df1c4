import type { ParsedFile } from './contract'

/** Values (keys and elements) of a file up to which it is looked at as it is; also what a sample of a larger one has at most. */
const mostValues = 8_000
/** Entries that are kept of each list: the first of these with which the whole sample stays within its bound. */
const caps = [400, 100, 30, 8, 3]
/** Shapes that are told apart in one list: as many as the largest cap takes. */
const mostShapes = 100
/** Rows of a table. */
const mostRows = 1_000
/** Members of an object that are kept in any case: what a file is stands in the names of its fields. */
const fewMembers = 64
/** Characters from which on a text is looked into, when it holds a recorded answer. */
const longText = 16 * 1024

/**
 * A part of the file by which one can tell what it is, of bounded size whatever the size of the file. Of a long list it keeps an
 * entry of each shape, the first entries and some spread over all of it, those of different shapes first; so also what comes
 * late in a mixed list is seen. A file that is small enough is given back itself.
 */
export function sampleFile(file: ParsedFile): ParsedFile {
  if (file.kind === 'text') return file
  if (file.kind === 'csv')
    return file.rows.length <= mostRows
      ? file
      : {
          ...file,
          rows: placesOf(file.rows.length, mostRows, [])
            .map((at) => file.rows[at])
            .filter((row) => row !== undefined),
        }
  const root = file.kind === 'json' ? file.value : file.documents
  if (isSmall(root)) return file
  const value = sampleOf(root)
  return file.kind === 'json' ? { ...file, value } : { ...file, documents: value as typeof file.documents }
}

/** Stops as soon as there are too many. */
function isSmall(root: unknown): boolean {
  const open: unknown[] = [root]
  let left = mostValues
  while (open.length > 0) {
    const node = open.pop()
    if (isLongAnswer(node)) return false
    if (typeof node !== 'object' || node === null) continue
    const inside: unknown[] = Array.isArray(node) ? node : Object.values(node)
    left -= inside.length
    if (left < 0) return false
    open.push(...inside)
  }
  return true
}

const isLongAnswer = (node: unknown): node is string =>
  typeof node === 'string' && node.length > longText && /^\s*[[{]/.test(node)

function sampleOf(root: unknown): unknown {
  const known = new Map<object | string, unknown>()
  for (const [index, cap] of caps.entries()) {
    const sampler = new Sampler(cap, known)
    const value = sampler.take(root)
    if (!sampler.isFull || index === caps.length - 1) return value
  }
  return root
}

/** Shortens once, with one cap. `known`: what was worked out with the caps before. */
class Sampler {
  private left = mostValues
  private readonly cap: number
  private readonly known: Map<object | string, unknown>

  constructor(cap: number, known: Map<object | string, unknown>) {
    this.cap = cap
    this.known = known
  }

  /** More did not fit in. */
  get isFull(): boolean {
    return this.left <= 0
  }

  take(node: unknown): unknown {
    if (isLongAnswer(node)) return this.answer(node)
    if (typeof node !== 'object' || node === null) return node
    if (Array.isArray(node)) return this.list(node)
    return this.members(node as Record<string, unknown>)
  }

  private list(nodes: unknown[]): unknown[] {
    const kept: unknown[] = []
    for (const at of this.places(nodes, nodes.length, (at) => shapeOf(nodes[at]))) {
      if (--this.left < 0) break
      kept.push(this.take(nodes[at]))
    }
    return kept
  }

  private members(node: Record<string, unknown>): Record<string, unknown> {
    const keys = Object.keys(node)
    const most = Math.max(fewMembers, this.cap)
    const places =
      keys.length <= most
        ? keys.keys()
        : this.places(node, keys.length, (at) => {
            const key = keys[at] ?? ''
            return isPlain(node[key]) ? key.slice(0, 80) : shapeOf(node[key])
          })
    const kept: [string, unknown][] = []
    for (const at of places) {
      const key = keys[at]
      if (key === undefined || --this.left < 0) break
      kept.push([key, this.take(node[key])])
    }
    return Object.fromEntries(kept)
  }

  private answer(body: string): string {
    let value = this.known.get(body)
    if (!this.known.has(body)) {
      value = parsed(body)
      this.known.set(body, value)
    }
    return value === undefined ? body : JSON.stringify(this.take(value))
  }

  private places(holder: object, length: number, shape: (at: number) => string): Iterable<number> {
    if (length <= this.cap) return Array(length).keys()
    let novel = this.known.get(holder) as number[] | undefined
    if (novel === undefined) {
      novel = firstOfEach(length, shape)
      this.known.set(holder, novel)
    }
    return placesOf(length, this.cap, novel)
  }
}

/** Which of so many entries are kept: some of each shape, then the first ones, then some spread to the end. */
function placesOf(length: number, cap: number, novel: readonly number[]): number[] {
  const kept = new Set(novel.slice(0, Math.ceil(cap / 4)))
  const spread = Math.ceil(cap / 4)
  let head = 0
  for (; kept.size < cap - spread && head < length; head++) kept.add(head)
  for (let no = 1; no <= spread; no++) kept.add(head + Math.floor((no * (length - 1 - head)) / spread))
  return [...kept]
}

function firstOfEach(length: number, shape: (at: number) => string): number[] {
  const seen = new Set<string>()
  const first: number[] = []
  for (let at = 0; at < length && first.length < mostShapes; at++) {
    const own = shape(at)
    if (seen.has(own)) continue
    seen.add(own)
    first.push(at)
  }
  return first
}

const isPlain = (value: unknown) => typeof value !== 'object' || value === null

/** Fields whose text says what an entry is. */
const telling = new Set([
  'apiVersion',
  'kind',
  'type',
  'object',
  'assetType',
  'resourceType',
  '@odata.type',
  '@odata.context',
])
const deepest = 3
const mostKeys = 40

/** The names of an entry's fields and of those inside, as one text. */
function shapeOf(value: unknown): string {
  let left = mostKeys
  const shape = (node: unknown, depth: number): string => {
    if (typeof node !== 'object' || node === null) return ''
    if (depth > deepest) return '…'
    if (Array.isArray(node)) return node.length === 0 ? '[]' : `[${shape(node[0], depth + 1)}]`
    let text = '{'
    for (const key in node) {
      if (--left < 0) break
      const child = (node as Record<string, unknown>)[key]
      text += `${key.slice(0, 80)}${typeof child === 'string' && telling.has(key) ? `=${child.slice(0, 80)}` : shape(child, depth + 1)},`
    }
    return `${text}}`
  }
  return shape(value, 0)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

import { isUtf8 } from 'node:buffer'
import { type ByteSource, firstBytes } from './byte-source'
import { type Encoding, findEncoding } from './decode-text'
import { detectKind } from './detect-kind'
import { placeOfEntry, stepsOf } from './json-paths'
import { type FileLimits, formatBytes } from './limits'
import { readTables } from './read-csv'
import { extensionOf, type UploadedFile } from './read-file'
import { parseChecked } from './read-json'
import { refuseFile } from './refuse-file'
import { isSpread, JsonSampler } from './sample-json'
import { scanJson } from './scan-json'
import { JsonSplitter, SplitProblem } from './split-json'

/** A piece of a large file: the file as if this list held only these entries. */
export interface FilePiece {
  /** Where the list is: `''` the file itself, `runs[3].results`. */
  list: string
  /** The number of its first entry in the list, from 0. */
  from: number
  file: UploadedFile
}

/** A file that is not read at once. */
export interface LargeFile {
  /** The file with only the first entries of its lists: enough to see what it is. */
  sample: UploadedFile
  /** The lists that can be told in pieces: `''` the file itself, `runs[].results` a list in each entry of another. */
  lists: readonly string[]
  /** The whole of it, piece by piece of the named lists, with so many bytes to a piece. Each call reads it anew. */
  pieces: (lists: readonly string[], bytes?: number) => Iterable<FilePiece>
}

const headBytes = 1024 * 1024
const pieceBytes = 2 * 1024 * 1024
const pieceRows = 5_000
const sampled = 20
const sampledMembers = 1_000
const spreadBytes = 4 * 1024 * 1024

/**
 * Opens a file that is too large to be read at once. `undefined` when its kind cannot be read piece by piece.
 * @throws AppError `invalid_input`, also while pieces are read
 */
export function openLarge(name: string, source: ByteSource, limits: FileLimits): LargeFile | undefined {
  const head = firstBytes(source, headBytes)
  const encoding = findEncoding(name, head)
  const start = new TextDecoder(encoding).decode(head, { stream: true })
  const kind = detectKind(start, extensionOf(name))
  if (kind === 'csv') return largeCsv(name, source, encoding, limits)
  if (kind !== 'json') return undefined
  const bytes = encoding === 'utf-8' ? withoutMark(source) : inUtf8(name, source, encoding)
  const [line = ''] = start.trimStart().split('\n', 1)
  const isLines = line.trim() !== '' && scanJson(line, limits) === undefined && start.trimStart().length > line.length
  return isLines ? largeLines(name, bytes, limits) : largeJson(name, bytes, limits)
}

function* decoded(name: string, source: ByteSource, encoding: Encoding): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw refuseFile(name, `is not ${encoding.slice(0, 6).toUpperCase()} throughout; save it as UTF-8`)
    }
  }
  for (const chunk of source.chunks()) {
    const text = decode(chunk)
    if (text.includes('\0')) throw refuseFile(name, 'is not text but a binary file')
    yield text
  }
  yield decode()
}

function withoutMark(source: ByteSource): ByteSource {
  return {
    *chunks() {
      let isFirst = true
      for (const chunk of source.chunks()) {
        const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf
        isFirst = false
        yield hasMark ? chunk.subarray(3) : chunk
      }
    },
  }
}

function inUtf8(name: string, source: ByteSource, encoding: Encoding): ByteSource {
  const encoder = new TextEncoder()
  return {
    *chunks() {
      for (const text of decoded(name, source, encoding)) yield encoder.encode(text)
    },
  }
}

function largeCsv(name: string, source: ByteSource, encoding: Encoding, limits: FileLimits): LargeFile {
  const tables = (rows: number) => {
    const texts = decoded(name, source, encoding)
    const next = () => {
      const { value, done } = texts.next()
      return done ? undefined : value
    }
    return readTables(name, next() ?? '', limits, rows, next)
  }
  const [table] = take(tables(1000), 1)
  if (table === undefined) throw refuseFile(name, 'is empty')
  return {
    sample: { kind: 'csv', name, ...table },
    lists: [''],
    *pieces() {
      let from = 0
      for (const part of tables(pieceRows)) {
        yield { list: '', from, file: { kind: 'csv', name, ...part } }
        from += part.rows.length
      }
    },
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const item of items) {
    yield item
    left -= 1
    if (left <= 0) return
  }
}

function largeLines(name: string, source: ByteSource, limits: FileLimits): LargeFile {
  const json = (value: unknown): UploadedFile => ({ kind: 'json', name, value })
  return {
    lists: [''],
    sample: json(sampleLines(name, source, limits)),
    *pieces(_lists, bytes) {
      yield* inPieces('', readLines(name, source, limits), bytes, json)
    },
  }
}

/** The first lines and some of all over the file. */
function sampleLines(name: string, source: ByteSource, limits: FileLimits): unknown[] {
  const values: unknown[] = []
  let index = -1
  let left = spreadBytes
  for (const entry of readLines(name, source, limits, () => ++index < sampled || (left > 0 && isSpread(index)))) {
    values.push(entry.value)
    left -= entry.bytes
  }
  return values
}

interface ReadEntry {
  list: string
  value: unknown
  bytes: number
}

/** `isWanted`: asked for each line that is not blank; the others are passed over unread. */
function* readLines(
  name: string,
  source: ByteSource,
  limits: FileLimits,
  isWanted: () => boolean = () => true,
): Generator<ReadEntry> {
  let line = 0
  let count = 0
  for (const bytes of linesOf(name, source, limits)) {
    line += 1
    if (isBlank(bytes) || !isWanted()) continue
    const text = textOf(name, bytes, `line ${line}`)
    if (text.trim() === '') continue
    const problem = scanJson(text, limits)
    if (problem) throw refuseFile(name, problem.reason, { line, column: problem.offset + 1 })
    if (++count > limits.rows) throw refuseFile(name, `has more than ${limits.rows.toLocaleString('en')} lines`)
    yield { list: '', value: parseChecked(name, text), bytes: bytes.byteLength }
  }
}

const isBlank = (bytes: Uint8Array) => bytes.every((code) => code === 32 || (code >= 9 && code <= 13))

function* linesOf(name: string, source: ByteSource, limits: FileLimits): Generator<Buffer> {
  let open: Uint8Array[] = []
  let size = 0
  for (const chunk of source.chunks()) {
    let from = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...open, chunk.subarray(from, end)])
      open = []
      size = 0
      from = end + 1
    }
    const rest = chunk.slice(from)
    size += rest.byteLength
    if (size > limits.heldBytes) throw refuseFile(name, `has a line of more than ${formatBytes(limits.heldBytes)}`)
    open.push(rest)
  }
  yield Buffer.concat(open)
}

function textOf(name: string, bytes: Buffer, place: string): string {
  if (!isUtf8(bytes)) throw refuseFile(name, `is not UTF-8 in ${place}; save it as UTF-8`)
  return bytes.toString('utf8')
}

/** Gathers entries of one list until they are a piece. */
function* inPieces(
  whole: string,
  entries: Iterable<ReadEntry>,
  most = pieceBytes,
  fileOf: (values: unknown[], list: string) => UploadedFile,
): Generator<FilePiece> {
  const counted = new Map<string, number>()
  let list = whole
  let values: unknown[] = []
  let bytes = 0
  const close = (): FilePiece => {
    const from = counted.get(list) ?? 0
    counted.set(list, from + values.length)
    const piece = { list, from, file: fileOf(values, list) }
    values = []
    bytes = 0
    return piece
  }
  for (const entry of entries) {
    if (entry.list !== list && values.length > 0) yield close()
    list = entry.list
    values.push(entry.value)
    bytes += entry.bytes
    if (bytes >= most) yield close()
  }
  if (values.length > 0 || counted.size === 0) yield close()
}

function largeJson(name: string, source: ByteSource, limits: FileLimits): LargeFile {
  const sampler = new JsonSampler({
    entries: sampled,
    members: sampledMembers,
    bytes: limits.heldBytes,
    spreadBytes,
    tooLarge: () => heldTooMuch(name, limits),
  })
  const sampleText = refusing(name, () => {
    for (const chunk of source.chunks()) sampler.push(chunk)
    return textOf(name, sampler.end(), 'some place')
  })
  const lists = [...sampler.lists]
  let known: { key: string; rest: unknown } | undefined
  // What is wrong with an entry is told with its place.
  if (scanJson(sampleText, limits)) for (const _ of readEntries(name, source, limits, lists.filter(isOutermost)));
  return {
    lists,
    sample: { kind: 'json', name, value: readRest(name, sampleText, limits) },
    *pieces(lists, bytes) {
      const key = lists.join('\n')
      if (known?.key !== key) known = { key, rest: readRest(name, restOf(name, source, limits, lists), limits) }
      const { rest } = known
      const entries = readEntries(name, source, limits, lists)
      yield* inPieces(firstOf(lists), entries, bytes, (values, list) => ({
        kind: 'json',
        name,
        value: placed(rest, stepsOf(list), values),
      }))
    },
  }
}

const isOutermost = (list: string) => !list.includes('[')

/** The list to name when none of them has an entry. */
const firstOf = ([list = '']: readonly string[]) => (list.includes('[') ? '' : list)

function heldTooMuch(name: string, limits: FileLimits) {
  return refuseFile(name, `holds more than ${formatBytes(limits.heldBytes)} outside of its lists; split it`)
}

/** Lines of a text of which parts are left out are not those of the file: only what is wrong is told. */
function readRest(name: string, text: string, limits: FileLimits): unknown {
  const problem = scanJson(text, limits)
  if (problem) throw refuseFile(name, problem.reason)
  return parseChecked(name, text)
}

/** The value with the list put in its place; nothing else of it is copied. */
function placed(rest: unknown, [step, ...below]: readonly (string | number)[], values: unknown[]): unknown {
  if (step === undefined) return Array.isArray(rest) ? values : rest
  if (typeof step === 'number') return Array.isArray(rest) ? rest.with(step, placed(rest[step], below, values)) : rest
  if (typeof rest !== 'object' || rest === null || !Object.hasOwn(rest, step)) return rest
  return { ...rest, [step]: placed((rest as Record<string, unknown>)[step], below, values) }
}

/** The text without the entries of the lists. */
function restOf(name: string, source: ByteSource, limits: FileLimits, lists: readonly string[]): string {
  // In one buffer: between the entries of a long list lie hundreds of thousands of line ends, each told by itself.
  let taken = Buffer.alloc(64 * 1024)
  let size = 0
  const splitter = new JsonSplitter({
    lists,
    entryBytes: limits.heldBytes,
    rest: (bytes) => {
      const end = size + bytes.byteLength
      if (end > limits.heldBytes) throw heldTooMuch(name, limits)
      if (end > taken.byteLength) taken = Buffer.concat([taken], Math.max(end, taken.byteLength * 2))
      taken.set(bytes, size)
      size = end
    },
    entry: () => {},
  })
  refusing(name, () => {
    for (const chunk of source.chunks()) splitter.push(chunk)
    splitter.end()
  })
  return textOf(name, taken.subarray(0, size), 'some place')
}

function* readEntries(
  name: string,
  source: ByteSource,
  limits: FileLimits,
  lists: readonly string[],
): Generator<ReadEntry> {
  let found: { list: string; index: number; bytes: Buffer }[] = []
  const splitter = new JsonSplitter({
    lists,
    entryBytes: limits.heldBytes,
    rest: () => {},
    entry: (list, index, bytes) => found.push({ list, index, bytes }),
  })
  for (const chunk of source.chunks()) {
    refusing(name, () => splitter.push(chunk))
    const ready = found
    found = []
    for (const { list, index, bytes } of ready) {
      const place = placeOfEntry(list, index)
      const text = textOf(name, bytes, place)
      const problem = scanJson(text, limits)
      if (problem) throw refuseFile(name, `${problem.reason}, in ${place}`)
      yield { list, value: parseChecked(name, text), bytes: bytes.byteLength }
    }
  }
}

function refusing<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (problem) {
    if (problem instanceof SplitProblem) throw refuseFile(name, problem.message, problem.at)
    throw problem
  }
}

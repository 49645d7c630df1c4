import { isUtf8 } from 'node:buffer'
import { positionAt, refuseFile, refuseForeign } from './refuse-file'

interface Kind {
  magic: number[]
  /** What it is. */
  what: string
  /** What to do instead, where there is something. */
  advice?: string
}

/** Kinds of file that are easily mistaken for a text export, by their first bytes. */
const binaries: Kind[] = [
  { magic: [0x89, 0x50, 0x4e, 0x47], what: 'a PNG picture' },
  { magic: [0xff, 0xd8, 0xff], what: 'a JPEG picture' },
  { magic: [0x47, 0x49, 0x46, 0x38], what: 'a GIF picture' },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive', advice: 'unpack it first and upload the files inside' },
  { magic: [0x50, 0x4b, 0x05, 0x06], what: 'an empty zip archive' },
  { magic: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Office document', advice: 'save it as CSV in UTF-8' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'a file packed with zstd', advice: 'unpack it first' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'a file packed with xz', advice: 'unpack it first' },
  { magic: [0x42, 0x5a, 0x68], what: 'a file packed with bzip2', advice: 'unpack it first' },
]

/**
 * Bytes to text: UTF-8 with or without a byte order mark, nothing else.
 * Throws `invalid_input` naming the encoding or the place of the first byte that is not UTF-8, and `ForeignFile` for what
 * is no text at all.
 */
export function decodeText(name: string, bytes: Uint8Array): string {
  const kind = binaries.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte))
  if (kind) throw refuseForeign(name, describe(name, kind))
  const encoding = foreignEncoding(bytes)
  if (encoding !== undefined) throw refuseFile(name, `is encoded in ${encoding}; save it as UTF-8`)
  if (bytes.includes(0))
    throw refuseForeign(name, 'is not text but a program, a picture or another kind of binary file')
  if (!isUtf8(bytes)) {
    const text = new TextDecoder('utf-8').decode(bytes)
    const at = positionAt(text, text.indexOf('\uFFFD'))
    throw refuseFile(name, 'is not UTF-8 (it may be Latin-1 or Windows-1252); save it as UTF-8', at)
  }
  return new TextDecoder('utf-8').decode(bytes)
}

/** "is a PNG picture, although its name ends in .json". */
function describe(name: string, { magic, what, advice }: Kind): string {
  if (magic[0] === 0x50 && /\.xlsx$/i.test(name)) return 'is an Excel workbook; save it as CSV in UTF-8'
  const [extension] = /\.(?:json|jsonl|ya?ml|csv|tsv|txt)$/i.exec(name) ?? []
  const although = extension === undefined ? '' : `, although its name ends in ${extension.toLowerCase()}`
  return `is ${what}${although}${advice === undefined ? '' : `; ${advice}`}`
}

function foreignEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe && c === 0 && d === 0) return 'UTF-32'
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'UTF-32'
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return 'UTF-16'
  const sample = bytes.subarray(0, 512)
  let even = 0
  let odd = 0
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  const half = sample.length / 2
  if (sample.length >= 4 && Math.max(even, odd) > half * 0.6 && Math.min(even, odd) < half * 0.1) {
    return 'UTF-16 without a byte order mark'
  }
  return undefined
}

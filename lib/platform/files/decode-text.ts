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
  { magic: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive inside another one', advice: 'unpack it first' },
  { magic: [0x50, 0x4b, 0x05, 0x06], what: 'an empty zip archive' },
  { magic: [0x25, 0x50, 0x44, 0x46], what: 'a PDF document' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: 'an old Office document', advice: 'save it as CSV in UTF-8' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: 'a file packed with zstd', advice: 'unpack it first' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'a file packed with xz', advice: 'unpack it first' },
  { magic: [0x42, 0x5a, 0x68], what: 'a file packed with bzip2', advice: 'unpack it first' },
]

/**
 * Bytes to text: UTF-8 or UTF-16, with or without a byte order mark.
 * Throws `invalid_input` naming the encoding or the place of the first byte that does not fit it, and `ForeignFile` for what
 * is no text at all.
 */
export function decodeText(name: string, bytes: Uint8Array): string {
  const encoding = findEncoding(name, bytes)
  if (encoding !== 'utf-8') return decodeUtf16(name, bytes, encoding)
  if (bytes.includes(0))
    throw refuseForeign(name, 'is not text but a program, a picture or another kind of binary file')
  if (!isUtf8(bytes)) {
    const text = new TextDecoder('utf-8').decode(bytes)
    const at = positionAt(text, text.indexOf('\uFFFD'))
    throw refuseFile(name, 'is not UTF-8 (it may be Latin-1 or Windows-1252); save it as UTF-8', at)
  }
  return new TextDecoder('utf-8').decode(bytes)
}

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** The encoding that the first bytes of a file speak for; throws for what is no text, and for UTF-32. */
export function findEncoding(name: string, bytes: Uint8Array): Encoding {
  const kind = binaries.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte))
  if (kind) throw refuseForeign(name, describe(name, kind))
  const [a, b, c, d] = bytes
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw refuseFile(name, 'is encoded in UTF-32; save it as UTF-8')
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, 512)
  let even = 0
  let odd = 0
  for (let i = 0; i < sample.length; i++) {
    if (sample[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  const half = sample.length / 2
  const isWide = sample.length >= 4 && Math.max(even, odd) > half * 0.6 && Math.min(even, odd) < half * 0.1
  if (!isWide) return 'utf-8'
  return odd > even ? 'utf-16le' : 'utf-16be'
}

function decodeUtf16(name: string, bytes: Uint8Array, encoding: Encoding): string {
  if (bytes.byteLength % 2 === 1) throw refuseFile(name, 'ends inside a character of UTF-16; it is probably truncated')
  const text = new TextDecoder(encoding).decode(bytes)
  const at = text.indexOf('\uFFFD')
  if (at >= 0) throw refuseFile(name, 'is not UTF-16 throughout; save it as UTF-8', positionAt(text, at))
  return text
}

/** "is a PNG picture, although its name ends in .json". */
function describe(name: string, { what, advice }: Kind): string {
  const [extension] = /\.(?:json|jsonl|ya?ml|csv|tsv|txt)$/i.exec(name) ?? []
  const although = extension === undefined ? '' : `, although its name ends in ${extension.toLowerCase()}`
  return `is ${what}${although}${advice === undefined ? '' : `; ${advice}`}`
}

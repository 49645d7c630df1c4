import { isUtf8 } from 'node:buffer'
import { positionAt, refuseFile } from './refuse-file'

/** Kinds of file that are easily mistaken for a text export, by their first bytes. */
const binaries: { magic: number[]; reason: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], reason: 'is a zip archive; unpack it first and upload the files inside' },
  { magic: [0x50, 0x4b, 0x05, 0x06], reason: 'is an empty zip archive' },
  { magic: [0x25, 0x50, 0x44, 0x46], reason: 'is a PDF document, not an export' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], reason: 'is an old Office document; save it as CSV in UTF-8' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], reason: 'is packed with zstd; unpack it first' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], reason: 'is packed with xz; unpack it first' },
  { magic: [0x42, 0x5a, 0x68], reason: 'is packed with bzip2; unpack it first' },
]

/**
 * Bytes to text: UTF-8 with or without a byte order mark, nothing else.
 * Throws `invalid_input` naming the encoding or the place of the first byte that is not UTF-8.
 */
export function decodeText(name: string, bytes: Uint8Array): string {
  const encoding = foreignEncoding(bytes)
  if (encoding !== undefined) throw refuseFile(name, `is encoded in ${encoding}; save it as UTF-8`)
  for (const { magic, reason } of binaries) {
    if (!magic.every((byte, i) => bytes[i] === byte)) continue
    const workbook = magic[0] === 0x50 && /\.xlsx$/i.test(name)
    throw refuseFile(name, workbook ? 'is an Excel workbook; save it as CSV in UTF-8' : reason)
  }
  const text = new TextDecoder('utf-8').decode(bytes)
  const nul = bytes.indexOf(0)
  if (nul !== -1) throw refuseFile(name, 'is a binary file (it holds zero bytes)', positionAt(text, text.indexOf('\0')))
  if (!isUtf8(bytes)) {
    const at = positionAt(text, text.indexOf('\uFFFD'))
    throw refuseFile(name, 'is not UTF-8 (it may be Latin-1 or Windows-1252); save it as UTF-8', at)
  }
  return text
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

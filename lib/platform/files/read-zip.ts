import { crc32 } from 'node:zlib'
import { type ByteSource, partOf, type RangedSource } from './byte-source'
import { type FileLimits, formatBytes } from './limits'
import { refuseFile } from './refuse-file'
import { inflateSource } from './unpack-gzip'

/** A file in an archive, by its cleaned name. */
export interface ZipMember {
  name: string
  /** Its size, as the archive states it; reading a member of another size fails. */
  bytes: number
  source: ByteSource
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5 || bytes[2] === 7)
}

const endMark = 0x06054b50
const entryMark = 0x02014b50
const localMark = 0x04034b50

/** The end of an archive with the longest comment; a directory of more than 8 MB is none of 200 files. */
const endBytes = 22 + 65_535
const directoryBytes = 8 * 1024 * 1024

/**
 * The files of a .zip in the order of its directory; folders and what an operating system adds are left out. Each is
 * read and unpacked only when it is asked for, within the limits; nothing is written anywhere.
 * @throws AppError `invalid_input` when it is damaged, protected by a password or holds too many files
 */
export function readZip(name: string, source: RangedSource, limits: FileLimits): ZipMember[] {
  const damaged = () => refuseFile(name, 'is a damaged or truncated zip archive')
  const tail = viewOf(source, source.size - endBytes, endBytes)
  const end = findEnd(tail)
  if (end === undefined) throw damaged()
  const count = tail.getUint16(end + 10, true)
  const from = tail.getUint32(end + 16, true)
  if (count === 0xffff || from === 0xffffffff)
    throw refuseFile(name, 'is a zip archive of the kind for very large ones (zip64); unpack it and upload the files')
  if (count > limits.archiveFiles)
    throw refuseFile(name, `holds more than ${limits.archiveFiles} files; upload those that are exports`)
  const view = viewOf(source, from, Math.min(tail.getUint32(end + 12, true), directoryBytes))
  let at = 0
  const members = new Map<string, ZipMember>()
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== entryMark) throw damaged()
    const nameLength = view.getUint16(at + 28, true)
    const flags = view.getUint16(at + 8, true)
    if (at + 46 + nameLength > view.byteLength) throw damaged()
    const given = new TextDecoder('utf-8').decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength))
    const facts = {
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      from: view.getUint32(at + 42, true),
    }
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    const cleaned = cleanName(given)
    if (cleaned === undefined) continue
    if ((flags & 1) === 1) throw refuseFile(name, 'is protected by a password; unpack it and upload the files')
    const unique = members.has(cleaned) ? `${cleaned} (${index + 1})` : cleaned
    const member = memberSource(`${name}/${unique}`, source, facts, limits)
    members.set(unique, { name: unique, bytes: facts.unpackedBytes, source: member })
  }
  return [...members.values()]
}

function viewOf(source: RangedSource, at: number, count: number): DataView {
  const { buffer, byteOffset, byteLength } = source.range(Math.max(0, at), count)
  return new DataView(buffer, byteOffset, byteLength)
}

function findEnd(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0; at--) if (view.getUint32(at, true) === endMark) return at
  return undefined
}

/** A member's name as a relative path without anything that leads out of it; `undefined` for what is no file of the user's. */
function cleanName(given: string): string | undefined {
  const steps = given
    .replaceAll('\\', '/')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ')
    .split('/')
    .map((step) => step.trim())
  if (steps.at(-1) === '') return undefined
  const kept = steps.filter((step) => step !== '' && step !== '.' && step !== '..' && !/^[a-z]:$/i.test(step))
  const last = kept.at(-1)
  if (last === undefined || kept[0] === '__MACOSX' || last === '.DS_Store' || last.startsWith('._')) return undefined
  return kept.join('/').slice(0, 200)
}

interface Facts {
  method: number
  checksum: number
  packedBytes: number
  unpackedBytes: number
  from: number
}

function memberSource(
  name: string,
  archive: RangedSource,
  { method, checksum, packedBytes, unpackedBytes, from }: Facts,
  limits: FileLimits,
): ByteSource {
  const packed = () => {
    const head = viewOf(archive, from, 30)
    if (head.byteLength < 30 || head.getUint32(0, true) !== localMark)
      throw refuseFile(name, 'is damaged inside its archive')
    return partOf(archive, from + 30 + head.getUint16(26, true) + head.getUint16(28, true), packedBytes)
  }
  if (method === 8) {
    return {
      chunks: () => inflateSource(name, { source: packed(), checksum, unpackedBytes }, limits).chunks(),
    }
  }
  return {
    *chunks() {
      if (method !== 0) throw refuseFile(name, 'is packed in a way that is not known; pack it with deflate')
      if (unpackedBytes > limits.unpackedBytes)
        throw refuseFile(name, `holds more than ${formatBytes(limits.unpackedBytes)}`)
      let size = 0
      let sum = 0
      for (const chunk of packed().chunks()) {
        size += chunk.byteLength
        sum = crc32(chunk, sum)
        yield chunk
      }
      if (size !== unpackedBytes || sum !== checksum) throw refuseFile(name, 'is damaged inside its archive')
    },
  }
}

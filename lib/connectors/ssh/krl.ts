import { createHash } from 'node:crypto'
import { LiveError } from '../live-error'
import type { SshCertificate } from './certificate'
import { isKeyType, readPublicKey } from './public-key'
import { stringOf, uint64Of, Wire } from './wire'

// A list of revoked keys as sshd reads it (RevokedKeys). It is changed here and not by a program on the server, so that nothing has
// to be run there. https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.krl

const magic = Buffer.from('SSHKRL\n\0', 'latin1')
const [certificates, keys, sha1Prints, signature, sha256Prints] = [1, 2, 3, 4, 5]
const [serialList, serialRange, serialBitmap, keyIds] = [0x20, 0x21, 0x22, 0x23]
/** A bitmap of more bits is not taken apart. */
const bitmapBytes = 64 * 1024

interface Section {
  type: number
  body: Buffer
}

/** `lines`: the other form of the file, a list of public keys, which knows no serials. */
export type Revocations =
  | { form: 'krl'; version: bigint; flags: bigint; reserved: Buffer; comment: Buffer; sections: Section[] }
  | { form: 'lines'; keys: Buffer[]; isEmpty: boolean }

interface Range {
  low: bigint
  high: bigint
}

interface Certificates {
  /** Empty = of every authority. */
  authority: Buffer
  reserved: Buffer
  parts: Section[]
}

/** @throws LiveError `conflict` where it is damaged, of another version or signed */
export function parseRevocations(bytes: Buffer): Revocations {
  if (!bytes.subarray(0, magic.length).equals(magic)) return linesOf(bytes.toString('latin1'))
  try {
    const wire = new Wire(bytes.subarray(magic.length))
    if (wire.uint32() !== 1) throw unreadable('it is of another version than 1')
    const version = wire.uint64()
    wire.uint64()
    const flags = wire.uint64()
    const [reserved, comment] = [wire.string(), wire.string()]
    const sections: Section[] = []
    while (!wire.isAtEnd) sections.push({ type: wire.byte(), body: wire.string() })
    if (sections.some(({ type }) => type === signature)) throw unreadable('it is signed: only its signer can change it')
    return { form: 'krl', version, flags, reserved, comment, sections }
  } catch (error) {
    if (error instanceof RangeError) throw unreadable('it ends early')
    throw error
  }
}

const unreadable = (why: string) => new LiveError('conflict', `The list of revoked keys cannot be read: ${why}.`)

function linesOf(text: string): Revocations {
  const found = text.split('\n').flatMap((line) => {
    const words = line.trim().split(/[ \t]+/)
    const at = words.findIndex(isKeyType)
    const key = at === -1 ? undefined : readPublicKey(words[at] as string, words[at + 1] ?? '')
    return key === undefined ? [] : [key.blob]
  })
  return { form: 'lines', keys: found, isEmpty: text.trim() === '' }
}

function certificatesOf(body: Buffer): Certificates {
  const wire = new Wire(body)
  const [authority, reserved] = [wire.string(), wire.string()]
  const parts: Section[] = []
  while (!wire.isAtEnd) parts.push({ type: wire.byte(), body: wire.string() })
  return { authority, reserved, parts }
}

/** Serials in one part; `undefined` = it holds none, or too large a bitmap. */
function rangesOf({ type, body }: Section): Range[] | undefined {
  const wire = new Wire(body)
  const ranges: Range[] = []
  if (type === serialList)
    while (!wire.isAtEnd) {
      const serial = wire.uint64()
      ranges.push({ low: serial, high: serial })
    }
  else if (type === serialRange) ranges.push({ low: wire.uint64(), high: wire.uint64() })
  else if (type === serialBitmap) {
    const offset = wire.uint64()
    const bitmap = wire.string()
    if (bitmap.length > bitmapBytes) return undefined
    for (const bit of bitsIn(bitmap)) ranges.push({ low: offset + BigInt(bit), high: offset + BigInt(bit) })
  } else return undefined
  return ranges
}

function* bitsIn(bitmap: Buffer): Generator<number> {
  for (let at = bitmap.length - 1; at >= 0; at--)
    for (let bit = 0; bit < 8; bit++) if (((bitmap[at] ?? 0) >> bit) & 1) yield (bitmap.length - 1 - at) * 8 + bit
}

/** Whether a plain key, or an authority, is revoked as a whole. */
export function isKeyRevoked(list: Revocations, blob: Buffer): boolean {
  if (list.form === 'lines') return list.keys.some((key) => key.equals(blob))
  return list.sections.some(({ type, body }) => {
    if (type === keys) return stringsOf(body).some((key) => key.equals(blob))
    const algorithm = type === sha1Prints ? 'sha1' : type === sha256Prints ? 'sha256' : undefined
    if (algorithm === undefined) return false
    const print = createHash(algorithm).update(blob).digest()
    return stringsOf(body).some((known) => known.equals(print))
  })
}

/** How a certificate is revoked, as a sentence part; `undefined` = it is not. */
export function revocationOf(list: Revocations, certificate: SshCertificate): string | undefined {
  if (isKeyRevoked(list, certificate.keyBlob)) return 'its key is revoked'
  if (isKeyRevoked(list, certificate.authorityBlob)) return 'its authority is revoked'
  if (list.form === 'lines') return undefined
  for (const { type, body } of list.sections) {
    if (type !== certificates) continue
    const { authority, parts } = certificatesOf(body)
    if (authority.length > 0 && !authority.equals(certificate.authorityBlob)) continue
    for (const part of parts) {
      if (part.type === keyIds && stringsOf(part.body).some((id) => id.toString() === certificate.keyId))
        return 'its key id is revoked'
      // sshd looks up no serial of 0, which stands for a certificate without one.
      if (certificate.serial === 0n) continue
      if (rangesOf(part)?.some(({ low, high }) => low <= certificate.serial && certificate.serial <= high))
        return 'its serial is revoked'
    }
  }
  return undefined
}

function stringsOf(body: Buffer): Buffer[] {
  const wire = new Wire(body)
  const found: Buffer[] = []
  while (!wire.isAtEnd) found.push(wire.string())
  return found
}

/** The list with one more serial of an authority. Everything else in it stays byte by byte. */
export function withSerial(list: Revocations, certificate: SshCertificate, now: Date): Buffer {
  const krl = changeable(list)
  const body = Buffer.concat([
    stringOf(certificate.authorityBlob),
    stringOf(''),
    partOf({ type: serialList, body: uint64Of(certificate.serial) }),
  ])
  return write({ ...krl, sections: [...krl.sections, { type: certificates, body }] }, now)
}

/** The list without that serial. What else is revoked of the authority stays so. */
export function withoutSerial(list: Revocations, { authorityBlob, serial }: SshCertificate, now: Date): Buffer {
  const krl = changeable(list)
  const sections = krl.sections.flatMap((section): Section[] => {
    if (section.type !== certificates) return [section]
    const { authority, reserved, parts } = certificatesOf(section.body)
    const holds = (part: Section) => rangesOf(part)?.some(({ low, high }) => low <= serial && serial <= high) === true
    if (!parts.some(holds) || (authority.length > 0 && !authority.equals(authorityBlob))) return [section]
    if (authority.length === 0)
      throw new LiveError('conflict', 'The serial is revoked for all authorities at once: take it back at the source.')
    const kept = parts.flatMap((part) => (holds(part) ? without(rangesOf(part) ?? [], serial) : [part]))
    if (kept.length === 0) return []
    const body = Buffer.concat([stringOf(authority), stringOf(reserved), ...kept.map(partOf)])
    return [{ type: certificates, body }]
  })
  return write({ ...krl, sections }, now)
}

function without(ranges: readonly Range[], serial: bigint): Section[] {
  const left = ranges.flatMap(({ low, high }) =>
    low <= serial && serial <= high
      ? [
          { low, high: serial - 1n },
          { low: serial + 1n, high },
        ].filter((range) => range.low <= range.high)
      : [{ low, high }],
  )
  const single = left.filter(({ low, high }) => low === high)
  const wide = left.filter(({ low, high }) => low !== high)
  return [
    ...(single.length > 0 ? [{ type: serialList, body: Buffer.concat(single.map(({ low }) => uint64Of(low))) }] : []),
    ...wide.map(({ low, high }) => ({ type: serialRange, body: Buffer.concat([uint64Of(low), uint64Of(high)]) })),
  ]
}

type Krl = Extract<Revocations, { form: 'krl' }>

function changeable(list: Revocations): Krl {
  if (list.form === 'krl') return list
  if (!list.isEmpty)
    throw new LiveError(
      'conflict',
      'RevokedKeys is a list of public keys, which knows no serials: make it a KRL first.',
    )
  return { form: 'krl', version: 0n, flags: 0n, reserved: Buffer.alloc(0), comment: Buffer.alloc(0), sections: [] }
}

const partOf = ({ type, body }: Section) => Buffer.concat([Buffer.from([type]), stringOf(body)])

function write({ version, flags, reserved, comment, sections }: Krl, now: Date): Buffer {
  const format = Buffer.alloc(4)
  format.writeUInt32BE(1)
  return Buffer.concat([
    ...[magic, format, uint64Of(version + 1n), uint64Of(BigInt(Math.floor(now.getTime() / 1000))), uint64Of(flags)],
    ...[stringOf(reserved), stringOf(comment), ...sections.map(partOf)],
  ])
}

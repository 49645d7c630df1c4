import { bytesOf, type DirectoryEntry, textOf } from './entry'

/** What Active Directory keeps in binary forms of its own. */

/** 100 ns between 1601 and 1970. */
const until1970 = 116_444_736_000_000_000n
/** What stands for never, beside 0. */
const never = 0x7fff_ffff_ffff_ffffn

/** 100 ns since 1601 as an instant; `null` = never; `undefined` = not told. [MS-ADTS] 2.2.1 */
export function fileTime(text: string | undefined): string | null | undefined {
  if (text === undefined || !/^-?\d{1,20}$/.test(text)) return undefined
  const ticks = BigInt(text)
  if (ticks <= 0n || ticks >= never) return null
  const at = new Date(Number((ticks - until1970) / 10_000n))
  return Number.isNaN(at.getTime()) || at.getTime() > 253_402_300_799_000 ? undefined : at.toISOString()
}

/** Bits of userAccountControl. [MS-ADTS] 2.2.16 */
export const accountControl = {
  disabled: 0x2,
  passwordnotreqd: 0x20,
  pwdneverexpires: 0x10000,
  unconstraineddelegation: 0x80000,
  sensitive: 0x100000,
  dontreqpreauth: 0x400000,
  trustedtoauth: 0x1000000,
} as const

export const controlOf = (entry: DirectoryEntry): number | undefined => {
  const text = textOf(entry, 'userAccountControl')
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) >>> 0 : undefined
}

/** A security identifier as text: `S-1-5-21-…`. [MS-DTYP] 2.4.2; `undefined` for bytes that are none. */
export function sidText(bytes: Buffer, at = 0): { sid: string; length: number } | undefined {
  const count = bytes[at + 1] ?? 99
  const length = 8 + count * 4
  if (bytes[at] !== 1 || count > 15 || bytes.length < at + length) return undefined
  const authority = bytes.readUIntBE(at + 2, 6)
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(at + 8 + index * 4))
  return { sid: ['S', 1, authority, ...parts].join('-'), length }
}

export const sidOf = (entry: DirectoryEntry): string | undefined => {
  const [bytes] = bytesOf(entry, 'objectSid')
  return bytes === undefined ? undefined : sidText(bytes)?.sid
}

/** `dc=example,dc=org` is EXAMPLE.ORG. */
export function domainOf(dn: string): string {
  return [...dn.matchAll(/(?:^|,)\s*dc\s*=\s*([^,]+)/gi)]
    .map(([, part]) => part?.trim() ?? '')
    .join('.')
    .toUpperCase()
}

/** Groups that every domain has alike carry the domain's name before their identifier, as other collectors write them. */
export const idOfSid = (sid: string, domain: string) => (sid.startsWith('S-1-5-32-') ? `${domain}-${sid}` : sid)
export const sidOfId = (id: string): string | undefined => /(?:^|-)(S-1-5-[\d-]+\d)$/.exec(id)?.[1]

/** The account whose password signs every ticket of the domain. */
export const isKeyDistributor = (sid: string) => /^S-1-5-21-.*-502$/.test(sid)

/** A password as it is written to unicodePwd: quoted, UTF-16. [MS-ADTS] 3.1.1.3.1.5.1 */
export const unicodePassword = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

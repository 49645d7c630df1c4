import { createHash, randomBytes } from 'node:crypto'
import type { MapContext } from '../contract'
import type { Secret } from '../secret'
import { wordTable } from '../word-table'

/**
 * Values of userPassword (RFC 2307, 5.3; RFC 3112). What no scheme stands before is the password itself, in clear text.
 */

/** Stands in place of a hash that must not fit: OpenLDAP finds the star no base64 and refuses every password. */
const disabledMark = '{SSHA}*disabled*'
/** What is left where the schema demands a password and there shall be none. */
export const emptied = '{SSHA}*none*'

const digests: Record<string, string> = wordTable({
  SSHA: 'sha1',
  SSHA256: 'sha256',
  SSHA384: 'sha384',
  SSHA512: 'sha512',
})

export const isDisabledValue = (stored: string) => stored.startsWith(disabledMark)
export const disabledValue = (stored: string) => `${disabledMark}${stored}`
/** The value as it was before it was disabled. */
export const enabledValue = (stored: string) => (isDisabledValue(stored) ? stored.slice(disabledMark.length) : stored)

/** `SSHA`, `CRYPT`, `ARGON2`; `undefined` = clear text. */
export function schemeOf(stored: string): string | undefined {
  return /^\{([A-Za-z0-9._/-]+)\}/.exec(enabledValue(stored))?.[1]?.toUpperCase()
}

/** Values that are secrets of this directory: not those that hand the question on to another system. */
export function passwordsOf(stored: readonly string[]): string[] {
  return stored.filter((value) => value !== emptied && value !== '' && schemeOf(value) !== 'SASL')
}

/** The id of one password of an entry: by what the directory keeps of it, the same while it is disabled. */
export function passwordId(identity: string, stored: string, { fingerprint }: Pick<MapContext, 'fingerprint'>): string {
  return `${identity}#password:${fingerprint(enabledValue(stored)).slice(0, 16)}`
}

/** For entries whose passwords the connection does not see. */
export const unseenPasswordId = (identity: string) => `${identity}#password`

/**
 * What is kept of a password, made here so that the password itself stands in no operation and no log of the server. In the
 * strongest salted scheme that the entry uses already, since the server understands that; else in the one that all do.
 */
export function hashedPassword(secret: Secret, beside: readonly string[] = [], salt = randomBytes(8)): string {
  const used = beside.map(schemeOf)
  const scheme = ['SSHA512', 'SSHA384', 'SSHA256'].find((known) => used.includes(known)) ?? 'SSHA'
  const digest = createHash(digests[scheme] ?? 'sha1')
    .update(secret.reveal(), 'utf8')
    .update(salt)
    .digest()
  return `{${scheme}}${Buffer.concat([digest, salt]).toString('base64')}`
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { derivedKey } from './derived-key'

/**
 * Encryption of what must be read again, such as the password of a connection: AES-256-GCM with a key of its own for each value,
 * which is wrapped by a key derived from ENCRYPTION_KEY. Both are bound to the place where the value is stored, so that a
 * ciphertext opens there and nowhere else. A new ENCRYPTION_KEY only wraps anew; retired ones still open.
 *
 *     version 1 · key id 8 · wrapped key: nonce 12, key 32, tag 16 · value: nonce 12, text, tag 16   (bytes)
 */
export type Sealed = Uint8Array<ArrayBuffer>

/** Where a sealed value is stored. */
export interface SealedPlace {
  orgId: string
  table: string
  column: string
  row: string
}

const version = 1
const idBytes = 8
const nonceBytes = 12
const keyBytes = 32
const tagBytes = 16
const boxedKeyBytes = nonceBytes + keyBytes + tagBytes
const headBytes = 1 + idBytes
const shortest = headBytes + boxedKeyBytes + nonceBytes + tagBytes

interface RootKey {
  id: Buffer
  key: Buffer
}
/** The current one first. */
let kept: { from: string; roots: RootKey[] } | undefined

function rootKeys(): RootKey[] {
  const { ENCRYPTION_KEY, ENCRYPTION_KEYS_RETIRED } = env()
  const masters = [ENCRYPTION_KEY, ...ENCRYPTION_KEYS_RETIRED]
  const from = masters.join()
  if (kept?.from !== from) {
    const roots = masters.map((text) => {
      const master = Buffer.from(text, 'base64')
      return {
        id: derivedKey(master, 'id of the key of sealed values, version 1').subarray(0, idBytes),
        key: derivedKey(master, 'sealed values, version 1'),
      }
    })
    kept = { from, roots }
  }
  return kept.roots
}

function currentKey(): RootKey {
  const [current] = rootKeys()
  if (!current) throw new Error('there is no encryption key')
  return current
}

const boundTo = ({ orgId, table, column, row }: SealedPlace) =>
  Buffer.from(JSON.stringify([version, orgId, table, column, row]))

function box(key: Buffer, text: Uint8Array, about: Buffer): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(about)
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

function unbox(key: Buffer, boxed: Buffer, about: Buffer): Buffer {
  const [nonce, text, tag] = [
    boxed.subarray(0, nonceBytes),
    boxed.subarray(nonceBytes, -tagBytes),
    boxed.subarray(-tagBytes),
  ]
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    .setAAD(about)
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(text), decipher.final()])
}

/** Encrypts a text for one place. Two calls never give the same bytes. */
export function sealText(text: string, place: SealedPlace): Sealed {
  const about = boundTo(place)
  const own = randomBytes(keyBytes)
  const { id, key } = currentKey()
  const head = Buffer.concat([Buffer.from([version]), id])
  return new Uint8Array(
    Buffer.concat([head, box(key, own, Buffer.concat([head, about])), box(own, Buffer.from(text), about)]),
  )
}

/**
 * The text that was sealed for this very place.
 * @throws AppError `internal` when no configured key made it, or when it was made for another place or changed since
 */
export function openSealed(sealed: Uint8Array, place: SealedPlace): string {
  const { own, value } = unwrap(sealed, place)
  return opening(place, () => unbox(own, value, boundTo(place)).toString('utf8'))
}

/** The same value under the current key; null when it is already. @throws AppError `internal` as `openSealed` */
export function rewrapSealed(sealed: Uint8Array, place: SealedPlace): Sealed | null {
  const { own, root, value } = unwrap(sealed, place)
  const current = currentKey()
  if (root.id.equals(current.id)) return null
  opening(place, () => unbox(own, value, boundTo(place)))
  const head = Buffer.concat([Buffer.from([version]), current.id])
  return new Uint8Array(Buffer.concat([head, box(current.key, own, Buffer.concat([head, boundTo(place)])), value]))
}

function unwrap(sealed: Uint8Array, place: SealedPlace): { own: Buffer; root: RootKey; value: Buffer } {
  const bytes = Buffer.from(sealed)
  if (bytes.length < shortest || bytes[0] !== version) throw unreadable(place, 'it is not of a known form')
  const head = bytes.subarray(0, headBytes)
  const root = rootKeys().find(({ id }) => id.equals(head.subarray(1)))
  if (!root)
    throw unreadable(place, `its key ${head.subarray(1).toString('hex')} is neither ENCRYPTION_KEY nor a retired one`)
  const boxed = bytes.subarray(headBytes, headBytes + boxedKeyBytes)
  const own = opening(place, () => unbox(root.key, boxed, Buffer.concat([head, boundTo(place)])))
  return { own, root, value: bytes.subarray(headBytes + boxedKeyBytes) }
}

function opening<T>(place: SealedPlace, work: () => T): T {
  try {
    return work()
  } catch {
    throw unreadable(place, 'it was changed, or made for another place')
  }
}

function unreadable({ table, column, row }: SealedPlace, why: string): AppError {
  return new AppError(
    'internal',
    'What is stored encrypted cannot be read. Enter the secret again, or restore the key.',
    {
      detail: `sealed value in ${table}.${column} of ${row}: ${why}`,
    },
  )
}

import { hkdfSync } from 'node:crypto'

/** A 32-byte key for one purpose out of a master secret (HKDF-SHA256, RFC 5869): keys of two purposes never meet. */
export function derivedKey(master: string | Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, 'bailiwick', purpose, 32))
}

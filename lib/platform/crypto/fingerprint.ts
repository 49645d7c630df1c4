import { createHmac } from 'node:crypto'
import { env } from '@/lib/platform/env'
import { derivedKey } from './derived-key'

let kept: { master: string; key: Buffer } | undefined

function fingerprintKey(): Buffer {
  const master = env().FINGERPRINT_KEY
  if (kept?.master !== master) {
    kept = { master, key: derivedKey(Buffer.from(master, 'base64'), 'credential fingerprints, version 1') }
  }
  return kept.key
}

/**
 * Recognises a secret without keeping it: `fp1:` and 32 hex digits of an HMAC-SHA256 whose key comes from
 * FINGERPRINT_KEY. Equal secrets have equal fingerprints within one installation; without the key a stolen database
 * cannot be searched for guessed secrets.
 */
export function fingerprint(secret: string): string {
  return `fp1:${createHmac('sha256', fingerprintKey()).update(secret, 'utf8').digest('hex').slice(0, 32)}`
}

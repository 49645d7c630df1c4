import { constants, type KeyObject, verify } from 'node:crypto'
import { wordTable } from '../word-table'
import { bitsOf, type Der, oidOf, partAt, partsOf, tags } from './der'

const hashes: Record<string, string | null> = wordTable({
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  // Ed25519 and Ed448 hash by themselves.
  '1.3.101.112': null,
  '1.3.101.113': null,
})

/**
 * Whether a key signed these bytes. Signatures by SHA-1 or RSA-PSS are not known here and prove nothing.
 * @throws RangeError
 */
export function isSignedBy(key: KeyObject, signed: Der, algorithm: Der, signature: Der): boolean {
  const hash = hashes[oidOf(partAt(partsOf(algorithm), 0, tags.oid))]
  if (hash === undefined) return false
  const isRsa = key.asymmetricKeyType === 'rsa'
  const how = isRsa ? { key, padding: constants.RSA_PKCS1_PADDING } : { key }
  try {
    return verify(hash, signed.whole, how, bitsOf(signature))
  } catch {
    // A key of another kind than the signature.
    return false
  }
}

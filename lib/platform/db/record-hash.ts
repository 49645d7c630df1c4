import { createHash } from 'node:crypto'
import { canonicalize } from 'json-canonicalize'

/** Signed 64-bit hash of a record, as decimal text for a bigint column: the first 8 bytes of SHA-256 over RFC 8785 JSON. */
export function recordHash(record: object): string {
  return createHash('sha256').update(canonicalize(record)).digest().readBigInt64BE(0).toString()
}

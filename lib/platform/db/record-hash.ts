import { hash } from 'node:crypto'

/**
 * A record as RFC 8785 JSON: members sorted by name, nothing between them, numbers and text as ECMAScript writes them.
 * Only what JSON can hold; an `undefined` member is left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  const members = value as Record<string, unknown>
  let text = ''
  for (const name of Object.keys(members).sort()) {
    if (members[name] === undefined) continue
    text += `${text ? ',' : ''}${JSON.stringify(name)}:${canonicalJson(members[name])}`
  }
  return `{${text}}`
}

/** Signed 64-bit hash of a record, as decimal text for a bigint column: the first 8 bytes of SHA-256 over RFC 8785 JSON. */
export function recordHash(record: object): string {
  return hash('sha256', canonicalJson(record), 'buffer').readBigInt64BE(0).toString()
}

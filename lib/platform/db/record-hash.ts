import { hash } from 'node:crypto'

/**
 * A record as RFC 8785 JSON: members sorted by name, nothing between them, numbers and text as ECMAScript writes them.
 * Only what JSON can hold; an `undefined` member is left out.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) {
    let items = ''
    for (const item of value) items += `${items ? ',' : ''}${canonicalJson(item ?? null)}`
    return `[${items}]`
  }
  const members = value as Record<string, unknown>
  // What says itself how it is written, a date, is written so.
  if (typeof members.toJSON === 'function') return canonicalJson(members.toJSON())
  let text = ''
  for (const name of sorted(Object.keys(members))) {
    const member = members[name]
    if (member !== undefined) text += `${text ? ',' : ''}${quoted(name)}:${canonicalJson(member)}`
  }
  return `{${text}}`
}

/** By insertion: a record has few members, and sorting anything otherwise costs more than writing them. */
function sorted(names: string[]): string[] {
  if (names.length > 24) return names.sort()
  for (let at = 1; at < names.length; at++) {
    const name = names[at] ?? ''
    let to = at
    for (; to > 0 && (names[to - 1] ?? '') > name; to--) names[to] = names[to - 1] ?? ''
    names[to] = name
  }
  return names
}

/** Names of members are few and come again and again. */
const quotedNames = new Map<string, string>()
const mostQuoted = 10_000

function quoted(name: string): string {
  const known = quotedNames.get(name)
  if (known !== undefined) return known
  const text = JSON.stringify(name)
  if (quotedNames.size < mostQuoted) quotedNames.set(name, text)
  return text
}

/** Signed 64-bit hash of a record, as decimal text for a bigint column: the first 8 bytes of SHA-256 over RFC 8785 JSON. */
export function recordHash(record: object): string {
  return hashOf(canonicalJson(record)).toString()
}

/** The hash of a record that is RFC 8785 JSON already. */
export function hashOf(canonical: string): bigint {
  // As text: a buffer made for each would cost three times the hash.
  return BigInt.asIntN(64, BigInt(`0x${hash('sha256', canonical, 'hex').slice(0, 16)}`))
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, hashOf, recordHash } from './record-hash'

/** The same, written as RFC 8785 says it. */
function plainly(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(plainly).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${plainly(member)}`).join(',')}}`
}

test('members are in order, however many they are, and say the same when read back', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 40 })), (given) => {
      const value: unknown = JSON.parse(JSON.stringify(given))
      const text = canonicalJson(value)
      expect(text).toBe(plainly(value))
      expect(canonicalJson(JSON.parse(text))).toBe(text)
    }),
  )
})

test('what is left open is left out, and a date is written as JSON writes it', () => {
  expect(canonicalJson({ b: undefined, a: [undefined, 1], at: new Date(0) })).toBe(
    '{"a":[null,1],"at":"1970-01-01T00:00:00.000Z"}',
  )
})

test('the hash is the first 8 bytes of SHA-256, signed', () => {
  // SHA-256 of the text "x" begins with 2d711642b726b044, of {} with 44136fa355b3678a.
  expect(hashOf('x')).toBe(0x2d711642b726b044n)
  expect(recordHash({})).toBe(BigInt.asIntN(64, 0x44136fa355b3678an).toString())
})

import { expect, test } from 'vitest'
import { publicKeyOf } from './client'
import { makeKey } from './make-key'
import { describeKey } from './public-key'

test('every new key is one that the driver reads, and another', () => {
  const keys = Array.from({ length: 40 }, () => publicKeyOf(makeKey()))
  expect(new Set(keys.map(({ fingerprint }) => fingerprint)).size).toBe(40)
  for (const { type, blob, fingerprint } of keys) expect(describeKey(blob, type)).toMatchObject({ fingerprint })
})

import { createHmac, hkdfSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint'

const master = Buffer.alloc(32, 7)

beforeAll(() => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgresql://app:x@db:5432/bailiwick',
    CERBOS_ADDRESS: 'cerbos:3593',
    AUTH_SECRET: 'a'.repeat(32),
    ENCRYPTION_KEY: master.toString('base64'),
    AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
  })
})

describe('fingerprint', () => {
  it('is the keyed hash that its description promises', () => {
    const key = Buffer.from(hkdfSync('sha256', master, 'bailiwick', 'credential fingerprints, version 1', 32))
    const expected = createHmac('sha256', key).update('AKIAIOSFODNN7EXAMPLE').digest('hex').slice(0, 32)
    expect(fingerprint('AKIAIOSFODNN7EXAMPLE')).toBe(`fp1:${expected}`)
  })

  it('differs for every secret and stays for the same one', () => {
    expect(fingerprint('a')).toMatch(/^fp1:[0-9a-f]{32}$/)
    expect(fingerprint('a')).toBe(fingerprint('a'))
    expect(new Set(['a', 'b', 'a ', 'A', ''].map(fingerprint)).size).toBe(5)
  })
})

import { createHmac, hkdfSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const master = Buffer.alloc(32, 7)

const settings = {
  DATABASE_URL: 'postgresql://app:x@db:5432/bailiwick',
  CERBOS_ADDRESS: 'cerbos:3593',
  AUTH_SECRET: 'a'.repeat(32),
  ENCRYPTION_KEY: master.toString('base64'),
  AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
}

let fingerprint: typeof import('./fingerprint').fingerprint

// The environment is read once: another test file in this process may have read its own.
beforeAll(async () => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  vi.resetModules()
  fingerprint = (await import('./fingerprint')).fingerprint
})
afterAll(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
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
    expect(new Set(['a', 'b', 'a ', 'A', ''].map((text) => fingerprint(text))).size).toBe(5)
  })
})

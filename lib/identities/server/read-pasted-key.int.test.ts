import { beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { testDatabase } from '@/lib/platform/testing/database'
import { readPastedKey } from './read-pasted-key'

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYzq0v4Example'

beforeAll(() => testDatabase())

describe('a pasted key', () => {
  it.each([
    secret,
    `  ${secret}\n`,
    `"${secret}"`,
    `'${secret}',`,
    `Bearer ${secret}`,
    `Authorization: Bearer ${secret}`,
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `export AWS_SECRET_ACCESS_KEY="${secret}"`,
    `aws_secret_access_key: ${secret}`,
  ])('is recognised in %j', (text) => {
    const key = readPastedKey(text)
    expect(key.fingerprints).toContain(fingerprint(secret))
    expect(key.lastFour).toBe('mple')
    expect(JSON.stringify(key)).not.toContain(secret.slice(0, 12))
  })

  it('is recognised as a file with a line end, or as it was pasted', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----'
    expect(readPastedKey(pem).fingerprints).toContain(fingerprint(`${pem}\n`))
    expect(readPastedKey(pem).lastFour).toBeNull()
    expect(readPastedKey(' a secret with blanks ').fingerprints).toContain(fingerprint(' a secret with blanks '))
  })

  it('tells its public name, and no end of what is short', () => {
    expect(readPastedKey('AKIAIOSFODNN7EXAMPLE').publicId).toBe('AKIAIOSFODNN7EXAMPLE')
    expect(readPastedKey(`bwk_0123abcd_${'x'.repeat(43)}`).publicId).toBe('bwk_0123abcd')
    expect(readPastedKey('hunter2')).toMatchObject({ publicId: null, lastFour: null })
  })
})

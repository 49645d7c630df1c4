import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor'

const position = z.tuple([z.string().nullable(), z.uuid()])
const id = '0190b8f6-7b3c-7cc2-9d0a-3f1f7a1e2b4d'
const list = 'identities:name:asc:org-1'

beforeAll(async () => {
  const { generateKeyPairSync } = await import('node:crypto')
  const { privateKey } = generateKeyPairSync('ed25519')
  Object.assign(process.env, {
    DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d',
    CERBOS_ADDRESS: '127.0.0.1:1',
    AUTH_SECRET: 'x'.repeat(32),
    ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    AUDIT_SIGNING_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  })
})

describe('cursors', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'binary' })), (name) => {
        expect(decodeCursor(list, encodeCursor(list, [name, id]), position)).toEqual([name, id])
      }),
    )
  })

  it('are refused after any edit', () => {
    const cursor = encodeCursor(list, ['billing', id])
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'AZaz09-_='), (at, letter) => {
        const edited = cursor.slice(0, at) + letter + cursor.slice(at + 1)
        if (edited === cursor) return
        expect(() => decodeCursor(list, edited, position)).toThrow(/does not belong/)
      }),
    )
    for (const edited of ['', 'A', cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, '../../etc/passwd', '\u0000']) {
      expect(() => decodeCursor(list, edited, position)).toThrow(/does not belong/)
    }
  })

  it('are refused by another sort, another organization and another shape', () => {
    const cursor = encodeCursor(list, ['billing', id])
    expect(() => decodeCursor('identities:name:desc:org-1', cursor, position)).toThrow(/does not belong/)
    expect(() => decodeCursor('identities:name:asc:org-2', cursor, position)).toThrow(/does not belong/)
    expect(() => decodeCursor(list, cursor, z.tuple([z.number()]))).toThrow(/does not belong/)
  })

  it('name the field that is wrong', () => {
    expect(() => decodeCursor(list, 'x', position)).toThrow(
      expect.objectContaining({ code: 'invalid_input', fields: { cursor: expect.any(String) } }),
    )
  })
})

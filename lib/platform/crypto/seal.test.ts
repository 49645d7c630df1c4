import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseEnv } from '@/lib/platform/env'

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64')
const settings = {
  DATABASE_URL: 'postgresql://app:x@db:5432/bailiwick',
  CERBOS_ADDRESS: 'cerbos:3593',
  AUTH_SECRET: 'a'.repeat(32),
  AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g',
}
const place = { orgId: 'org-1', table: 'live_connection', column: 'secrets', row: 'row-1' }
const text = 'a password with ü and \u0000'

/** The module as a process with these keys has it. */
async function withKeys(current: number, retired: number[] = []) {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value)
  vi.stubEnv('ENCRYPTION_KEY', keyOf(current))
  vi.stubEnv('ENCRYPTION_KEYS_RETIRED', retired.map(keyOf).join(', '))
  vi.resetModules()
  return import('./seal')
}

let seal: Awaited<ReturnType<typeof withKeys>>
beforeEach(async () => {
  seal = await withKeys(1)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

describe('a sealed value', () => {
  it('opens at its place and is never twice the same', () => {
    const [one, two] = [seal.sealText(text, place), seal.sealText(text, place)]
    expect(seal.openSealed(one, place)).toBe(text)
    expect(seal.openSealed(two, place)).toBe(text)
    expect(Buffer.from(one).equals(Buffer.from(two))).toBe(false)
    expect(Buffer.from(one).includes('password')).toBe(false)
    expect(seal.openSealed(seal.sealText('', place), place)).toBe('')
  })

  it.each(Object.keys(place) as (keyof typeof place)[])('does not open with another %s', (key) => {
    const sealed = seal.sealText(text, place)
    expect(() => seal.openSealed(sealed, { ...place, [key]: 'another' })).toThrow(/cannot be read/)
    expect(() => seal.rewrapSealed(sealed, { ...place, [key]: 'another' })).toThrow(/cannot be read/)
  })

  it('does not open when any bit of it was changed, or its end is missing', () => {
    const sealed = seal.sealText(text, place)
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = new Uint8Array(sealed)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      expect(() => seal.openSealed(changed, place), `byte ${at}`).toThrow(/cannot be read/)
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => seal.openSealed(sealed.slice(0, length), place), `${length} bytes`).toThrow(/cannot be read/)
  })

  it('does not open with the key of one and the text of another, though both are of one place', () => {
    const [one, two] = [seal.sealText('first', place), seal.sealText('other', place)]
    expect(() => seal.openSealed(new Uint8Array([...one.slice(0, 69), ...two.slice(69)]), place)).toThrow(
      /cannot be read/,
    )
  })
})

describe('a new key', () => {
  it('opens what a retired one made, wraps it anew, and then needs the retired one no more', async () => {
    const old = seal.sealText(text, place)
    expect(seal.rewrapSealed(old, place)).toBeNull()

    const between = await withKeys(2, [9, 1])
    expect(between.openSealed(old, place)).toBe(text)
    const fresh = between.rewrapSealed(old, place)
    expect(fresh).not.toBeNull()
    expect(between.rewrapSealed(fresh ?? old, place)).toBeNull()

    const after = await withKeys(2)
    expect(after.openSealed(fresh ?? old, place)).toBe(text)
    expect(() => after.openSealed(old, place)).toThrow(/cannot be read/)
  })

  it('says in the log, not to the user, that the key of a value is not configured', async () => {
    const old = seal.sealText(text, place)
    const after = await withKeys(2)
    expect(() => after.openSealed(old, place)).toThrow(
      expect.objectContaining({
        code: 'internal',
        detail: expect.stringMatching(/neither ENCRYPTION_KEY nor a retired one/),
      }),
    )
  })

  it('leaves fingerprints alone where FINGERPRINT_KEY is the former one', async () => {
    const before = (await import('./fingerprint')).fingerprint('AKIAIOSFODNN7EXAMPLE')
    await withKeys(2, [1])
    expect((await import('./fingerprint')).fingerprint('AKIAIOSFODNN7EXAMPLE')).not.toBe(before)
    vi.stubEnv('FINGERPRINT_KEY', keyOf(1))
    vi.resetModules()
    expect((await import('./fingerprint')).fingerprint('AKIAIOSFODNN7EXAMPLE')).toBe(before)
  })
})

it('wants every retired key to be a key', () => {
  const given = { ...settings, ENCRYPTION_KEY: keyOf(1) }
  expect(
    parseEnv({ ...given, ENCRYPTION_KEYS_RETIRED: `${keyOf(2)},${keyOf(3)}` }).ENCRYPTION_KEYS_RETIRED,
  ).toHaveLength(2)
  expect(parseEnv(given).ENCRYPTION_KEYS_RETIRED).toEqual([])
  expect(() => parseEnv({ ...given, ENCRYPTION_KEYS_RETIRED: `${keyOf(2)},short` })).toThrow(/ENCRYPTION_KEYS_RETIRED/)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiKeyRecords, expiryProblem, type KeyFacts, keyState, privilegeOf, scopeMeanings } from './rules'
import { CreateApiKeyInput, knownScopes } from './schema'

const now = Date.UTC(2026, 5, 1)
const dayMs = 86_400_000

const key: KeyFacts = {
  id: '0197f000-0000-7000-8000-000000000001',
  name: 'deploy-bot',
  prefix: 'bwk_3f9a1c2e',
  lastFour: 'Zx9_',
  scopes: ['inventory:read', 'imports:write'],
  ownerEmail: 'ana@example.com',
  createdAt: new Date(now),
  expiresAt: new Date(now + 90 * dayMs),
  lastUsedAt: null,
  revokedAt: null,
}
const org = { slug: 'demo', name: 'Demo' }

describe('keyState', () => {
  it('dies at its expiry and by revocation', () => {
    expect(keyState(key, now + 90 * dayMs - 1)).toBe('active')
    expect(keyState(key, now + 90 * dayMs)).toBe('expired')
    expect(keyState({ ...key, revokedAt: new Date(now) }, now)).toBe('revoked')
  })
})

describe('expiryProblem', () => {
  it('takes up to 365 days', () => {
    expect(expiryProblem(now + 365 * dayMs, now)).toBeUndefined()
    expect(expiryProblem(now + 366 * dayMs, now)).toMatch(/365/)
    expect(expiryProblem(now, now)).toMatch(/future/)
  })
})

describe('privilegeOf', () => {
  it('is that of the strongest scope', () => {
    expect(privilegeOf(['inventory:read', 'audit:read'])).toBe('read')
    expect(privilegeOf(['inventory:read', 'imports:write'])).toBe('write')
    expect(privilegeOf(['settings:write', 'audit:read'])).toBe('admin')
    expect(privilegeOf(['retired:scope'])).toBe('read')
  })

  it('never falls when a scope is added', () => {
    const order = ['read', 'write', 'secret_read', 'admin']
    const scopes = fc.subarray([...knownScopes])
    fc.assert(
      fc.property(scopes, fc.constantFrom(...knownScopes), (held, more) => {
        expect(order.indexOf(privilegeOf([...held, more]))).toBeGreaterThanOrEqual(order.indexOf(privilegeOf(held)))
      }),
    )
  })

  it('knows every scope', () => expect(Object.keys(scopeMeanings).sort()).toEqual([...knownScopes].sort()))
})

describe('apiKeyRecords', () => {
  it('makes identity, credential and entitlement of a living key', () => {
    const records = apiKeyRecords([key], org)
    expect(records.map((record) => record.type)).toEqual(['resource', 'identity', 'credential', 'entitlement'])
    expect(records[1]).toMatchObject({ kind: 'api_client', name: 'deploy-bot', status: 'active', lastUsedAt: null })
    expect(records[2]).toMatchObject({ credentialType: 'api_key', lastFour: 'Zx9_', status: 'active' })
    expect(records[3]).toMatchObject({ privilege: 'write', scopes: ['imports:write', 'inventory:read'], scopeCount: 2 })
  })

  it('leaves a revoked key without access', () => {
    const records = apiKeyRecords([{ ...key, revokedAt: new Date(now) }], org)
    expect(records.find((record) => record.type === 'identity')).toMatchObject({
      status: 'disabled',
      description: expect.stringContaining('reaches nothing now'),
      attributes: { formerScopes: [...key.scopes].sort() },
    })
    expect(records.map((record) => record.type)).toEqual(['resource', 'identity', 'credential'])
    expect(records.slice(1).map((record) => 'status' in record && record.status)).toEqual(['disabled', 'disabled'])
  })

  it('says the same of the same keys, whatever the order of their scopes', () => {
    const turned = { ...key, scopes: [...key.scopes].reverse() }
    expect(apiKeyRecords([turned], org)).toEqual(apiKeyRecords([key], org))
  })
})

describe('CreateApiKeyInput', () => {
  const input = { name: 'ci', scopes: ['audit:read'], expiresAt: '2026-09-01T00:00:00Z' }

  it.each([
    ['an unknown scope', { ...input, scopes: ['everything'] }],
    ['no scope', { ...input, scopes: [] }],
    ['a scope twice', { ...input, scopes: ['audit:read', 'audit:read'] }],
    ['no expiry', { ...input, expiresAt: undefined }],
    ['a chosen owner', { ...input, ownerId: key.id }],
  ])('refuses %s', (_what, given) => expect(CreateApiKeyInput.safeParse(given).success).toBe(false))

  it('takes a plain one', () => expect(CreateApiKeyInput.safeParse(input).success).toBe(true))
})

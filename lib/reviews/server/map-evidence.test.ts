import { describe, expect, it } from 'vitest'
import { evidenceFields, instantOf, parseEvidence } from './map-evidence'

const valuesOf = (part: keyof typeof evidenceFields, given: Record<string, string>) =>
  evidenceFields[part].map((name) => given[name] ?? null)

const frozen = {
  form: 2,
  is: valuesOf('is', {
    ...{
      id: 'i1',
      name: '2026-01-01T00:00:00+00:00',
      kind: 'bot',
      status: 'active',
      firstSeenAt: '2026-01-02 03:04:05.678+00',
    },
    ...{
      privilege: 'admin',
      grantCount: '12',
      score: '7.5',
      identities: '3',
      systems: '1',
      hours: '8760',
      isUnbounded: 'true',
    },
    ...{
      credentialCount: '1',
      neverExpires: 'true',
      usage: 'never',
      neverUsed: 'true',
      dependentCount: '0',
      sightingCount: '3',
    },
    recommendation: 'revoke',
  }),
  owners: [valuesOf('owners', { key: 'user:u', label: 'Ana "A" Nowak', confirmedAt: '2026-01-01 00:00:00+00' })],
  grants: [
    valuesOf('grants', {
      entitlementId: 'e1',
      to: 'vault',
      scopes: '["a","b, \\"c\\""]',
      scopeCount: '2',
      effect: 'deny',
    }),
  ],
  held: [valuesOf('held', { id: 'c1', neverExpires: 'false', expiresAt: '2027-06-01 12:00:00+00' })],
  dependents: [],
  previous: valuesOf('previous', { campaignId: 'k', item: '4', outcome: 'certify', at: '2025-12-31 23:59:59.999+00' }),
  credential: null,
  entitlement: null,
  reasons: ['It was never used.'],
  problems: [['usage', 'It is not in use.']],
}

describe('frozen evidence', () => {
  const evidence = parseEvidence(JSON.stringify(frozen))

  it('has each value under its name and in its type', () => {
    expect(evidence.identity).toMatchObject({ id: 'i1', firstSeenAt: '2026-01-02T03:04:05.678Z', issuedAt: null })
    expect(evidence.access).toMatchObject({ privilege: 'admin', grantCount: 12 })
    expect(evidence.access.grants[0]).toMatchObject({
      to: 'vault',
      scopes: ['a', 'b, "c"'],
      scopeCount: 2,
      isAllow: false,
    })
    expect(evidence.dependents).toEqual({ count: 0, listed: [], sightings: 3 })
    expect(evidence.reach).toEqual({ score: 7.5, identities: 3, systems: 1, hours: 8760, isUnbounded: true })
    expect(evidence.credentials).toMatchObject({ count: 1, neverExpires: true, oldestAt: null })
    expect(evidence.credentials.held[0]).toMatchObject({ neverExpires: false, expiresAt: '2027-06-01T12:00:00.000Z' })
    expect(evidence.owners).toEqual([
      { key: 'user:u', label: 'Ana "A" Nowak', duty: null, state: null, confirmedAt: '2026-01-01T00:00:00.000Z' },
    ])
    expect(evidence.previous).toMatchObject({ item: 4, outcome: 'certify', at: '2025-12-31T23:59:59.999Z' })
    expect(evidence.problems).toEqual([{ rule: 'usage', says: 'It is not in use.' }])
  })

  it('leaves a name that looks like an instant as it is', () =>
    expect(evidence.identity.name).toBe('2026-01-01T00:00:00+00:00'))

  it('knows no blast radius and no earlier review where there was none', () => {
    const is = frozen.is.map((value, index) => (evidenceFields.is[index] === 'score' ? null : value))
    expect(parseEvidence(JSON.stringify({ ...frozen, is, previous: null }))).toMatchObject({
      reach: null,
      previous: null,
    })
  })

  it('reads what was frozen with a name at each value', () => {
    const older = { ...evidence, usage: { ...evidence.usage, lastUsedAt: '2026-01-02T03:04:05+00:00' } }
    expect(parseEvidence(JSON.stringify(older))).toMatchObject({
      access: { grantCount: 12 },
      usage: { lastUsedAt: '2026-01-02T03:04:05.000Z' },
    })
  })
})

it('instants of PostgreSQL, as text and in JSON', () => {
  expect(instantOf('2026-11-23 20:11:34.087+00')).toBe('2026-11-23T20:11:34.087Z')
  expect(instantOf('2026-11-23T21:11:34+01:00')).toBe('2026-11-23T20:11:34.000Z')
  expect(instantOf(null)).toBeNull()
})

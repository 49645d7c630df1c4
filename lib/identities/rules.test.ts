import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExclusionRule } from './edits'
import { findingsOf, identitySentence, unownedWords } from './findings'
import {
  ageInDays,
  ageState,
  answeringKeys,
  assignmentOf,
  confirmationOf,
  expiryState,
  type OwnershipLike,
  ownerStateOf,
  privilegeOfRank,
  rankOfPrivilege,
  sortOwnerships,
  transferOf,
  usageState,
} from './rules'
import { ownerDuties, ownershipStates } from './schema'
import { exclusionRules } from './values'

const dayMs = 86_400_000
const now = Date.UTC(2026, 10, 22)
const at = (days: number) => new Date(now + days * dayMs)

describe('age, expiry and use', () => {
  it('are told from an instant, never from the clock', () => {
    expect(ageInDays(at(-90), now)).toBe(90)
    expect(ageInDays(at(1), now)).toBe(0)
    expect(ageInDays(null, now)).toBeNull()
    expect([80, 82, 90, 91, null].map((days) => ageState(days, 90))).toEqual([
      'fresh',
      'due',
      'due',
      'overdue',
      'unknown',
    ])
    const ends = [at(0), at(1), at(30), at(30.01), null].map((expiresAt) => expiryState({ expiresAt }, now))
    expect(ends).toEqual(['expired', 'soon', 'soon', 'later', 'unknown'])
    expect(expiryState({ expiresAt: null, neverExpires: true }, now)).toBe('never')
    const uses = [at(-90), at(-90.1), null].map((lastUsedAt) => usageState({ lastUsedAt, neverUsed: false }, now, 90))
    expect(uses).toEqual(['used', 'stale', 'unknown'])
    expect(usageState({ lastUsedAt: null, neverUsed: true }, now, 90)).toBe('never')
  })

  it('keep ranks and privileges in step', () => {
    for (const rank of [0, 1, 2, 3, 4]) expect(rankOfPrivilege(privilegeOfRank(rank) ?? 'none')).toBe(rank)
  })
})

const ownership = fc.record({
  id: fc.uuid(),
  ownerKey: fc.constantFrom('user:a', 'user:b', 'team:c', 'hint:somebody'),
  label: fc.constantFrom('Ada', 'Bo', 'Cleo'),
  duty: fc.constantFrom(...ownerDuties),
  state: fc.constantFrom(...ownershipStates),
})
/** As the table holds them: one row for each duty and owner. */
const ownerships = fc.uniqueArray(ownership, { selector: (row) => `${row.duty} ${row.ownerKey}`, maxLength: 6 })

describe('ownership', () => {
  it('is confirmed, suggested or none by its rows', () => {
    fc.assert(
      fc.property(ownerships, (rows) => {
        const state = ownerStateOf(rows.map((row) => row.state))
        expect(state === 'none').toBe(rows.length === 0)
        expect(state === 'confirmed').toBe(rows.some((row) => row.state === 'confirmed'))
      }),
    )
  })

  it('gives the rights of an owner to nobody who is only suggested', () => {
    fc.assert(
      fc.property(ownerships, (rows) => {
        for (const key of answeringKeys(rows)) {
          expect(rows.some((row) => row.ownerKey === key && row.state !== 'suggested')).toBe(true)
        }
      }),
    )
  })

  it('never makes two rows of one owner and duty, and never goes back', () => {
    fc.assert(
      fc.property(
        ownerships,
        fc.constantFrom('user:a', 'team:c'),
        fc.constantFrom(...ownerDuties),
        (rows, key, duty) => {
          const same = rows.find((row) => row.ownerKey === key && row.duty === duty)
          const decision = assignmentOf(rows, key, duty)
          expect(decision.kind).toBe(!same ? 'create' : same.state === 'suggested' ? 'accept' : 'already')
          for (const row of rows) {
            const confirmation = confirmationOf(rows, row, key)
            if (row.state === 'confirmed') expect(confirmation.kind).toBe('already')
            if (confirmation.kind !== 'confirm') continue
            expect(confirmation.ownerKey).not.toMatch(/^hint:/)
            const clash = rows.find(
              (other) => other !== row && other.duty === row.duty && other.ownerKey === confirmation.ownerKey,
            )
            expect(clash).toBeUndefined()
            const moved = transferOf(rows, row, key)
            expect(moved.kind === 'not_owned').toBe(row.state === 'suggested')
          }
        },
      ),
    )
  })

  it('refuses to confirm a text that nobody has resolved', () => {
    const row: OwnershipLike = {
      id: '1',
      ownerKey: 'hint:ops',
      label: 'ops',
      duty: 'technical',
      state: 'suggested',
    }
    expect(confirmationOf([row], row, undefined)).toEqual({ kind: 'unresolved' })
    expect(confirmationOf([row], row, 'team:t')).toEqual({ kind: 'confirm', ownerKey: 'team:t' })
  })

  it('is listed in one order, whatever the order of the rows', () => {
    fc.assert(
      fc.property(ownerships, (rows) => {
        expect(sortOwnerships(rows.toReversed())).toEqual(sortOwnerships(rows))
      }),
    )
  })
})

describe('identitySentence', () => {
  const policy = { rotateAfterDays: 90, staleAfterDays: 60 }
  it('says first where it stands, then who answers, then what is wrong', () => {
    expect(
      identitySentence(
        {
          status: 'active',
          environment: 'production',
          owner: { state: 'none', first: null, count: 0, suggested: 0 },
          credentialCount: 2,
          oldestCredentialAt: at(-412).toISOString(),
          nextExpiryAt: null,
          lastUsedAt: at(-61).toISOString(),
          neverUsed: false,
        },
        policy,
        now,
      ),
    ).toBe(
      'Active in production. Nobody answers for it. Its oldest credential is 412 days old; the rule is 90. ' +
        'It has not been used for over 60 days.',
    )
    expect(
      identitySentence(
        {
          status: 'gone',
          environment: null,
          owner: {
            state: 'confirmed',
            first: { label: 'Payments', kind: 'team', state: 'confirmed' },
            count: 2,
            suggested: 0,
          },
          credentialCount: 0,
          oldestCredentialAt: null,
          nextExpiryAt: null,
          lastUsedAt: null,
          neverUsed: true,
        },
        policy,
        now,
      ),
    ).toBe(
      'Gone from its source, environment unknown. Payments and 1 more answer for it, confirmed. It was never used.',
    )
  })

  it('says who left, where that is known', () => {
    const former = { label: 'Ann', reason: 'left', at: at(-1).toISOString(), hasTask: false } as const
    expect(unownedWords(former)).toBe('Ann left, and nobody answers for it.')
    expect(unownedWords({ ...former, reason: 'disabled' })).toBe('Ann was disabled, and nobody answers for it.')
    expect(unownedWords({ ...former, reason: 'team_deleted' })).toBe(
      'The team Ann was deleted, and nobody answers for it.',
    )
    expect(unownedWords(null)).toBe('Nobody answers for it.')
  })

  it('counts those who answer apart from those who are only suggested', () => {
    const said = (state: 'confirmed' | 'assigned' | 'suggested', count: number, suggested: number) =>
      identitySentence(
        {
          status: 'active',
          environment: 'production',
          owner: {
            state: state === 'confirmed' ? state : 'suggested',
            first: { label: 'Ann', kind: 'person', state },
            count,
            suggested,
          },
          credentialCount: 0,
          oldestCredentialAt: null,
          nextExpiryAt: null,
          lastUsedAt: at(-1).toISOString(),
          neverUsed: false,
        },
        policy,
        now,
      ).replace('Active in production. ', '')
    expect(said('confirmed', 1, 1)).toBe('Ann answers for it, confirmed; 1 more is suggested.')
    expect(said('confirmed', 3, 2)).toBe('Ann and 2 more answer for it, confirmed; 2 more are suggested.')
    expect(said('assigned', 1, 1)).toBe('Ann was assigned as owner and has not confirmed; 1 more is suggested.')
    expect(said('suggested', 0, 2)).toBe('Ann and 1 more are suggested as owners; nobody has confirmed.')
    expect(said('suggested', 0, 1)).toBe('Ann is suggested as owner; nobody has confirmed.')
  })

  it('raises nothing that is excepted, and says so', () => {
    const until = at(100).toISOString()
    const identity = {
      status: 'active' as const,
      environment: 'production',
      owner: { state: 'none' as const, first: null, count: 0, suggested: 0 },
      credentialCount: 1,
      oldestCredentialAt: at(-412).toISOString(),
      nextExpiryAt: at(3).toISOString(),
      lastUsedAt: at(-61).toISOString(),
      neverUsed: false,
    }
    const except = (rule: ExclusionRule, end = until) => ({ rule, reason: 'agreed', until: end })
    const said = (...exclusions: ReturnType<typeof except>[]) =>
      identitySentence({ ...identity, exclusions }, policy, now)
    expect(said(except('rotation'), except('ownership'))).toBe(
      'Active in production. A credential of it expires within 30 days. It has not been used for over 60 days. ' +
        `Excepted from the rules: having an owner until ${until.slice(0, 10)}, rotation until ${until.slice(0, 10)}.`,
    )
    expect(said(except('rotation', at(-1).toISOString()))).toContain('412 days old')
    for (const rule of exclusionRules) {
      const findings = findingsOf({ ...identity, exclusions: [except(rule)] }, policy, now)
      expect(findings.filter(({ exceptedUntil }) => exceptedUntil).map((finding) => finding.rule)).toEqual([rule])
      expect(findings).toHaveLength(4)
    }
  })
})

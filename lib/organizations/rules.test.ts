import { describe, expect, it } from 'vitest'
import { changedFields, endsAdministration, invitationExpiry, invitationState, roleChange, slugFor } from './rules'
import { memberRoles, UpdateMemberInput, UpdateOrganizationInput } from './schema'

const now = Date.UTC(2026, 0, 10)
const open = { expiresAt: invitationExpiry(now), acceptedAt: null, revokedAt: null }

describe('invitationState', () => {
  it('is open for seven days, to the millisecond', () => {
    expect(invitationState(open, now + 7 * 86_400_000 - 1)).toBe('open')
    expect(invitationState(open, now + 7 * 86_400_000)).toBe('expired')
  })

  it('keeps what people decided when the time is over', () => {
    const later = now + 30 * 86_400_000
    expect(invitationState({ ...open, acceptedAt: new Date(now) }, later)).toBe('accepted')
    expect(invitationState({ ...open, revokedAt: new Date(now) }, later)).toBe('revoked')
  })
})

describe('slugFor', () => {
  it.each([
    ['Northwind Traders', 'northwind-traders'],
    ['  Ünïcode & Söhne  ', 'unicode-sohne'],
    ['日本', 'organization'],
    ['---', 'organization'],
    [`${'a'.repeat(49)} b`, 'a'.repeat(49)],
  ])('turns %j into %j', (name, slug) => expect(slugFor(name)).toBe(slug))

  it('always meets the constraint of the table', () => {
    for (const name of ['1', 'A–B', '🚀 go', `-${'x'.repeat(80)}`])
      expect(slugFor(name)).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/)
  })
})

describe('endsAdministration', () => {
  const admin = { role: 'admin' as const, status: 'active' }

  it('sees a demotion and a disabling of an active administrator', () => {
    expect(endsAdministration(admin, { role: 'auditor' })).toBe(true)
    expect(endsAdministration(admin, { status: 'disabled' })).toBe(true)
  })

  it('lets everything else pass', () => {
    expect(endsAdministration(admin, { role: 'admin' })).toBe(false)
    expect(endsAdministration({ role: 'admin', status: 'disabled' }, { role: 'member' })).toBe(false)
    expect(endsAdministration({ role: 'member', status: 'active' }, { status: 'disabled' })).toBe(false)
  })
})

describe('roleChange', () => {
  it('names gains and losses, and nothing for the same role', () => {
    expect(roleChange('reviewer', 'reviewer')).toEqual({ gains: [], loses: [] })
    expect(roleChange('security', 'auditor').loses).toContain('Import files')
    expect(roleChange('auditor', 'security').loses).toEqual([])
  })

  it('counts nothing as lost that the new role includes', () => {
    expect(roleChange('member', 'reviewer')).toEqual({
      gains: ['See all identities, credentials and imports'],
      loses: [],
    })
    expect(roleChange('reviewer', 'admin').loses).toEqual([])
  })

  it('has words for every change of role', () => {
    for (const from of memberRoles) {
      for (const to of memberRoles.filter((role) => role !== from)) {
        const { gains, loses } = roleChange(from, to)
        expect(gains.length + loses.length).toBeGreaterThan(0)
      }
    }
  })
})

describe('contracts', () => {
  it('take no field that they do not name', () => {
    expect(UpdateOrganizationInput.safeParse({ name: 'A', slug: 'a' }).success).toBe(false)
    expect(UpdateMemberInput.safeParse({ id: crypto.randomUUID(), role: 'admin', userId: 'x' }).success).toBe(false)
  })

  it('take one decision about a member at a time', () => {
    const id = crypto.randomUUID()
    expect(UpdateMemberInput.safeParse({ id, role: 'admin', status: 'active' }).success).toBe(false)
    expect(UpdateMemberInput.safeParse({ id }).success).toBe(false)
    expect(UpdateMemberInput.safeParse({ id, status: 'disabled' }).success).toBe(true)
  })
})

describe('changedFields', () => {
  it('keeps only what differs', () => {
    expect(changedFields({ name: 'a', days: 1 }, { name: 'a', days: 2 })).toEqual({
      before: { days: 1 },
      after: { days: 2 },
    })
  })
})

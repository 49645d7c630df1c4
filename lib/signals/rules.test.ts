import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Change,
  changeKinds,
  eventOf,
  eventTypes,
  mostAttempts,
  readCursor,
  retryAfterSeconds,
  writeCursor,
} from './rules'

const orgId = '00000000-0000-7000-8000-000000000001'
const change = (kind: string, detail = {}, subject: Change['subject'] = { type: 'identity', id: 'i' }): Change => ({
  ...{ id: '7', at: new Date('2026-03-02T09:14:48.700Z'), kind, subject, detail },
})

describe('a cursor', () => {
  it('comes back as it was given', () => {
    for (const cursor of [
      { from: '10:20:10,14', to: null, after: '0', at: 1 },
      { from: '10:20:', to: '10:24:', after: '99', at: 2 },
    ])
      expect(readCursor(writeCursor(cursor))).toEqual(cursor)
  })

  it('is nothing else, and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => readCursor(text) === undefined))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = readCursor(Buffer.from(JSON.stringify(value)).toString('base64url'))
        expect(read === undefined || typeof read.from === 'string').toBe(true)
      }),
    )
    expect(readCursor(writeCursor({ from: "1:2:' OR", to: null, after: '0', at: 1 }))).toBeUndefined()
  })
})

describe('an event', () => {
  it('is of a type that streams offer, whatever changed, with what CAEP asks of all', () => {
    for (const kind of changeKinds) {
      const { type, body, subject } = eventOf(orgId, change(kind))
      expect(eventTypes).toContain(type)
      expect(body).toMatchObject({ event_timestamp: 1772442888, initiating_entity: expect.any(String) })
      expect(subject).toMatchObject({ format: 'complex', tenant: { format: 'opaque', id: orgId } })
    }
  })

  it('revokes the session of who may do nothing more, and that of a grant alone', () => {
    expect(eventOf(orgId, change('revoked')).type).toMatch(/session-revoked$/)
    expect(eventOf(orgId, change('status', { after: 'disabled' })).type).toMatch(/session-revoked$/)
    expect(eventOf(orgId, change('status', { after: 'active' })).type).toMatch(/token-claims-change$/)
    const { subject, body } = eventOf(orgId, change('grant_ended', { grant: 'g', reason: 'expired' }))
    expect([subject.session, subject.user, body.initiating_entity]).toEqual([
      { format: 'opaque', id: 'g' },
      { format: 'opaque', id: 'i' },
      'policy',
    ])
  })

  it('names credentials as CAEP does', () => {
    const typeOf = (credential_type: string) =>
      eventOf(orgId, change('credential_revoked', { credential_type })).body.credential_type
    expect(['certificate', 'api_key', 'password'].map(typeOf)).toEqual(['x509', 'api-key', 'password'])
  })

  it('of an incident raises the risk of the organization', () => {
    const open = eventOf(orgId, change('incident', { state: 'open', severity: 'sev1' }, null))
    expect(open.body).toMatchObject({ principal: 'TENANT', current_level: 'HIGH' })
    expect(open.subject).not.toHaveProperty('user')
    expect(eventOf(orgId, change('incident', { state: 'ended' }, null)).body.current_level).toBe('LOW')
  })
})

it('tries again later and later, as long as it was asked to wait, and not for ever', () => {
  const all = Array.from({ length: mostAttempts - 1 }, (_, at) => retryAfterSeconds(at + 1, undefined, 0) ?? 0)
  expect(all).toEqual(all.toSorted((a, b) => a - b))
  expect(retryAfterSeconds(1, 900, 0)).toBe(900)
  expect(retryAfterSeconds(1, 1e9, 0)).toBe(86_400)
  expect(retryAfterSeconds(mostAttempts, undefined, 0)).toBeNull()
})

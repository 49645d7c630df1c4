import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mapOcsf } from './map-ocsf'
import type { StoredDecision } from './store-log'

const text = z.string().min(1)
/** What OCSF 1.8.0 requires of API Activity (6003) with the profile security_control, and of the objects in it. */
const ApiActivity = z.object({
  category_uid: z.literal(6),
  class_uid: z.literal(6003),
  activity_id: z.union([z.literal([0, 1, 2, 3, 4]), z.literal(99)]),
  activity_name: text,
  type_uid: z.int(),
  time: z.int().positive(),
  severity_id: z.literal([0, 1, 2, 3, 4, 5, 6, 99]),
  status_id: z.literal([0, 1, 2, 99]),
  action_id: z.literal([0, 1, 2, 3, 4, 99]),
  disposition_id: z.int(),
  metadata: z.object({
    version: z.literal('1.8.0'),
    uid: text,
    product: z.object({ name: text, vendor_name: text, version: text }),
    profiles: z.tuple([z.literal('security_control')]),
  }),
  actor: z.object({ app_name: text, app_uid: text, user: z.object({ uid: text, type_id: z.literal([1, 4]) }) }),
  api: z.object({ operation: text, request: z.object({ uid: text }), service: z.object({ name: text }) }),
  src_endpoint: z.object({ svc_name: text, uid: text }),
  resources: z.array(z.object({ type: text, uid: text.optional() })).optional(),
  authorizations: z.array(
    z.object({
      decision: text,
      policy: z.object({ name: text, uid: text.optional(), version: text.optional(), is_applied: z.boolean() }),
    }),
  ),
  duration: z.int().min(0),
  unmapped: z.record(z.string(), z.unknown()),
})

const row = (over: Partial<StoredDecision> = {}): StoredDecision => ({
  ...{ at: new Date('2026-03-02T09:14:48.700Z'), id: 'd1', asked: 'evaluation', requestId: 'r1' },
  ...{
    callerKey: 'api_key:k',
    callerLabel: 'gateway',
    subjectType: 'service_account',
    subjectId: 'svc',
    identityId: 'i1',
  },
  ...{
    action: 'read',
    resourceType: 'bucket',
    resourceId: 'b',
    isAllowed: true,
    reason: 'entitled',
    rule: 'resource#entitled',
  },
  ...{ policyHash: 'h', policyVersion: null, found: null, latencyUs: 2400, facts: { subject: { role: 'service' } } },
  ...over,
})

describe('an event of the log', () => {
  it('has everything that its class requires, whatever was asked', () => {
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
    const name = fc.string({ minLength: 1 })
    const rows = fc.record({
      asked: fc.constantFrom('evaluation' as const, 'search_subject' as const, 'execution' as const),
      ...{ subjectId: maybe(name), identityId: maybe(name), action: maybe(name), resourceType: maybe(name) },
      ...{ resourceId: maybe(name), isAllowed: fc.boolean(), reason: name, rule: maybe(name), policyHash: maybe(name) },
      ...{ policyVersion: maybe(fc.nat()), found: maybe(fc.nat()), latencyUs: fc.nat() },
    })
    fc.assert(
      fc.property(rows, (over) => {
        const event = ApiActivity.parse(mapOcsf(row(over), 'o1'))
        expect(event.type_uid).toBe(event.class_uid * 100 + event.activity_id)
      }),
    )
  })

  it('keeps the decision apart from what came of it', () => {
    expect(mapOcsf(row(), 'o1')).toMatchObject({ action_id: 1, disposition_id: 1, status_id: 0 })
    expect(mapOcsf(row({ isAllowed: false, reason: 'no_rule', rule: null }), 'o1')).toMatchObject({
      ...{ action_id: 2, disposition_id: 2, status_id: 0, status_detail: 'no_rule' },
      authorizations: [{ decision: 'Deny', policy: { is_applied: false, uid: 'h' } }],
    })
  })

  it('counts what is done, and names what it does not know', () => {
    const activityOf = (action: string) => mapOcsf(row({ action }), 'o1')
    expect(activityOf('delete')).toMatchObject({ activity_id: 4, type_uid: 600304 })
    expect(activityOf('tools/call')).toMatchObject({ activity_id: 99, activity_name: 'tools/call', type_uid: 600399 })
    expect(activityOf('constructor')).toMatchObject({ activity_id: 99 })
  })

  it('tells who asked, about whom, on what, by which policy', () => {
    expect(mapOcsf(row({ policyVersion: 3 }), 'o1')).toMatchObject({
      metadata: { uid: 'd1', correlation_uid: 'r1', tenant_uid: 'o1' },
      actor: { app_name: 'gateway', user: { uid: 'svc', uid_alt: 'i1', type_id: 4 } },
      resources: [{ type: 'bucket', uid: 'b' }],
      authorizations: [{ policy: { name: 'resource#entitled', uid: 'h', version: '3', is_applied: true } }],
    })
    expect(mapOcsf(row({ subjectType: 'user' }), 'o1')).toMatchObject({ actor: { user: { type_id: 1 } } })
  })
})

import { expect, test } from 'vitest'
import { LiveError } from '../live-error'
import { readLogins } from './logins'
import { ec2Pair, mapPlace, mapUser } from './map'

const facts = { assignments: [], applications: [], ec2: [] }
const user = { id: 'u1', name: 'svc-billing', domain_id: 'default', enabled: true, password_expires_at: null }
const fingerprint = (secret: string) => `print of ${secret.length}`
const roleOn = (scope: object, name: string) => ({ scope, role: { id: name, name } })

test('who signs in through a federation is a person, everybody else is taken for a service', () => {
  expect(mapUser({ user, ...facts }, fingerprint)).toMatchObject([
    { type: 'identity', externalId: 'user:u1', kind: 'service_account', status: 'active' },
  ])
  const federated = { ...user, email: 'ada@example.com', federated: [{ idp_id: 'corp', protocols: [] }] }
  expect(mapUser({ user: federated, ...facts }, fingerprint)).toMatchObject([
    { type: 'human', externalId: 'user:u1', email: 'ada@example.com' },
  ])
  expect(mapUser({ user: { ...user, enabled: undefined }, ...facts }, fingerprint)[0]).toMatchObject({
    status: 'unknown',
  })
  expect(mapUser({ user: { name: 'no id' }, ...facts }, fingerprint)).toEqual([])
})

test('that there is a password is known only where it expires', () => {
  const types = (value: unknown) =>
    mapUser({ user: { ...user, password_expires_at: value }, ...facts }, fingerprint).map(({ type }) => type)
  expect(types(null)).toEqual(['identity'])
  expect(types('2027-01-01T00:00:00.000000')).toEqual(['identity', 'credential'])
})

test('roles on one place are one edge, and only roles that mean the same everywhere are weighed', () => {
  const project = { project: { id: 'p1', name: 'billing', domain: { id: 'default', name: 'Default' } } }
  const assignments = [
    ...[roleOn(project, 'reader'), roleOn(project, 'member'), roleOn({ system: { all: true } }, 'admin')],
    ...[roleOn({ domain: { id: 'd1', name: 'Corp' } }, 'load-balancer_member'), roleOn({}, 'reader')],
  ]
  const edges = mapUser({ user, ...facts, assignments }, fingerprint).filter(({ type }) => type === 'entitlement')
  expect(edges).toMatchObject([
    { to: { externalId: 'project:p1' }, scopes: ['member', 'reader'], privilege: 'write' },
    { to: { externalId: 'system' }, scopes: ['admin'], privilege: 'admin' },
    { to: { externalId: 'domain:d1' }, notEvaluable: expect.stringContaining('load-balancer_member') },
  ])
  expect(edges[2]).not.toHaveProperty('privilege')
})

test('of an EC2 key the secret is not kept, and what is no pair has no fingerprint', () => {
  const entry = { id: 'e1', project_id: 'p1', blob: '{"access":"ACCESS","secret":"very-secret"}' }
  const records = mapUser({ user, ...facts, ec2: [entry, { id: 'e2', blob: 'nonsense' }] }, fingerprint)
  expect(records.slice(1)).toMatchObject([
    {
      externalId: 'ec2:e1',
      credentialType: 'api_key',
      fingerprint: 'print of 11',
      attributes: { accessKey: 'ACCESS' },
    },
    { externalId: 'ec2:e2', name: 'EC2 key' },
  ])
  expect(JSON.stringify(records)).not.toContain('very-secret')
  expect(records[2]).not.toHaveProperty('fingerprint')
  expect(ec2Pair({ blob: '{"access":"only"}' })).toBeUndefined()
})

test('a disabled project says so', () => {
  expect(mapPlace('project', { id: 'p', name: 'old', enabled: false })).toMatchObject({
    attributes: { isDisabled: true },
  })
  expect(mapPlace('domain', {})).toBeUndefined()
})

test('users are named with their passwords, and a line that is neither is told by its number', () => {
  const [login] = readLogins('# comment\n\n svc-billing  a password with spaces \n')
  expect(login?.user).toBe('svc-billing')
  expect(login?.password.reveal()).toBe('a password with spaces')
  expect(() => readLogins('one two\nalone')).toThrow(LiveError)
  expect(() => readLogins('one two\nalone')).toThrow(/^Line 2 /)
})

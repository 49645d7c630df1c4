import { expect, test } from 'vitest'
import type { NormalisedRecord } from '../contract'
import { appRoleMounts, isMade, isOf, mapAppRole, mapPolicy, mapSecretId, mapToken } from './map'

const edges = (records: NormalisedRecord[]) =>
  records.flatMap((record) =>
    record.type === 'entitlement' ? [`${record.kind} ${record.from.externalId} > ${record.to.externalId}`] : [],
  )

test('an AppRole is its entity, with the policies of both', () => {
  const entity = { id: 'e-1', disabled: true, policies: ['audit'], metadata: { owner: 'shop@example.org' } }
  const role = {
    token_policies: ['shop'],
    token_ttl: 0,
    token_max_ttl: 60,
    bind_secret_id: false,
    token_bound_cidrs: ['10.0.0.0/8'],
  }
  const [record, ...rest] = mapAppRole({ mount: 'apps/approle', name: 'till', role, entity })
  expect(record).toMatchObject({
    ...{ externalId: 'approle:apps/approle/till', aliases: [{ id: 'e-1', global: true }], status: 'disabled' },
    ownerHints: [{ value: 'shop@example.org', from: 'metadata:owner' }],
    attributes: { tokenMaxTtlSeconds: 60, needsSecretId: false, boundTo: ['10.0.0.0/8'] },
  })
  expect(edges(rest)).toEqual([
    'member_of approle:apps/approle/till > policy:shop',
    'member_of approle:apps/approle/till > policy:audit',
  ])
  expect(mapAppRole({ mount: 'approle', name: 'new', role: undefined })).toMatchObject([{ status: 'active' }])
})

test('a secret id ends when Vault says so, never in year 1, and unknown where it does not say', () => {
  const end = (facts: unknown) => mapSecretId('approle', 'till', 'a-1', facts).expiresAt
  expect(end({ expiration_time: '0001-01-01T00:00:00Z' })).toBeNull()
  expect(end({ expiration_time: '2027-02-10T18:17:27.089757383Z' })).toBe('2027-02-10T18:17:27.089Z')
  expect(end(undefined)).toBeUndefined()
  expect(end({ expiration_time: 7 })).toBeUndefined()
})

test('a token belongs to the AppRole of its entity, else to itself', () => {
  const facts = {
    accessor: 'acc',
    display_name: 'ci',
    entity_id: 'e-1',
    expire_time: null,
    policies: ['root'],
    path: 'auth/token/create',
  }
  expect(mapToken(facts, new Map()).map(({ type }) => type)).toEqual(['identity', 'credential', 'entitlement'])
  const held = mapToken(facts, new Map([['e-1', 'approle:approle/till']]))
  expect(held).toMatchObject([
    { subject: { externalId: 'approle:approle/till' }, expiresAt: null },
    { kind: 'member_of' },
  ])
  expect(edges(held)).toEqual(['member_of approle:approle/till > policy:root'])
  expect(mapToken({}, new Map())).toEqual([])
})

test('sessions are told from tokens that were made', () => {
  const session = { path: 'auth/approle/login', meta: { role_name: 'till' } }
  expect([isOf(session, 'approle', 'till'), isOf(session, 'approle', 'other'), isOf(session, 'apps', 'till')]).toEqual([
    true,
    false,
    false,
  ])
  expect([isMade(session), isMade({ path: 'auth/token/root' }), isMade({})]).toEqual([false, true, false])
  expect(
    appRoleMounts({ 'apps/approle/': { type: 'approle', accessor: 'x' }, 'ldap/': { type: 'ldap' }, 'y/': null }),
  ).toEqual(new Map([['apps/approle', 'x']]))
})

test('a policy grants its paths; one that cannot be read is said to be so', () => {
  const { records } = mapPolicy(
    'p',
    'path "secret/a" { capabilities = ["read"] }\npath "secret/b" { capabilities = ["deny"] }',
  )
  expect(records.filter(({ type }) => type === 'entitlement')).toMatchObject([
    { effect: 'allow', privilege: 'secret_read', scopes: ['read'] },
    { effect: 'deny', scopes: ['deny'] },
  ])
  expect(mapPolicy('root', '').records).toHaveLength(3)
  for (const source of [undefined, 'not a policy'])
    expect(mapPolicy('p', source)).toMatchObject({ records: [{ type: 'role' }], refused: [{}] })
})

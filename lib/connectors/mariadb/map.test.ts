import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { fitsHost, nativeHash, needsNoPassword, passwordsOf, readAccount } from './account'
import { mapAccounts, mapObjects, mapRoleMembers, rightsOf } from './map'
import { globalWords } from './privileges'

const context = { instance: 'shop', fingerprint: (secret: string) => `fp-of-${secret.length}` }
const one = `*${'A'.repeat(40)}`
const two = `*${'B'.repeat(40)}`
const row = (User: string, priv: object, access = '0') => ({ User, Host: '%', access, Priv: JSON.stringify(priv) })

test('the hash is the one of PASSWORD()', () => {
  expect(nativeHash(new Secret('password'))).toBe('*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19')
})

test('an account has as many passwords as it has ways to log in with one', () => {
  const account = readAccount(
    row('svc', {
      ...{ plugin: 'mysql_native_password', authentication_string: one, password_last_changed: 1_700_000_000 },
      auth_or: [{}, { plugin: 'mysql_native_password', authentication_string: two }, { plugin: 'unix_socket' }],
    }),
  )
  expect(passwordsOf(account).map(({ kept }) => kept)).toEqual([one, two])
  expect(needsNoPassword(account)).toBe(false)
  const records = mapAccounts([account], context)
  expect(records.filter(({ type }) => type === 'credential')).toHaveLength(2)
  expect(records[0]).toMatchObject({
    externalId: 'user:svc@%',
    status: 'active',
    attributes: { otherLogins: ['unix_socket'] },
  })
  expect(JSON.stringify(records)).not.toMatch(/\*[AB]{40}/)
})

test('an account without plugin or with an empty password lets everybody in; one that holds "invalid" nobody', () => {
  expect(needsNoPassword(readAccount(row('root', { access: 1 })))).toBe(true)
  const closed = readAccount(row('svc', { plugin: 'mysql_native_password', authentication_string: 'invalid' }))
  expect([needsNoPassword(closed), passwordsOf(closed)]).toEqual([false, []])
  for (const Priv of ['{', '[]', 'null', '7', null])
    expect(readAccount({ User: 'x', Host: '%', Priv }).isLocked).toBe(false)
})

test('global privileges are read from bits beyond what JavaScript counts', () => {
  expect(globalWords(4_328_521_984n)).toEqual(['PROCESS', 'CREATE USER', 'CONNECTION ADMIN'])
  expect(globalWords(18_446_744_073_709_551_615n)).toContain('SLAVE MONITOR')
  const root = readAccount(row('root', {}, '18446744073709551615'))
  expect(mapAccounts([root], context)).toContainEqual(expect.objectContaining({ kind: 'grants', privilege: 'admin' }))
})

test('roles, their members and what objects grant', () => {
  const role = readAccount({ User: 'readers', Host: '', access: '0', Priv: '{"is_role":true}' })
  expect(mapAccounts([role], context)).toEqual([
    { type: 'role', externalId: 'role:readers', kind: 'role', name: 'readers' },
  ])
  const member = { user: 'svc', host: '%', role: 'readers', isAdmin: false }
  expect(mapRoleMembers([member], new Map())[0]).toMatchObject({ condition: 'only after SET ROLE' })
  expect(mapRoleMembers([member], new Map([['svc@%', 'readers']]))[0]).not.toHaveProperty('condition')
  const grant = { user: 'svc', host: '%', isRole: false, database: 'shop' }
  const edges = mapObjects([
    { ...grant, words: ['SELECT', 'GRANT OPTION'] },
    { ...grant, table: 'stock', words: ['SELECT (some columns)'] },
    { ...grant, database: 'mysql', words: ['SELECT'] },
    { ...grant, database: 'new', words: ['A NEW WORD'] },
  ]).filter(({ type }) => type === 'entitlement')
  expect(edges.map((edge) => (edge.type === 'entitlement' ? edge.privilege : ''))).toEqual([
    'admin',
    'read',
    'secret_read',
    undefined,
  ])
  expect(edges[3]).toMatchObject({ notEvaluable: expect.stringContaining('A NEW WORD') })
})

test('what cannot be rotated is said with the reason', () => {
  const own = { account: 'b@%', privileges: ['CREATE USER', 'CONNECTION ADMIN'] }
  const native = readAccount(row('svc', { plugin: 'mysql_native_password', authentication_string: one }))
  const modern = readAccount(row('ed', { plugin: 'ed25519', authentication_string: 'x'.repeat(43) }))
  expect(rightsOf([native, modern, readAccount(row('b', {}))], own)).toMatchObject([
    { rotate: true, revoke: true },
    { rotate: false, revoke: true, why: expect.stringContaining('mysql_native_password') },
    { rotate: false, revoke: false, why: expect.stringContaining('signs in') },
  ])
  expect(rightsOf([native], { ...own, privileges: [] })).toMatchObject([{ rotate: false, revoke: false }])
})

test('the list of connections names hosts otherwise than accounts do', () => {
  expect(fitsHost('127.0.0.1', 'localhost:4711')).toBe(true)
  expect(fitsHost('10.0.%', '10.0.3.4:51000')).toBe(true)
  expect(fitsHost('10.0.%', '10.1.3.4:51000')).toBe(false)
  expect(fitsHost('%.example.org', 'db1.example.org')).toBe(true)
})

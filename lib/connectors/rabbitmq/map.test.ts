import { expect, test } from 'vitest'
import { Secret } from '../secret'
import { passwordHash } from './hands'
import { mapPermissions, mapUsers, rightsOf } from './map'

const user = (name: string, tags: string[] = [], hash = 'kept-hash') => ({
  ...{ name, tags, hash, algorithm: 'rabbit_password_hashing_sha256' },
})

test('the hash is the one of the documentation', () => {
  expect(passwordHash(new Secret('test12'), Buffer.from('908dc60a', 'hex'))).toBe(
    'kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR',
  )
})

test('users, their passwords and tags become records without the hash', () => {
  const records = mapUsers([user('admin', ['administrator', 'own']), user('svc', [], '')], new Map([['admin', 2]]))
  expect(records).toMatchObject([
    { type: 'identity', externalId: 'user:admin', status: 'active', attributes: { openSessions: 2 } },
    { type: 'credential', externalId: 'user:admin#password', attributes: { method: 'sha256' } },
    { kind: 'grants', privilege: 'admin', scopes: ['administrator'] },
    { type: 'identity', externalId: 'user:svc', status: 'disabled' },
  ])
  expect(JSON.stringify(records)).not.toContain('kept-hash')
})

test('a permission amounts to what its patterns fit; an empty one fits nothing', () => {
  const at = { user: 'svc', vhost: '/' }
  const edges = mapPermissions([
    { ...at, configure: '', write: '', read: '.*' },
    { ...at, vhost: 'b', configure: '^x', write: '', read: '' },
    { ...at, vhost: 'c', configure: '', write: '', read: '' },
  ])
  expect(edges).toMatchObject([
    { privilege: 'read', scopes: ['read=.*'] },
    { privilege: 'write', scopes: ['configure=^x'] },
  ])
  expect(edges).toHaveLength(2)
})

test('only an administrator may act, and never on itself', () => {
  const users = [user('own'), user('svc')]
  expect(rightsOf(users, { name: 'own', tags: ['administrator'] }).map(({ rotate }) => rotate)).toEqual([false, true])
  expect(rightsOf(users, { name: 'own', tags: ['monitoring'] }).map(({ rotate }) => rotate)).toEqual([false, false])
})

import { expect, test } from 'vitest'
import { allows, type Categories, isSameSet, parseAclList, writeSelector } from './acl'
import { mapUsers, rightsOf } from './map'

const categories: Categories = new Map([
  ['read', new Set(['get', 'hgetall'])],
  ['write', new Set(['set', 'del'])],
  ['admin', new Set(['acl|setuser', 'config|set'])],
])
const hash = 'a'.repeat(64)
const parsed = (...lines: string[]) => parseAclList(lines)
const context = { instance: 'cache', fingerprint: (secret: string) => `fp${secret.length}` }

test('reads users with passwords, keys, channels and selectors; what is no user line is left out', () => {
  const [user, ...others] = parsed(
    `user svc on #${hash} ~app:* %R~cache:* resetchannels &news -@all +@read -hgetall (~reports:* resetchannels -@all +get)`,
    'something else',
  )
  expect(others).toEqual([])
  expect(user).toEqual({
    ...{ name: 'svc', isOn: true, needsNoPassword: false, hashes: [hash] },
    own: { keys: ['~app:*', '%R~cache:*'], channels: ['&news'], commands: ['-@all', '+@read', '-hgetall'] },
    selectors: [{ keys: ['~reports:*'], channels: [], commands: ['-@all', '+get'] }],
  })
})

test('the last rule that speaks of a command counts', () => {
  const set = (rules: string) => ({ keys: [], channels: [], commands: rules.split(' ') })
  expect(allows(set('-@all +@read'), 'get', categories)).toBe(true)
  expect(allows(set('+@read -get'), 'get', categories)).toBe(false)
  expect(allows(set('+@all -@admin'), 'acl|setuser', categories)).toBe(false)
  expect(allows(set('+@all -@admin +acl|setuser'), 'acl|setuser', categories)).toBe(true)
  expect(allows(set('+config'), 'config|set', categories)).toBe(true)
  expect(allows(set('+config|get'), 'config|set', categories)).toBe(false)
  expect(allows(set('-@all'), 'get', categories)).toBe(false)
})

test('a selector is found again as the server writes it', () => {
  const wanted = { keys: ['~reports:*'], channels: [], commands: ['+get'] }
  expect(writeSelector(wanted)).toBe('(~reports:* +get)')
  const [user] = parsed('user svc on -@all (~reports:* resetchannels -@all +get)')
  expect(user?.selectors.some((known) => isSameSet(known, wanted))).toBe(true)
})

test('what users may do becomes edges with their privilege; no hash is kept', () => {
  const users = parsed(
    `user default on nopass ~* &* +@all`,
    `user svc off #${hash} %R~cache:* ~app:* -@all +@read +@write`,
    'user idle on -@all',
  )
  const records = mapUsers(users, categories, context)
  const edges = records.flatMap((record) =>
    record.type === 'entitlement' ? [`${record.from.externalId} ${record.privilege} ${record.to.externalId}`] : [],
  )
  expect(edges).toContain('user:default admin server')
  expect(edges).toContain('user:default write keys:*')
  expect(edges).toContain('user:svc read keys:cache:*')
  expect(edges).toContain('user:svc write keys:app:*')
  expect(edges.filter((edge) => edge.startsWith('user:idle'))).toEqual([])
  expect(records.find((record) => record.type === 'identity' && record.name === 'default')).toMatchObject({
    attributes: { needsNoPassword: true },
  })
  expect(records.find((record) => record.type === 'identity' && record.name === 'svc')).toMatchObject({
    status: 'disabled',
  })
  expect(JSON.stringify(records)).not.toContain(hash)
})

test('rights are those of the connection’s own user', () => {
  const [own, other] = parsed('user b on -@all +acl|setuser', 'user svc on -@all')
  if (own === undefined || other === undefined) throw new Error('not parsed')
  expect(rightsOf([own, other], own, categories)).toMatchObject([
    { identity: 'user:b', rotate: false },
    { identity: 'user:svc', rotate: true, revoke: false },
  ])
  expect(rightsOf([other], undefined, categories)).toMatchObject([{ rotate: false, revoke: false }])
})

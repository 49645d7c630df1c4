import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { keyPaths, parseAccounts } from './accounts'
import { parseKeys, replacementLine, withLine, withoutLines, withState } from './authorized-keys'
import { describeKey } from './public-key'

const fixture = fs.readFileSync(path.join(import.meta.dirname, 'fixtures', 'authorized_keys'), 'utf8')
const [deployKey = '', rsaKey = ''] = fixture.split('\n')
const limited = `from="10.0.0.0/8,192.0.2.7",command="/usr/bin/rsync \\"-a\\" x",no-pty,expiry-time="20270101Z" ${deployKey}`
const text = ['# our keys', '', limited, `  ${rsaKey}  `, 'ssh-ed25519 AAAAC3Nza broken', 'hello', ''].join('\n')

test('reads keys with their options; what is neither a key nor a comment is told', () => {
  const { keys, malformed } = parseKeys(text)
  expect(malformed).toEqual([4, 5])
  expect(keys.map(({ at, state, comment }) => ({ at, state, comment }))).toEqual([
    { at: 2, state: 'active', comment: 'deploy@ci' },
    { at: 3, state: 'active', comment: 'backup key of the night' },
  ])
  expect(keys[0]?.options.map(({ name, value }) => [name, value])).toEqual([
    ['from', '10.0.0.0/8,192.0.2.7'],
    ['command', '/usr/bin/rsync "-a" x'],
    ['no-pty', undefined],
    ['expiry-time', '20270101Z'],
  ])
  // As ssh-keygen -l prints them.
  expect(keys.map(({ key }) => [key.fingerprint, key.bits])).toEqual([
    ['SHA256:7JEV77u8MPHZp6Brv0xcNsehf/+OXa0TtR4ba01GSgw', undefined],
    ['SHA256:mZALSgt/IrlQyfRr5YW7mLWXMk3vStfx1gr1z5eJ90o', 2048],
  ])
})

test('a key whose bytes are of another type than its word is no key', () => {
  expect(parseKeys(deployKey.replace('ssh-ed25519 ', 'ssh-rsa ')).keys).toEqual([])
  expect(describeKey(Buffer.from('00000007ffff', 'hex'), 'ssh-rsa')).toBeUndefined()
})

test('a line is taken out of force and back, and nothing else changes', () => {
  const { lines, keys } = parseKeys(text)
  const off = withState(lines, keys.slice(0, 1), 'disabled')
  const parsed = parseKeys(off)
  expect(parsed.keys.map(({ state }) => state)).toEqual(['disabled', 'active'])
  expect(off.split('\n').filter((line, at) => line !== lines[at])).toHaveLength(1)
  expect(withState(parsed.lines, parsed.keys.slice(0, 1), 'active')).toBe(text)
  const all = parseKeys(withState(lines, keys, 'account_disabled'))
  expect(all.keys.map(({ state }) => state)).toEqual(['account_disabled', 'account_disabled'])
})

test('a line is removed, and put back where it stood', () => {
  const { lines, keys } = parseKeys(text)
  const [first] = keys
  if (first === undefined) throw new Error('not parsed')
  const without = withoutLines(lines, [first])
  expect(parseKeys(without).keys.map(({ comment }) => comment)).toEqual(['backup key of the night'])
  expect(withLine(without.split('\n'), first.body, first.at)).toBe(text)
  expect(withLine(['a line without an end'], 'new')).toBe('a line without an end\nnew\n')
  expect(withLine([''], 'new')).toBe('new\n')
})

test('bytes that are no UTF-8 stay as they are', () => {
  const bytes = Buffer.concat([Buffer.from('# caf'), Buffer.from([0xe9]), Buffer.from(`\n${limited}\n`)])
  const { lines, keys } = parseKeys(bytes.toString('latin1'))
  const off = withState(lines, keys, 'disabled')
  expect(Buffer.from(withState(parseKeys(off).lines, parseKeys(off).keys, 'active'), 'latin1').equals(bytes)).toBe(true)
})

test('a new key takes over what limits the old one, with an end of its own', () => {
  const [old] = parseKeys(limited).keys
  const [other] = parseKeys(rsaKey).keys
  if (old === undefined || other === undefined) throw new Error('not parsed')
  const line = replacementLine(other.key, old, '2027-03-01T12:30:00.000Z')
  expect(parseKeys(line).keys[0]?.options.map(({ raw }) => raw)).toEqual([
    'from="10.0.0.0/8,192.0.2.7"',
    'command="/usr/bin/rsync \\"-a\\" x"',
    'no-pty',
    'expiry-time="20270301123000Z"',
  ])
  expect(replacementLine(other.key, undefined, null)).toMatch(/^ssh-rsa \S+ bailiwick$/)
})

test('accounts and the places of their keys', () => {
  const accounts = parseAccounts(
    'root:x:0:0:root:/root:/bin/bash\nci:x:990:989:Build server,,,:/srv/ci:/bin/sh\n../x:x:1:1::/:/bin/sh\nbad\n',
    'sudo:x:27:ci\ndocker:x:989:\nusers:x:100:ci\n',
  )
  expect([...accounts.keys()]).toEqual(['root', 'ci'])
  const ci = accounts.get('ci')
  if (ci === undefined) throw new Error('not parsed')
  expect(ci).toMatchObject({ description: 'Build server', strongGroups: ['sudo', 'docker'] })
  expect(keyPaths('.ssh/authorized_keys /etc/ssh/keys/%u %h/%%/%U none', ci)).toEqual({
    paths: ['/srv/ci/.ssh/authorized_keys', '/etc/ssh/keys/ci', '/srv/ci/%/990'],
    unknown: [],
  })
  expect(keyPaths('.ssh/authorized_keys %h/keys %i /keys/%u', { name: 'far', strongGroups: [] })).toEqual({
    paths: ['/keys/far'],
    unknown: ['.ssh/authorized_keys', '%h/keys', '%i'],
  })
})

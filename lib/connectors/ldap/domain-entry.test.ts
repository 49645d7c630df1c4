import { expect, test } from 'vitest'
import { guidText } from './access-list'
import { domainOf, fileTime, idOfSid, isKeyDistributor, sidOfId, sidText, unicodePassword } from './domain-entry'

test('times count 100 ns since 1601; 0 and the greatest number are never', () => {
  expect(fileTime('116444736000000000')).toBe('1970-01-01T00:00:00.000Z')
  expect(fileTime('133485408000000000')).toBe('2024-01-01T00:00:00.000Z')
  expect(fileTime('0')).toBeNull()
  expect(fileTime('9223372036854775807')).toBeNull()
  for (const text of [undefined, '', 'soon', '9223372036854775806']) expect(fileTime(text)).toBeUndefined()
})

test('identifiers are read from their bytes, and what is none is left', () => {
  const bytes = Buffer.from('010500000000000515000000010000000200000003000000f6010000', 'hex')
  expect(sidText(bytes)).toEqual({ sid: 'S-1-5-21-1-2-3-502', length: 28 })
  expect(sidText(bytes.subarray(0, 20))).toBeUndefined()
  expect(sidText(Buffer.alloc(0))).toBeUndefined()
  expect(isKeyDistributor('S-1-5-21-1-2-3-502')).toBe(true)
  expect(isKeyDistributor('S-1-5-21-1-2-3-1502')).toBe(false)
})

test('groups that every domain has alike carry its name', () => {
  expect(domainOf('OU=Services,DC=example,dc=org')).toBe('EXAMPLE.ORG')
  expect(idOfSid('S-1-5-32-544', 'EXAMPLE.ORG')).toBe('EXAMPLE.ORG-S-1-5-32-544')
  expect(sidOfId('EXAMPLE.ORG-S-1-5-32-544')).toBe('S-1-5-32-544')
  expect(sidOfId('S-1-5-21-1-2-3-502')).toBe('S-1-5-21-1-2-3-502')
  expect(sidOfId('S-1-5-21-1)(objectSid=*')).toBeUndefined()
})

test('a password is written quoted and in UTF-16', () => {
  expect(unicodePassword('aé').toString('hex')).toBe('22006100e9002200')
})

test('the first three groups of a GUID are written from their low end', () => {
  expect(guidText(Buffer.from('70952900 6d24 d011 a768 00aa006e0529'.replaceAll(' ', ''), 'hex'))).toBe(
    '00299570-246d-11d0-a768-00aa006e0529',
  )
})

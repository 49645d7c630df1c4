import { expect, test } from 'vitest'
import { escapeFilter, generalizedTime, normalDn } from './entry'

test('times of a directory are instants, and what is none is unknown', () => {
  expect(generalizedTime('20260102030405Z')).toBe('2026-01-02T03:04:05.000Z')
  expect(generalizedTime('20260102030405.123456Z')).toBe('2026-01-02T03:04:05.000Z')
  expect(generalizedTime('20260102030405.0Z')).toBe('2026-01-02T03:04:05.000Z')
  for (const text of ['000001010000Z', '20261302030405Z', 'yesterday', '', undefined])
    expect(generalizedTime(text)).toBeUndefined()
})

test('names are the same however they were typed', () => {
  expect(normalDn('CN=Readers, OU=Groups , DC=Example,DC=org')).toBe('cn=readers,ou=groups,dc=example,dc=org')
  expect(normalDn('cn=Billing\\2C East,dc=org')).toBe(normalDn('CN=billing\\, east,DC=org'))
  expect(normalDn('cn=a\\,b,dc=org')).not.toBe(normalDn('cn=a,b,dc=org'))
})

test('no value leaves its place in a filter', () => {
  expect(escapeFilter('a*)(uid=\\b\0')).toBe('a\\2a\\29\\28uid=\\5cb\\00')
})

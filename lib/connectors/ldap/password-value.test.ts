import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Secret } from '../secret'
import {
  disabledValue,
  emptied,
  enabledValue,
  hashedPassword,
  isDisabledValue,
  passwordId,
  passwordsOf,
  schemeOf,
} from './password-value'

const context = { fingerprint: (text: string) => createHash('sha256').update(text).digest('hex') }

test('a hash is salted, and in the strongest scheme that the entry uses already', () => {
  const salt = Buffer.from('saltsalt')
  const secret = new Secret('correct horse')
  const expected = createHash('sha1').update('correct horse').update(salt).digest()
  expect(hashedPassword(secret, [], salt)).toBe(`{SSHA}${Buffer.concat([expected, salt]).toString('base64')}`)
  expect(schemeOf(hashedPassword(secret, ['{SSHA}x', '{SSHA512}y', '{SSHA256}z']))).toBe('SSHA512')
  expect(schemeOf(hashedPassword(secret, ['{ARGON2}$argon2id$v=19$m=1']))).toBe('SSHA')
  expect(hashedPassword(secret)).not.toBe(hashedPassword(secret))
})

test('a disabled value is the same password under the same id, and comes back unchanged', () => {
  for (const stored of ['{SSHA}abcd', '{CRYPT}$6$salt$hash', 'clear text', '{SSHA}*none*x']) {
    const disabled = disabledValue(stored)
    expect(isDisabledValue(disabled)).toBe(true)
    expect(isDisabledValue(stored)).toBe(false)
    expect(enabledValue(disabled)).toBe(stored)
    expect(enabledValue(stored)).toBe(stored)
    expect(schemeOf(disabled)).toBe(schemeOf(stored))
    expect(passwordId('id', disabled, context)).toBe(passwordId('id', stored, context))
    // A star is in no base64: the server finds no hash there that a password could fit.
    expect(disabled).toMatch(/^\{SSHA\}\*/)
  }
})

test('what is no secret of this directory is no password', () => {
  expect(passwordsOf(['{SSHA}abcd', emptied, '', '{SASL}app@EXAMPLE.ORG', 'clear'])).toEqual(['{SSHA}abcd', 'clear'])
  expect(schemeOf('clear')).toBeUndefined()
})

test('an id shows nothing of what is kept', () => {
  expect(passwordId('id', '{SSHA}abcd', context)).toMatch(/^id#password:[0-9a-f]{16}$/)
})

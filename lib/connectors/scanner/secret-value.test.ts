import { describe, expect, test } from 'vitest'
import { instant } from './instants'
import { credentialTypeOf } from './rule-types'
import { decoded, isMasked, lastFour, secretInMatch, usableSecret } from './secret-value'

// In two parts, so that nobody takes it for a real one.
const slackHook = ['https://hooks.slack', '.com/services/T0/B0/abc'].join('')

describe('the secret within a match', () => {
  test.each<[string, string | undefined]>([
    ['TOKEN="abc123def"', 'abc123def'],
    ["secret = 'abc123def'", 'abc123def'],
    ['"password": "abc123def",', 'abc123def'],
    ['aws_secret=\\"AKIAIOSFODNN7EXAMPLE\\"","commits":...', 'AKIAIOSFODNN7EXAMPLE'],
    ['password: abc123def', 'abc123def'],
    ['api_key=abc123def', 'abc123def'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['Zm9vYmFyYmF6cXV4cXV1eA==', 'Zm9vYmFyYmF6cXV4cXV1eA=='],
    ['eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln', 'eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln'],
    ['123456:ABC-DEF', '123456:ABC-DEF'],
    ['curl http://user:password@example.org/', 'http://user:password@example.org/'],
    [slackHook, slackHook],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\n',
      '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----', undefined],
    ['password = getEncryptedPass()', undefined],
    ['password: ""', undefined],
    ['a line of text with secret words', undefined],
    ['REDACTED', undefined],
    ['', undefined],
  ])('%j', (match, secret) => {
    expect(secretInMatch(match)).toBe(secret)
  })
})

test('masks', () => {
  for (const value of [
    '',
    'REDACTED',
    '[REDACTED]',
    '********',
    'abc***def',
    'AKIA...',
    '•••',
    'MMMMMMMM',
    '-----BEGIN RSA PRIVATE KEY-----\nMMMM\nMMMM\n-----END RSA PRIVATE KEY-----',
  ])
    expect(isMasked(value), value).toBe(true)
  for (const value of ['hardcoded0', 'a*b', 'AKIAIOSFODNN7EXAMPLE']) expect(isMasked(value), value).toBe(false)
  expect(usableSecret(' x1y2z3 \n')).toBe('x1y2z3')
})

test('base64 only where it is text', () => {
  expect(decoded('QUtJQVlWUDRDSVBQRVJVVklGWEc=')).toBe('AKIAYVP4CIPPERUVIFXG')
  for (const value of [
    'AKIAIOSFODNN7EXAMPLE',
    'password',
    'c77e01c1e89682e4d4b94a059a7fd2b37ab326ed',
    'ghp_abc',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ])
    expect(decoded(value)).toBe(value)
})

test('the last four only where they say something', () => {
  expect([lastFour('short'), lastFour('https://a:b@c.example'), lastFour('abcdefghijkl')]).toEqual([
    undefined,
    undefined,
    'ijkl',
  ])
})

test.each<[unknown, string | undefined]>([
  ['2022-06-16 10:17:40 -0700 -0700', '2022-06-16T17:17:40.000Z'],
  ['2022-06-16 10:17:40 -0700 PDT', '2022-06-16T17:17:40.000Z'],
  ['2023-01-01 10:00:00 +0000 UTC', '2023-01-01T10:00:00.000Z'],
  ['Sat Mar 13 17:42:00 2021 +0530', '2021-03-13T12:12:00.000Z'],
  ['Mon Jul 5 12:54:43 2021 +0530', '2021-07-05T07:24:43.000Z'],
  ['2020-04-15 12:47:20', '2020-04-15T12:47:20.000Z'],
  ['2020-04-04T15:52:59-07:00', '2020-04-04T22:52:59.000Z'],
  ['2021-10-14T17:05:15.123456Z', '2021-10-14T17:05:15.123Z'],
  ['1685495256 +0000', '2023-05-31T01:07:36.000Z'],
  [1685495256, '2023-05-31T01:07:36.000Z'],
  ['0001-01-01T00:00:00Z', undefined],
  ['', undefined],
  ['yesterday', undefined],
  ['2021-99-99T00:00:00Z', undefined],
  [Number.POSITIVE_INFINITY, undefined],
])('instant %j', (value, expected) => {
  expect(instant(value)).toBe(expected)
})

test.each<[string, string | undefined, string | undefined]>([
  ['aws-access-token', 'AKIAIOSFODNN7EXAMPLE', 'api_key'],
  ['AWS Secret Access Key', undefined, 'api_key'],
  ['generic-api-key', undefined, 'api_key'],
  ['PrivateKey', undefined, 'signing_key'],
  ['SSH (OPENSSH) private key', undefined, 'ssh_key'],
  ['PrivateKey', '-----BEGIN OPENSSH PRIVATE KEY-----', 'ssh_key'],
  ['github_personal_access_token', undefined, 'access_token'],
  ['Secret Keyword', undefined, undefined],
  ['Hex High Entropy String', undefined, undefined],
  ['Basic Auth Credentials', undefined, 'password'],
  ['Username and password in URI', undefined, 'password'],
  ['slack_incoming_webhook_url', undefined, 'api_key'],
  ['google_oauth_client_secret', undefined, 'client_secret'],
  ['gitlab refresh token', undefined, 'refresh_token'],
  ['JSON Web Token', undefined, 'access_token'],
  ['pkcs12-file', undefined, 'certificate'],
  ['x', 'glpat-abc', 'access_token'],
])('rule %s %s is of type %s', (rule, secret, type) => {
  expect(credentialTypeOf(rule, secret)).toBe(type)
})

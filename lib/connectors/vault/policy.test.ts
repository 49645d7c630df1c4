import { expect, test } from 'vitest'
import { type PathRule, privilegeOf, readPolicy } from './policy'

const rule = (path: string, ...capabilities: string[]): PathRule => ({ path, capabilities, isNarrowed: false })

test('reads HCL, with comments, old words and what narrows a rule', () => {
  const source = `
# path "not/this" { capabilities = ["sudo"] }
path "secret/data/shop/*" { capabilities = ["read", "list"] } // path "nor/this" {
/* path "nor/that" { capabilities = ["sudo"] } */
path "secret/#/x" {
  capabilities = ["update"]
  allowed_parameters = { "bar" = ["zip", "zap"] }
}
path "old/*" { policy = "write" }
path "none" {}
`
  expect(readPolicy(source)).toEqual([
    rule('secret/data/shop/*', 'read', 'list'),
    { ...rule('secret/#/x', 'update'), isNarrowed: true },
    rule('old/*', 'create', 'read', 'update', 'delete', 'list'),
    rule('none'),
  ])
})

test('reads JSON, and says when it cannot read', () => {
  expect(readPolicy('{"path":{"secret/*":{"capabilities":["read"]}}}')).toEqual([rule('secret/*', 'read')])
  expect(readPolicy('')).toEqual([])
  for (const bad of ['{', '{"path":7}', 'path "x" { capabilities = ["read"]', 'nothing of the kind'])
    expect(readPolicy(bad), bad).toBeUndefined()
  expect(readPolicy('path "x" { policy = "constructor" }')).toEqual([rule('x')])
})

test('takes a long policy and an unfinished comment in one passing', () => {
  const long = 'path "a" { capabilities = ["read"] }\n'.repeat(50_000)
  const from = performance.now()
  expect(readPolicy(long)).toHaveLength(2_000)
  readPolicy(`/*${'*'.repeat(500_000)}`)
  readPolicy(`path "${'x'.repeat(500_000)}`)
  readPolicy('path "a" {'.repeat(20_000))
  readPolicy(`path "a" { x = "${'\\"'.repeat(250_000)}`)
  readPolicy('/*'.repeat(250_000))
  expect(performance.now() - from).toBeLessThan(3_000)
})

test.each([
  [rule('secret/data/*', 'read'), 'secret_read'],
  [rule('secret/data/*', 'create', 'update'), 'write'],
  [rule('secret/metadata/*', 'list'), 'read'],
  [rule('pki/issue/web', 'update'), 'secret_read'],
  [rule('database/creds/readonly', 'read'), 'secret_read'],
  [rule('sys/policies/acl/*', 'update'), 'admin'],
  [rule('auth/approle/role/+/secret-id', 'update'), 'admin'],
  [rule('sys/health', 'read'), 'read'],
  [rule('sys/audit', 'sudo', 'read'), 'admin'],
  [rule('*', 'read'), 'secret_read'],
  [rule('+/data', 'update'), 'admin'],
  [rule('sysadmin/x', 'update'), 'write'],
  [rule('auth/token/renew-self', 'update'), 'read'],
  [rule('cubbyhole/*', 'create', 'read', 'update', 'delete', 'list'), 'read'],
  [rule('secret/*', 'deny'), undefined],
  [rule('secret/*'), undefined],
])('%o amounts to %s', (given, privilege) => {
  expect(privilegeOf(given)).toBe(privilege)
})

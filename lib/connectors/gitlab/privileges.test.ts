import { expect, test } from 'vitest'
import { gradeRole, gradeToken, scopePrivilege } from './privileges'

test.each([
  ['api', 'admin'],
  ['read_api', 'read'],
  ['read_user', 'read'],
  ['write_repository', 'write'],
  ['create_runner', 'admin'],
  ['sudo', 'admin'],
  ['self_rotate', 'write'],
  ['brand_new', undefined],
  ['constructor', undefined],
])('scope %s is %s', (scope, expected) => {
  expect(scopePrivilege(scope)).toBe(expected)
})

test.each([
  [['api'], 40, 'admin'],
  [['api'], 30, 'write'],
  [['api'], 20, 'read'],
  [['read_repository'], 50, 'read'],
  [['api'], undefined, 'admin'],
  [['api'], 0, undefined],
])('%s with role %s is %s', (scopes, level, expected) => {
  expect(gradeToken(scopes, level).privilege).toBe(expected)
})

test('unknown scopes and roles are kept and named', () => {
  expect(gradeToken(['read_api', 'brand_new'], 99)).toEqual({
    scopes: ['read_api', 'brand_new'],
    privilege: 'read',
    notEvaluable: 'unknown scope: brand_new; unknown role of the token',
  })
  expect(gradeRole('Maintainer')).toEqual({ scopes: ['role:maintainer'], privilege: 'admin' })
  expect(gradeRole('Wizard')).toEqual({ scopes: [], notEvaluable: 'the role is not given, or not known' })
})

import { expect, test } from 'vitest'
import { relationPrivilege } from './opengraph-kinds'
import { gradePermissions, gradeScopes, permissionPrivilege, rolePrivilege, scopePrivilege } from './privileges'

test.each([
  ['metadata', 'read', 'read'],
  ['contents', 'read', 'read'],
  ['contents', 'write', 'write'],
  ['secrets', 'read', 'read'],
  ['secrets', 'write', 'write'],
  ['secret_scanning_alerts', 'read', 'secret_read'],
  ['workflows', 'write', 'secret_read'],
  ['administration', 'read', 'read'],
  ['administration', 'write', 'admin'],
  ['members', 'write', 'admin'],
  ['organization_personal_access_tokens', 'write', 'admin'],
  ['organization_secrets', 'read', 'read'],
  ['organization_projects', 'admin', 'admin'],
  ['quantum_teleporters', 'read', undefined],
  ['contents', 'everything', undefined],
  ['constructor', 'read', undefined],
])('%s: %s is %s', (name, level, expected) => {
  expect(permissionPrivilege(name, level)).toBe(expected)
})

test.each([
  ['repo', 'admin'],
  ['public_repo', 'write'],
  ['read:org', 'read'],
  ['admin:org', 'admin'],
  ['workflow', 'secret_read'],
  ['user:email', 'read'],
  ['brand:new', undefined],
])('scope %s is %s', (scope, expected) => {
  expect(scopePrivilege(scope)).toBe(expected)
})

test('roles and relations', () => {
  expect(['pull', 'TRIAGE', 'maintain', 'admin', 'custom'].map(rolePrivilege)).toEqual([
    'read',
    'write',
    'write',
    'admin',
    undefined,
  ])
  expect(['ReadRepoContents', 'AdminTo', 'ViewSecretScanningAlerts', 'SomethingNew'].map(relationPrivilege)).toEqual([
    'read',
    'admin',
    'secret_read',
    undefined,
  ])
})

test('unknown permissions are kept and named, and do not lower the rest', () => {
  expect(gradePermissions({ contents: 'write', teleporters: 'read', pages: 'none' })).toEqual({
    scopes: ['contents:write', 'teleporters:read'],
    privilege: 'write',
    notEvaluable: 'unknown permission: teleporters:read',
  })
  expect(gradeScopes(['brand:new'])).toEqual({ scopes: ['brand:new'], notEvaluable: 'unknown permission: brand:new' })
})

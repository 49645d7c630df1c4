import { expect, test } from 'vitest'
import { secretVerbsOfWildcard, urlPrivilege, verbPrivilege } from './privileges'

const rbac = 'rbac.authorization.k8s.io'

test.each([
  ['get', '', 'pods', 'read'],
  ['deletecollection', 'apps', 'deployments', 'write'],
  ['list', '', 'secrets', 'secret_read'],
  ['create', '', 'secrets', 'write'],
  ['*', '', 'secrets', 'secret_read'],
  // `get` on everything includes nodes/proxy and pods/exec, which run commands.
  ['get', '*', '*', 'admin'],
  ['watch', '*', '*', 'secret_read'],
  ['list', '', '*', 'secret_read'],
  ['list', 'apps', '*', 'read'],
  ['*', 'apps', '*', 'write'],
  ['*', '*', '*', 'admin'],
  ['create', '', 'pods', 'write'],
  ['create', '', 'pods/exec', 'admin'],
  ['create', '', '*/exec', 'admin'],
  ['get', '', 'nodes/proxy', 'admin'],
  ['create', '', 'serviceaccounts/token', 'admin'],
  ['create', '', 'serviceaccounts', 'write'],
  ['impersonate', '', 'users', 'admin'],
  ['bind', rbac, 'clusterroles', 'admin'],
  ['patch', rbac, 'rolebindings', 'admin'],
  ['delete', rbac, 'rolebindings', 'write'],
  ['get', rbac, 'roles', 'read'],
  ['update', 'certificates.k8s.io', 'certificatesigningrequests/approval', 'admin'],
  ['use', 'policy', 'podsecuritypolicies', undefined],
  ['constructor', '', 'pods', undefined],
])('%s on %s/%s is %s', (verb, group, resource, privilege) => {
  expect(verbPrivilege(verb, group, resource)).toBe(privilege)
})

test('URLs', () => {
  expect([
    urlPrivilege('get', '/metrics'),
    urlPrivilege('post', '/x'),
    urlPrivilege('*', '*'),
    urlPrivilege('odd', '/'),
  ]).toEqual(['read', 'write', 'admin', undefined])
})

test('wildcards that cover secrets', () => {
  expect(secretVerbsOfWildcard(['get', 'create', '*'], '', '*')).toEqual(['get', '*'])
  expect(secretVerbsOfWildcard(['get'], 'apps', '*')).toEqual([])
  expect(secretVerbsOfWildcard(['get'], '', 'pods')).toEqual([])
})

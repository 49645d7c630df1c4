import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { anthropicRoles } from './anthropic'
import { cloudflarePrivilege } from './cloudflare'
import { databricksRights } from './databricks'
import { mapFixture, mapValue } from './map-in-test'
import { permissionSetPrivilege } from './scaleway'
import { secretFacts } from './secret'
import { slackPrivilege } from './slack'
import { snowflakePrivilege } from './snowflake-privileges'
import { tailscalePrivilege } from './tailscale'

test('every fixture is taken by its own format only', () => {
  const root = path.join(import.meta.dirname, 'fixtures')
  for (const format of readdirSync(root))
    for (const name of readdirSync(path.join(root, format))) mapFixture(format, name)
})

test('privileges of scopes and permission groups', () => {
  expect(['users:read', 'im:history', 'chat:write', 'admin.users:write', 'tomorrow'].map(slackPrivilege)).toEqual([
    'read',
    'read',
    'write',
    'admin',
    undefined,
  ])
  expect(['devices:core:read', 'auth_keys', 'dns', 'tomorrow'].map(tailscalePrivilege)).toEqual([
    'read',
    'admin',
    'write',
    undefined,
  ])
  expect(['Zone Read', 'DNS Write', 'API Tokens Write', 'Tomorrow'].map(cloudflarePrivilege)).toEqual([
    'read',
    'write',
    'admin',
    undefined,
  ])
})

test('privileges by the names of each system', () => {
  expect([
    snowflakePrivilege('select', 'TABLE', false),
    snowflakePrivilege('READ', 'SECRET', false),
    snowflakePrivilege('SELECT', 'TABLE', true),
    snowflakePrivilege('MANAGE GRANTS', 'ACCOUNT', false),
    snowflakePrivilege('CREATE SCHEMA', 'DATABASE', false),
    snowflakePrivilege('FLY', 'TABLE', false),
  ]).toEqual(['read', 'secret_read', 'admin', 'admin', 'write', undefined])
  expect(
    [
      'AllProductsFullAccess',
      'InstancesReadOnly',
      'ObjectStorageObjectsWrite',
      'SecretManagerSecretAccess',
      'Tomorrow',
    ].map(permissionSetPrivilege),
  ).toEqual(['admin', 'read', 'write', 'secret_read', undefined])
  expect([anthropicRoles.workspace_admin, databricksRights.admins]).toEqual(['admin', 'admin'])
})

test('masked secrets give no fingerprint', () => {
  const of = (value: unknown) => secretFacts(value, (secret) => `fp(${secret.length})`)
  expect(of('sk-ant-api03-R2D...igAA')).toEqual({ lastFour: 'igAA' })
  expect(of('********')).toEqual({})
  expect(of('XXX')).toEqual({})
  expect(of('short')).toEqual({ fingerprint: 'fp(5)' })
  expect(of('long-enough-1234')).toEqual({ fingerprint: 'fp(16)', lastFour: '1234' })
})

test('entries of another kind among them are counted with their place', () => {
  const result = mapValue([{ token_id: 't', creation_time: 1700000000000 }, { hello: 1 }, 'x'], 'saas-databricks')
  expect(result.refused.map(({ at }) => at)).toEqual(['$[1]', '$[2]'])
})

import { describe, expect, test } from 'vitest'
import { directoryRoles, resourceRoles } from './privilege-table'
import {
  builtInRole,
  privilegeOfAction,
  privilegeOfPermissions,
  privilegeOfScope,
  privilegeOfVaultPermission,
} from './privileges'

describe('built-in roles', () => {
  test.each([
    ['8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', 'admin'],
    ['18D7D88D-D35E-4FB5-A5C3-7773C20A72D9', 'User Access Administrator', 'admin'],
    ['b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', 'write'],
    ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', 'read'],
    ['key vault secrets user', 'Key Vault Secrets User', 'secret_read'],
    ['Storage Blob Data Reader', 'Storage Blob Data Reader', 'read'],
    ['62e90394-69f5-4237-9190-012177145e10', 'Global Administrator', 'admin'],
    ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b', 'Directory Readers', 'read'],
  ])('%s', (idOrName, name, privilege) => {
    expect(builtInRole(idOrName)).toEqual({ name, privilege })
  })

  test('ids are ids, each once, and an unknown role is unknown', () => {
    const ids = [...resourceRoles, ...directoryRoles].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/)
    expect(builtInRole('Some Role of Ours')).toBeUndefined()
  })
})

describe('actions', () => {
  test.each([
    ['*', 'admin'],
    ['*/read', 'read'],
    ['Microsoft.Authorization/*', 'admin'],
    ['Microsoft.Authorization/*/read', 'read'],
    ['Microsoft.Authorization/roleAssignments/write', 'admin'],
    ['microsoft.authorization/ROLEASSIGNMENTS/write', 'admin'],
    ['Microsoft.Authorization/elevateAccess/Action', 'admin'],
    ['Microsoft.Storage/storageAccounts/listKeys/action', 'secret_read'],
    ['Microsoft.Storage/storageAccounts/read', 'read'],
    ['Microsoft.Storage/storageAccounts/write', 'write'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete', 'write'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/*', 'admin'],
    ['Microsoft.ContainerRegistry/registries/quarantineRead/read', 'read'],
    ['Microsoft.KeyVault/vaults/secrets/getSecret/action', 'secret_read'],
    ['Microsoft.KeyVault/vaults/secrets/readMetadata/action', 'write'],
    ['Microsoft.KeyVault/vaults/secrets/*', 'secret_read'],
    ['Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action', 'write'],
    ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action', 'admin'],
    ['Microsoft.Cache/redis/listKeys/action', 'secret_read'],
    ['Microsoft.Compute/virtualMachines/start/action', 'write'],
    ['Microsoft.Compute/virtualMachines/runCommand/action', 'admin'],
    ['microsoft.directory/applications/credentials/update', 'admin'],
    ['microsoft.directory/users/standard/read', 'read'],
  ])('%s is %s', (action, privilege) => {
    expect(privilegeOfAction(action)).toBe(privilege)
  })

  test.each(['', 'read', 'Microsoft.X/y/frobnicate', 'a b', '???'])('%j is unknown, not harmless', (action) => {
    expect(privilegeOfAction(action)).toBeUndefined()
  })

  const none = { notActions: [], dataActions: [], notDataActions: [] }
  test('what is taken away lowers the rest: Contributor is everything but granting', () => {
    const notActions = [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ]
    expect(privilegeOfPermissions({ ...none, actions: ['*'], notActions })).toEqual({ privilege: 'write', unknown: [] })
    expect(privilegeOfPermissions({ ...none, actions: ['*'] }).privilege).toBe('admin')
    expect(
      privilegeOfPermissions({
        ...none,
        actions: ['Microsoft.Search/searchServices/*'],
        notActions: ['Microsoft.Search/searchServices/listAdminKeys/action'],
      }).privilege,
    ).toBe('write')
  })

  test('an action that is taken away as a whole counts no more, and data actions count like actions', () => {
    const actions = ['Microsoft.KeyVault/vaults/read', 'Microsoft.Authorization/roleAssignments/write']
    expect(privilegeOfPermissions({ ...none, actions, notActions: ['Microsoft.Authorization/*'] }).privilege).toBe(
      'read',
    )
    const dataActions = ['Microsoft.KeyVault/vaults/secrets/getSecret/action']
    expect(privilegeOfPermissions({ ...none, actions: [], dataActions }).privilege).toBe('secret_read')
    expect(privilegeOfPermissions({ ...none, actions: ['Microsoft.X/y/frobnicate'] })).toEqual({
      privilege: undefined,
      unknown: ['Microsoft.X/y/frobnicate'],
    })
  })
})

describe('permissions of APIs', () => {
  test.each([
    ['User.Read', 'read'],
    ['Directory.Read.All', 'read'],
    ['Mail.ReadWrite', 'write'],
    ['Mail.Send', 'write'],
    ['Files.ReadWrite.All', 'write'],
    ['Directory.ReadWrite.All', 'admin'],
    ['RoleManagement.ReadWrite.Directory', 'admin'],
    ['AppRoleAssignment.ReadWrite.All', 'admin'],
    ['https://graph.microsoft.com/Application.ReadWrite.All', 'admin'],
    ['Sites.FullControl.All', 'admin'],
    ['BitlockerKey.Read.All', 'secret_read'],
    ['openid', 'read'],
    ['user_impersonation', 'write'],
    ['frobnicate', undefined],
  ])('%s', (scope, privilege) => {
    expect(privilegeOfScope(scope)).toBe(privilege)
  })

  test.each([
    ['secrets/get', 'secret_read'],
    ['secrets/list', 'read'],
    ['secrets/set', 'write'],
    ['secrets/all', 'secret_read'],
    ['keys/get', 'read'],
    ['keys/decrypt', 'secret_read'],
    ['keys/sign', 'write'],
    ['keys/frobnicate', undefined],
  ])('a vault allows %s', (permission, privilege) => {
    expect(privilegeOfVaultPermission(permission)).toBe(privilege)
  })
})

import { describe, expect, test } from 'vitest'
import { letsImpersonate, privilegeOfPermission, privilegeOfPermissions, privilegeOfRole } from './privileges'

describe('predefined roles', () => {
  test.each([
    ['roles/owner', 'admin'],
    ['roles/editor', 'write'],
    ['roles/viewer', 'read'],
    ['roles/browser', 'read'],
    ['roles/iam.securityAdmin', 'admin'],
    ['roles/iam.serviceAccountTokenCreator', 'admin'],
    ['roles/iam.serviceAccountUser', 'admin'],
    ['roles/iam.workloadIdentityUser', 'admin'],
    ['roles/iam.serviceAccountViewer', 'read'],
    ['roles/resourcemanager.projectIamAdmin', 'admin'],
    ['roles/secretmanager.secretAccessor', 'secret_read'],
    ['roles/secretmanager.viewer', 'read'],
    ['roles/cloudkms.cryptoKeyDecrypter', 'secret_read'],
    ['roles/cloudkms.cryptoKeyEncrypter', 'write'],
    ['roles/cloudkms.signer', 'write'],
    ['roles/cloudkms.admin', 'admin'],
    ['roles/storage.admin', 'admin'],
    ['roles/storage.objectViewer', 'read'],
    ['roles/storage.objectCreator', 'write'],
    ['roles/bigquery.dataViewer', 'read'],
    ['roles/bigquery.jobUser', 'write'],
    ['roles/run.invoker', 'write'],
    ['roles/logging.logWriter', 'write'],
    ['roles/container.developer', 'secret_read'],
  ])('%s is %s', (role, privilege) => {
    expect(privilegeOfRole(role)).toBe(privilege)
  })

  test.each([
    'roles/admin',
    'roles/cryptoKeyDecrypter',
    'roles/iam.serviceAccountTest1',
    'projects/p/roles/viewer',
    '',
    'roles/',
    'roles/constructor',
  ])('%s is unknown, not harmless', (role) => {
    expect(privilegeOfRole(role)).toBeUndefined()
  })
})

describe('permissions', () => {
  test.each([
    ['storage.buckets.get', 'read'],
    ['storage.buckets.list', 'read'],
    ['storage.buckets.getIamPolicy', 'read'],
    ['storage.buckets.setIamPolicy', 'admin'],
    ['storage.buckets.update', 'write'],
    ['storage.objects.delete', 'write'],
    ['bigquery.tables.getData', 'read'],
    ['accessapproval.requests.get', 'read'],
    ['artifactregistry.repositories.downloadArtifacts', 'read'],
    ['cloudkms.cryptoKeyVersions.useToDecrypt', 'secret_read'],
    ['cloudkms.cryptoKeyVersions.useToEncrypt', 'write'],
    ['secretmanager.versions.access', 'secret_read'],
    ['iam.serviceAccounts.actAs', 'admin'],
    ['iam.serviceAccounts.getAccessToken', 'admin'],
    ['iam.serviceAccountKeys.create', 'admin'],
    ['iam.serviceAccountKeys.list', 'read'],
    ['iam.roles.update', 'admin'],
    ['apikeys.keys.getKeyString', 'secret_read'],
    ['pubsub.topics.publish', 'write'],
    ['run.routes.invoke', 'write'],
    ['resourcemanager.projects.setIamPolicy', 'admin'],
    ['container.secrets.get', 'secret_read'],
    ['compute.instances.osAdminLogin', 'admin'],
  ])('%s is %s', (permission, privilege) => {
    expect(privilegeOfPermission(permission)).toBe(privilege)
  })

  test.each(['storage.buckets.frobnicate', 'storage', '', 'a b c', 'storage.buckets.getter', '*'])(
    '%s is unknown, not harmless',
    (permission) => {
      expect(privilegeOfPermission(permission)).toBeUndefined()
    },
  )

  test('a role is worth the most of its permissions, and tells which are unknown', () => {
    expect(privilegeOfPermissions(['storage.buckets.get', 'x.y.frobnicate', 'storage.buckets.create'])).toEqual({
      privilege: 'write',
      unknown: ['x.y.frobnicate'],
    })
    expect(privilegeOfPermissions([])).toEqual({ privilege: undefined, unknown: [] })
  })

  test('acting as a service account follows from the role or from its permissions', () => {
    expect(letsImpersonate('roles/iam.serviceAccountUser', undefined)).toBe(true)
    expect(letsImpersonate('projects/p/roles/x', ['iam.serviceAccounts.signJwt'])).toBe(true)
    expect(letsImpersonate('roles/iam.serviceAccountViewer', ['iam.serviceAccounts.get'])).toBe(false)
  })
})

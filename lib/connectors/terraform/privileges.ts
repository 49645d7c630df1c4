import type { Privilege } from '../contract'
import { wordTable } from '../word-table'
import { higher } from './sink'

/**
 * What the systems' own words for a permission amount to. One rule for all: what a system calls by a reading verb is `read`;
 * what grants, impersonates or creates credentials is `admin`; what gives out secrets is `secret_read`. A word that is not
 * known has no privilege: it is shown as unknown, never taken for harmless.
 */

const awsRead =
  /^(?:get|list|describe|head|batch(?:get|describe|list|check)|query|scan|select|search|view|lookup|count|estimate|simulate|filter|read|decode|check|test|validate|verify|detect|preview|download|discover|retrieve|receive|export|explain|introspect)/

/** AWS: can grant, impersonate or create credentials. From the access level "Permissions management" of the service authorization reference. */
const awsAdmin: Record<string, string> = wordTable({
  iam: 'AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion CreateRole CreateSAMLProvider CreateServiceSpecificCredential DeleteAccountPasswordPolicy DeleteGroupPolicy DeletePolicy DeletePolicyVersion DeleteRolePermissionsBoundary DeleteRolePolicy DeleteUserPermissionsBoundary DeleteUserPolicy DetachGroupPolicy DetachRolePolicy DetachUserPolicy PassRole PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary PutUserPolicy RemoveUserFromGroup ResetServiceSpecificCredential SetDefaultPolicyVersion UpdateAccessKey UpdateAssumeRolePolicy UpdateLoginProfile UpdateOpenIDConnectProviderThumbprint UpdateSAMLProvider UploadSigningCertificate UploadSSHPublicKey',
  sts: 'AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot GetFederationToken',
  s3: 'DeleteAccessPointPolicy DeleteBucketPolicy ObjectOwnerOverrideToBucketOwner PutAccessPointPolicy PutAccountPublicAccessBlock PutBucketAcl PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutObjectAcl PutObjectVersionAcl CreateAccessGrant',
  lambda:
    'AddLayerVersionPermission AddPermission RemovePermission UpdateFunctionCode CreateFunctionUrlConfig UpdateFunctionUrlConfig PutResourcePolicy',
  kms: 'CreateGrant PutKeyPolicy RetireGrant RevokeGrant',
  ssm: 'ModifyDocumentPermission PutResourcePolicy SendCommand StartSession CreateActivation',
  secretsmanager: 'PutResourcePolicy DeleteResourcePolicy',
  sns: 'AddPermission RemovePermission SetTopicAttributes',
  sqs: 'AddPermission RemovePermission SetQueueAttributes',
  ecr: 'SetRepositoryPolicy DeleteRepositoryPolicy PutRegistryPolicy DeleteRegistryPolicy',
  ecs: 'ExecuteCommand',
  eks: 'CreateAccessEntry UpdateAccessEntry AssociateAccessPolicy CreatePodIdentityAssociation UpdatePodIdentityAssociation',
  ec2: 'ModifySnapshotAttribute ModifyImageAttribute ModifyVpcEndpointServicePermissions CreateNetworkInterfacePermission DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess',
  'ec2-instance-connect': 'SendSSHPublicKey SendSerialConsoleSSHPublicKey OpenTunnel',
  cloudformation: 'SetStackPolicy UpdateStack ExecuteChangeSet',
  codebuild: 'PutResourcePolicy ImportSourceCredentials',
  'cognito-idp': 'AdminSetUserPassword AdminResetUserPassword AdminAddUserToGroup AdminCreateUser CreateUserPoolClient',
  dynamodb: 'PutResourcePolicy DeleteResourcePolicy',
  events: 'PutPermission RemovePermission PutResourcePolicy',
  glue: 'PutResourcePolicy DeleteResourcePolicy UpdateDevEndpoint',
  iot: 'AttachPolicy CreateKeysAndCertificate CreatePolicy CreatePolicyVersion',
  kinesis: 'PutResourcePolicy DeleteResourcePolicy',
  lakeformation: 'GrantPermissions BatchGrantPermissions RevokePermissions PutDataLakeSettings',
  logs: 'PutResourcePolicy PutDestinationPolicy',
  ram: 'CreateResourceShare UpdateResourceShare AssociateResourceShare',
  rds: 'ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute',
  redshift: 'CreateClusterUser JoinGroup GetClusterCredentials GetClusterCredentialsWithIAM ModifyClusterIamRoles',
  elasticfilesystem: 'PutFileSystemPolicy DeleteFileSystemPolicy',
})

/** AWS: gives out a secret, a private key or another principal's credential in the clear. */
const awsSecrets: Record<string, string> = wordTable({
  secretsmanager: 'GetSecretValue BatchGetSecretValue',
  ssm: 'GetParameter GetParameters GetParametersByPath GetParameterHistory',
  kms: 'Decrypt DeriveSharedSecret ReEncryptFrom',
  acm: 'ExportCertificate',
  ec2: 'GetPasswordData',
  'rds-db': 'connect',
  glue: 'GetConnection GetConnections',
  'cognito-identity': 'GetCredentialsForIdentity GetOpenIdToken GetOpenIdTokenForDeveloperIdentity',
  lightsail: 'DownloadDefaultKeyPair GetRelationalDatabaseMasterUserPassword GetBucketAccessKeys',
})

/** AWS services whose every action that is not a reading one decides who may do what. */
const awsGrantServices = new Set(['organizations', 'sso', 'sso-directory', 'identitystore', 'rolesanywhere'])

const lowered = (table: Record<string, string>) =>
  new Map(Object.entries(table).map(([service, names]) => [service, names.toLowerCase().split(' ')]))
const admins = lowered(awsAdmin)
const secretReaders = lowered(awsSecrets)

/** `*` is any run of characters, `?` one; a linear scan, so that no pattern can make it slow. */
export function matches(pattern: string, written: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < written.length) {
    const wanted = pattern.charAt(p)
    if (wanted === '*') {
      star = p
      resume = t
      p += 1
    } else if (p < pattern.length && (wanted === '?' || wanted === written.charAt(t))) {
      p += 1
      t += 1
    } else if (star >= 0) {
      p = star + 1
      resume += 1
      t = resume
    } else return false
  }
  while (pattern.charAt(p) === '*') p += 1
  return p === pattern.length
}

/** Service and name of an AWS action in lower case; `undefined` when the text is none. A bare `*` is `*:*`. */
export function parseAction(action: string): { service: string; name: string } | undefined {
  const written = action.trim().toLowerCase()
  if (written === '*') return { service: '*', name: '*' }
  const [service, name, ...rest] = written.split(':')
  if (service === undefined || name === undefined || rest.length > 0) return undefined
  return /^[a-z0-9*?-]+$/.test(service) && /^[\w*?.-]+$/.test(name) ? { service, name } : undefined
}

/** The most that an AWS action or wildcard may do: as the AWS files' importer reads it, what is not known is `write`. */
export function awsPrivilege(action: string): Privilege | undefined {
  const parsed = parseAction(action)
  if (parsed === undefined) return undefined
  const { service, name } = parsed
  if (/[*?]/.test(service)) return 'admin'
  if (admins.get(service)?.some((known) => matches(name, known))) return 'admin'
  if (secretReaders.get(service)?.some((known) => matches(name, known))) return 'secret_read'
  const literal = name.split(/[*?]/, 1)[0] ?? ''
  if (awsRead.test(literal)) return 'read'
  if (awsGrantServices.has(service)) return 'admin'
  return literal === name &&
    /^(?:put|set|delete)\w*(?:resource|bucket|key|access|repository)policy$|^add\w*permission$/.test(name)
    ? 'admin'
    : 'write'
}

/** Kubernetes verbs on an ordinary resource. https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
const verbs: Record<string, Privilege> = wordTable({
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'write',
  deletecollection: 'write',
  proxy: 'write',
  impersonate: 'admin',
  bind: 'admin',
  escalate: 'admin',
  approve: 'admin',
  sign: 'admin',
  attest: 'admin',
})
const change = ['create', 'update', 'patch']
const reading = ['get', 'list', 'watch']
const rbac = 'rbac.authorization.k8s.io'
/** Where a verb does more than its name says. https://kubernetes.io/docs/concepts/security/rbac-good-practices/ */
const specials: { group: string; resources: string[]; verbs: string[]; privilege: Privilege }[] = [
  { group: '', resources: ['secrets'], verbs: reading, privilege: 'secret_read' },
  { group: '', resources: ['serviceaccounts/token'], verbs: ['create'], privilege: 'admin' },
  { group: '', resources: ['pods/exec', 'pods/attach', 'nodes/proxy'], verbs: ['get', 'create'], privilege: 'admin' },
  { group: '', resources: ['pods/ephemeralcontainers'], verbs: ['update', 'patch'], privilege: 'admin' },
  { group: '', resources: ['users', 'groups', 'serviceaccounts'], verbs: ['impersonate'], privilege: 'admin' },
  { group: rbac, resources: ['roles', 'clusterroles'], verbs: [...change, 'bind', 'escalate'], privilege: 'admin' },
  { group: rbac, resources: ['rolebindings', 'clusterrolebindings'], verbs: change, privilege: 'admin' },
]

/** The privilege of one Kubernetes verb on resources of a group; `*` is everything that it covers. */
export function verbPrivilege(verb: string, group: string, resource: string): Privilege | undefined {
  let privilege = verb === '*' ? 'write' : Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  for (const special of specials) {
    if (group !== '*' && group !== special.group) continue
    if (verb !== '*' && !special.verbs.includes(verb)) continue
    if (special.resources.some((name) => resource === '*' || resource === name))
      privilege = higher(privilege, special.privilege)
  }
  return privilege
}

/** Google's basic roles and those whose name misleads. https://cloud.google.com/iam/docs/understanding-roles */
const gcpRoles: Record<string, Privilege> = wordTable({
  'roles/owner': 'admin',
  'roles/editor': 'write',
  'roles/viewer': 'read',
  'roles/browser': 'read',
  'roles/iam.serviceAccountUser': 'admin',
  'roles/iam.serviceAccountTokenCreator': 'admin',
  'roles/iam.serviceAccountOpenIdTokenCreator': 'admin',
  'roles/iam.serviceAccountKeyAdmin': 'admin',
  'roles/iam.workloadIdentityUser': 'admin',
  'roles/iam.securityReviewer': 'read',
  'roles/resourcemanager.projectCreator': 'admin',
  'roles/secretmanager.secretAccessor': 'secret_read',
  'roles/cloudkms.cryptoKeyDecrypter': 'secret_read',
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': 'secret_read',
  'roles/compute.osAdminLogin': 'admin',
  'roles/cloudfunctions.developer': 'write',
  'roles/storage.legacyBucketOwner': 'admin',
  'roles/storage.legacyObjectOwner': 'admin',
  'roles/storage.objectUser': 'write',
  'roles/bigquery.dataOwner': 'admin',
})

/** What a Google role amounts to, by its name; a custom role by what it permits, where the state says so. */
export function gcpPrivilege(role: string, permissions?: readonly string[]): Privilege | undefined {
  if (permissions !== undefined && permissions.length > 0)
    return permissions.map(gcpPermission).reduce<Privilege | undefined>(higher, undefined)
  if (Object.hasOwn(gcpRoles, role)) return gcpRoles[role]
  const name = /^roles\/(?:[\w-]+\.)?(\w+)$/.exec(role)?.[1]
  if (name === undefined) return undefined
  if (/admin$/i.test(name) || /^admin/i.test(name)) return 'admin'
  if (/(?:viewer|reader|auditor|lister|metadataviewer|puller|get)$/i.test(name)) return 'read'
  if (
    /(?:editor|writer|creator|publisher|subscriber|user|invoker|developer|agent|operator|deployer|pusher|runner|encrypter)$/i.test(
      name,
    )
  )
    return 'write'
  return undefined
}

/** What one Google permission (`storage.objects.get`) amounts to. */
export function gcpPermission(permission: string): Privilege | undefined {
  const verb = permission.split('.').at(-1) ?? ''
  if (
    /^(?:setIamPolicy|actAs|getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation|setOrgPolicy)$/.test(verb)
  )
    return 'admin'
  if (
    /^iam\.(?:serviceAccountKeys|roles)\.(?:create|update|upload)$/.test(permission) ||
    /^apikeys\.keys\.create$/.test(permission)
  )
    return 'admin'
  if (/^secretmanager\.versions\.access$|\.useToDecrypt$|\.getKeyString$/.test(permission)) return 'secret_read'
  if (/^(?:get|list|view|search|check|test|lookup|query|export|fetch)/.test(verb)) return 'read'
  return /^(?:create|update|delete|set|add|remove|patch|insert|undelete|use|attach|detach|start|stop|reset|import|write|publish|consume|move|enable|disable|cancel|invoke|call|run|connect)/.test(
    verb,
  )
    ? 'write'
    : undefined
}

/** Azure's built-in roles by their ids, as a state has them that does not name them. */
const azureIds: Record<string, string> = wordTable({
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': 'Owner',
  'b24988ac-6180-42a0-ab88-20f7382dd24c': 'Contributor',
  'acdd72a7-3385-48ef-bd42-f606fba81ae7': 'Reader',
  '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9': 'User Access Administrator',
  'f58310d9-a9f6-439a-9e8d-f62e7b41a168': 'Role Based Access Control Administrator',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
  '00482a5a-887f-4fb3-b363-3b7fe8e74483': 'Key Vault Administrator',
  '21090545-7ca7-4776-b22c-e363652d74d2': 'Key Vault Reader',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'AcrPull',
  '8311e382-0749-4cb8-b61a-304f252e45ec': 'AcrPush',
  'f1a07417-d97a-45cb-824c-7a7467783830': 'Managed Identity Operator',
})

/** The name of a built-in Azure role, by the last part of its id. */
export function azureRoleName(id: string): string | undefined {
  return azureIds[id.split('/').at(-1)?.toLowerCase() ?? '']
}

/** What an Azure role amounts to: by its actions where the state defines it, else by its name. */
export function azurePrivilege(name: string | undefined, actions?: readonly string[]): Privilege | undefined {
  if (actions !== undefined && actions.length > 0)
    return actions.map(azureAction).reduce<Privilege | undefined>(higher, undefined)
  if (name === undefined) return undefined
  if (/\b(?:owner|administrator|admin)\b|managed identity operator|virtual machine .*login/i.test(name)) return 'admin'
  if (
    /secrets? (?:user|officer)|key vault (?:crypto|certificate)s? (?:officer|user)|listkeys|account key operator/i.test(
      name,
    )
  )
    return 'secret_read'
  if (/\b(?:contributor|writer|sender|operator|officer|push)\b|acrpush/i.test(name)) return 'write'
  return /\b(?:reader|receiver|viewer|pull)\b|acrpull/i.test(name) ? 'read' : undefined
}

/** What one Azure action (`Microsoft.Storage/storageAccounts/read`) amounts to. */
export function azureAction(action: string): Privilege | undefined {
  const written = action.toLowerCase()
  if (written === '*' || /^\*\/(?:write|action|\*)$/.test(written)) return 'admin'
  if (
    /^microsoft\.authorization\/.*(?:write|\*)$|\/assign\/action$|\/elevateaccess\/action$|\/runcommand\/action$/.test(
      written,
    )
  )
    return 'admin'
  if (
    /(?:listkeys|listaccountsas|listsecrets?|listcredentials|getsecret|listconnectionstrings)\/action$|\/secrets\/(?:getsecret|read)/.test(
      written,
    )
  )
    return 'secret_read'
  if (written.endsWith('/read')) return 'read'
  return /\/(?:write|delete|action|\*)$/.test(written) ? 'write' : undefined
}

const github: Record<string, Privilege> = wordTable({
  pull: 'read',
  read: 'read',
  triage: 'write',
  push: 'write',
  write: 'write',
  maintain: 'write',
  admin: 'admin',
})

/** What GitHub's word for a permission on a repository amounts to; a custom role's name is not known. */
export function githubPrivilege(permission: string): Privilege | undefined {
  return Object.hasOwn(github, permission) ? github[permission] : undefined
}

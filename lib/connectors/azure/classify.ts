import { type Fields, field, isFields, list, text, textField } from './fields'

export type EntryKind =
  | 'role_assignment'
  | 'role_definition'
  | 'application'
  | 'service_principal'
  | 'managed_identity'
  | 'managed_resource'
  | 'federated'
  | 'password'
  | 'app_role_assignment'
  | 'permission_grant'
  | 'vault'
  | 'vault_item'
  | 'rotation_policy'
  | 'user'
  | 'group'
  | 'subscription'
  | 'error'

const vaultItem =
  /^https:\/\/[^/]+\.(?:vault|managedhsm)\.(?:azure\.net|azure\.cn|usgovcloudapi\.net|microsoftazure\.de)(?::\d+)?\/(?:keys|secrets|certificates)\/[^/]+/i

/** What an object is, by its shape; `undefined` = nothing of Azure or Entra, or something around it. */
export function classify(node: Fields): EntryKind | undefined {
  const has = (...names: string[]) => names.every((name) => field(node, name) !== undefined)
  const type = (text(node.type) ?? text(node['@odata.type']) ?? textField(node, 'odataType') ?? '').toLowerCase()
  if (isError(node.error)) return 'error'
  if (has('principalId', 'appRoleId', 'resourceId')) return 'app_role_assignment'
  if (has('clientId', 'consentType', 'resourceId')) return 'permission_grant'
  if (isAssignment(has)) return 'role_assignment'
  if (isDefinition(node, type)) return 'role_definition'
  if (has('issuer', 'subject') && Array.isArray(field(node, 'audiences'))) return 'federated'
  if (has('keyId', 'secretText') || has('appId', 'password', 'tenant')) return 'password'
  if (Array.isArray(field(node, 'lifetimeActions'))) return 'rotation_policy'
  const kid = text(node.kid) ?? text(node.id) ?? text(field(node.key, 'kid')) ?? ''
  if (vaultItem.test(kid) && (isFields(node.attributes) || isFields(node.Attributes))) return 'vault_item'
  return classifyResource(node, type) ?? classifyDirectory(node, type, has)
}

function isAssignment(has: (...names: string[]) => boolean): boolean {
  if (has('principalId', 'roleDefinitionId') && (has('scope') || has('directoryScopeId') || has('principalType')))
    return true
  return has('objectId', 'scope') && (has('roleDefinitionId') || has('roleDefinitionName')) && has('objectType')
}

function isDefinition(node: Fields, type: string): boolean {
  if (/\/roledefinitions$/.test(type)) return true
  const permissions = list(field(node, 'permissions')).filter(isFields)
  if (permissions.some((entry) => Array.isArray(field(entry, 'actions'))))
    return textField(node, 'roleName', 'name') !== undefined
  const actions = list(field(node, 'rolePermissions')).filter(isFields)
  if (actions.some((entry) => Array.isArray(field(entry, 'allowedResourceActions')))) return true
  return Array.isArray(field(node, 'actions')) && Array.isArray(field(node, 'assignableScopes'))
}

/** Things of Azure Resource Manager. */
function classifyResource(node: Fields, type: string): EntryKind | undefined {
  const id = textField(node, 'id', 'resourceId') ?? ''
  if (/\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/]+$/i.test(id)) return 'managed_identity'
  if (type === 'microsoft.keyvault/vaults' || /\/providers\/microsoft\.keyvault\/vaults\/[^/]+$/i.test(id)) {
    return field(node, 'vaultUri') === undefined && field(node, 'accessPolicies') === undefined ? undefined : 'vault'
  }
  if (/^\/subscriptions\/[^/]+\/.+\/providers\//i.test(id) && isFields(node.identity)) return 'managed_resource'
  const isPlain = /^\/subscriptions\/[^/]+$/i.test(id) || (node.cloudName !== undefined && node.tenantId !== undefined)
  return isPlain ? 'subscription' : undefined
}

/** Things of the directory. */
function classifyDirectory(node: Fields, type: string, has: (...names: string[]) => boolean): EntryKind | undefined {
  if (!has('id') && !has('objectId')) return undefined
  if (/serviceprincipal$|agentidentity$/.test(type)) return 'service_principal'
  if (/graph\.application$/.test(type)) return 'application'
  if (/graph\.user$/.test(type)) return 'user'
  if (/graph\.group$/.test(type)) return 'group'
  if (has('appId')) {
    const principal = [
      'servicePrincipalType',
      'servicePrincipalNames',
      'accountEnabled',
      'appOwnerOrganizationId',
      'appRoleAssignmentRequired',
      'appOwnerTenantId',
      'servicePrincipalName',
    ]
    if (principal.some((name) => field(node, name) !== undefined)) return 'service_principal'
    const application = [
      'signInAudience',
      'publisherDomain',
      'identifierUris',
      'requiredResourceAccess',
      'passwordCredentials',
      'keyCredentials',
      'availableToOtherTenants',
      'displayName',
    ]
    return application.some((name) => field(node, name) !== undefined) ? 'application' : undefined
  }
  if (has('userPrincipalName')) return 'user'
  return has('displayName', 'securityEnabled') && !has('appId') ? 'group' : undefined
}

/** The error body of Azure and Graph: a code in words and a message. */
function isError(error: unknown): boolean {
  if (!isFields(error) || typeof error.code !== 'string' || typeof error.message !== 'string') return false
  return !('type' in error) && !('param' in error) && !('status' in error)
}

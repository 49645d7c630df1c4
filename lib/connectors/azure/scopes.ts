import type { ResourceRecord } from '../contract'
import { withoutEndingSlashes } from '../json-fields'
import { wordTable } from '../word-table'

/** Resource kinds by the type in an Azure Resource Manager path. */
const kinds: Record<string, string> = wordTable({
  'microsoft.keyvault/vaults': 'secret_store',
  'microsoft.storage/storageaccounts': 'storage_account',
  'microsoft.sql/servers': 'database_server',
  'microsoft.sql/servers/databases': 'database',
  'microsoft.documentdb/databaseaccounts': 'database',
  'microsoft.containerregistry/registries': 'registry',
  'microsoft.containerservice/managedclusters': 'cluster',
  'microsoft.servicebus/namespaces': 'queue',
  'microsoft.eventhub/namespaces': 'queue',
  'microsoft.compute/virtualmachines': 'virtual_machine',
  'microsoft.managedidentity/userassignedidentities': 'managed_identity',
})

/** What a role is granted on, as a resource. Azure compares paths without regard to case. */
export function scopeResource(scope: string): ResourceRecord {
  const named = withoutEndingSlashes(scope)
  const externalId = named.toLowerCase() || '/'
  const parts = externalId.split('/').filter((part) => part !== '')
  const written = named.split('/').at(-1) ?? ''
  const subscription = parts[0] === 'subscriptions' ? parts[1] : undefined
  const record = (kind: string, name: string): ResourceRecord => ({
    type: 'resource',
    externalId,
    kind,
    name,
    ...(kind === 'secret_store' ? { sensitivity: 'confidential' as const } : {}),
    ...(subscription === undefined || parts.length === 2 ? {} : { attributes: { subscription } }),
  })
  if (externalId === '/') return record('tenant', 'Everything of the tenant (/)')
  if (parts.length === 2 && subscription !== undefined) return record('account', subscription)
  if (parts.length === 4 && parts[2] === 'resourcegroups') return record('resource_group', written)
  if (parts.at(-2) === 'managementgroups') return record('management_group', written)
  const after = parts.slice(parts.lastIndexOf('providers') + 1)
  const type = [after[0], ...after.slice(1).filter((_, index) => index % 2 === 0)].join('/')
  return record(kinds[type] ?? (type === '' ? 'resource' : type), written)
}

/** A scope in the directory: the whole of it, an administrative unit or one object. */
export function directoryResource(scope: string): ResourceRecord {
  const externalId = `directory:${scope.toLowerCase()}`
  return {
    type: 'resource',
    externalId,
    kind: 'directory',
    name: scope === '/' ? 'Entra directory' : `Entra directory, ${scope}`,
  }
}

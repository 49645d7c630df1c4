import type { FileConnector, ParsedFile, Production } from '../contract'
import { wordTable } from '../word-table'
import type { EntryKind } from './classify'
import { findEntries } from './entries'
import { isFields } from './fields'
import { mapAzure, takeSurvey } from './map'

/** Which format a file is, by the first of these kinds that it holds. */
const formats: [string, EntryKind[]][] = [
  ['azure-role-assignments', ['role_assignment', 'role_definition']],
  ['azure-applications', ['application', 'password', 'federated']],
  ['azure-service-principals', ['service_principal', 'managed_identity', 'managed_resource', 'user', 'group']],
  ['azure-permission-grants', ['app_role_assignment', 'permission_grant']],
  ['azure-key-vault', ['vault_item', 'vault', 'rotation_policy', 'subscription', 'error']],
]
/** Entries looked at before a file's format is decided. */
const looked = 500
/** Fields at the top of files that hold Azure's things in another system's format. */
const foreign = ['terraform_version', 'apiVersion', 'runs', 'graph', 'lineage', 'openapi', 'realm']

function formatOf(file: ParsedFile): string | undefined {
  if (file.kind === 'text') return undefined
  const roots =
    file.kind === 'json' ? [file.value] : file.kind === 'yaml' ? file.documents.map(({ value }) => value) : []
  if (roots.some((root) => isFields(root) && foreign.some((name) => Object.hasOwn(root, name)))) return undefined
  if (file.kind === 'csv' && !/(?:principal|object)_?id/i.test(file.header.join(' '))) return undefined
  const { entries } = findEntries(file, looked)
  for (const [id, kinds] of formats) {
    if (entries.some(({ kind, url }) => kinds.includes(kind) && (kind !== 'error' || isAzures(roots, url)))) return id
  }
  return undefined
}

/** Errors look alike everywhere: their address or Graph's own fields tell whose they are. */
function isAzures(roots: unknown[], url: string | undefined): boolean {
  if (/azure\.|microsoft(?:graph)?\./i.test(url ?? '')) return true
  return roots.some(
    (root) =>
      isFields(root) &&
      isFields(root.error) &&
      ('innerError' in root.error ||
        'innererror' in root.error ||
        'additionalInfo' in root.error ||
        /^(?:Authorization|Authentication|Request|Resource|Subscription|InvalidAuthentication)\w+$/.test(
          String(root.error.code),
        )),
  )
}

function connector(rest: Omit<FileConnector, 'coverage' | 'accepts' | 'map'>): FileConnector {
  return {
    ...rest,
    coverage: 'file',
    accepts: (file) => formatOf(file) === rest.id,
    map: mapAzure,
    // Keys, secrets and vaults explain one another in ways that only the whole file tells.
    ...(rest.id === 'azure-key-vault'
      ? {}
      : { pieces: ['', 'value', 'data'], survey: { rounds: 1, take: takeSurvey } }),
  }
}

const cli = 'Azure CLI, signed in to the tenant'
const graph = (path: string, file: string) =>
  `az rest --method get --url 'https://graph.microsoft.com/v1.0/${path}' > ${file}`

const production: Record<string, Production[]> = wordTable({
  assignments: [
    {
      from: cli,
      steps: [
        'az role assignment list --all --include-inherited -o json > role-assignments.json',
        'az role definition list -o json > role-definitions.json',
      ],
      rights:
        'Reader on the subscription (Microsoft.Authorization/roleAssignments/read, Microsoft.Authorization/roleDefinitions/read)',
    },
    {
      from: 'PowerShell',
      steps: ['Get-AzRoleAssignment | ConvertTo-Json -Depth 5 > role-assignments.json'],
      rights: 'Reader on the subscription',
    },
    {
      from: 'Azure portal',
      steps: ['Access control (IAM), Download role assignments, JSON or CSV'],
      rights: 'Reader on the subscription',
    },
    {
      from: 'Microsoft Graph: roles in the directory',
      steps: [graph('roleManagement/directory/roleAssignments?$expand=principal', 'directory-roles.json')],
      rights: 'Directory Readers (RoleManagement.Read.Directory)',
    },
  ],
  applications: [
    {
      from: cli,
      steps: ['az ad app list --all -o json > applications.json'],
      rights: 'Directory Readers (Application.Read.All)',
    },
    {
      from: 'Microsoft Graph; keyCredentials only when asked for',
      steps: [
        graph(
          'applications?$select=id,appId,displayName,createdDateTime,signInAudience,keyCredentials,passwordCredentials,web,notes&$expand=owners',
          'applications.json',
        ),
        graph('applications/OBJECT_ID/federatedIdentityCredentials', 'federated.json'),
      ],
      rights: 'Application.Read.All',
    },
    {
      from: 'AzureHound: the whole tenant in one file, of which what Graph and the management API list is taken',
      steps: ['azurehound -r REFRESH_TOKEN list --tenant TENANT_ID -o azurehound.json'],
      rights: 'Directory Readers; Reader on the subscriptions',
    },
  ],
  principals: [
    {
      from: cli,
      steps: [
        'az ad sp list --all -o json > service-principals.json',
        'az identity list -o json > managed-identities.json',
      ],
      rights: 'Directory Readers; Reader on the subscription',
    },
    {
      from: 'PowerShell',
      steps: ['Get-AzADServicePrincipal | ConvertTo-Json -Depth 5 > service-principals.json'],
      rights: 'Directory Readers',
    },
  ],
  grants: [
    {
      from: 'Microsoft Graph',
      steps: [
        graph('oauth2PermissionGrants', 'permission-grants.json'),
        graph('servicePrincipals/OBJECT_ID/appRoleAssignments', 'app-role-assignments.json'),
      ],
      rights: 'Directory.Read.All (DelegatedPermissionGrant.Read.All, Application.Read.All)',
    },
  ],
  vaults: [
    {
      from: cli,
      steps: [
        'az keyvault list -o json > vaults.json',
        'az keyvault secret list --vault-name NAME -o json > secrets.json',
        'az keyvault key list --vault-name NAME -o json > keys.json',
      ],
      rights: 'Reader on the subscription; Key Vault Reader on the vault (lists names and dates, never values)',
    },
  ],
})

/** The file formats of Azure and Entra. All are read by one map, so a file may mix them. */
export const connectors: FileConnector[] = [
  connector({
    id: 'azure-role-assignments',
    title: 'Azure role assignments and definitions',
    expects: 'Azure or Entra role assignments (principalId, roleDefinitionId, scope) or role definitions',
    yields:
      'Entitlements of service principals, managed identities, groups and people on subscriptions, groups and resources; roles',
    production: production.assignments ?? [],
  }),
  connector({
    id: 'azure-applications',
    title: 'Entra app registrations',
    expects:
      'Entra applications (appId with displayName), federated credentials, the answer to addPassword, or what AzureHound collected',
    yields: 'Applications, their client secrets and certificates, federated workloads',
    production: production.applications ?? [],
  }),
  connector({
    id: 'azure-service-principals',
    title: 'Entra service principals and managed identities',
    expects: 'Entra service principals, Azure managed identities, or Azure resources with an identity',
    yields: 'Service principals, managed identities, what runs as them; people and groups kept apart',
    production: production.principals ?? [],
  }),
  connector({
    id: 'azure-permission-grants',
    title: 'Entra permission grants',
    expects:
      'Entra OAuth2 permission grants (clientId, consentType, scope) or app role assignments (principalId, appRoleId, resourceId)',
    yields: 'What applications may do to APIs, by themselves or in the name of people',
    production: production.grants ?? [],
  }),
  connector({
    id: 'azure-key-vault',
    title: 'Azure Key Vault',
    expects: 'Azure vaults, or listings of their keys, secrets or certificates',
    yields: 'Vaults, who may open them, keys and secrets with their end and rotation',
    production: production.vaults ?? [],
  }),
]

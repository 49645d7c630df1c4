import type { FileConnector, ParsedFile, Production } from '../contract'
import { wordTable } from '../word-table'
import type { EntryKind } from './classify'
import { findEntries } from './entries'
import { field, isFields, text } from './fields'
import { joinPolicies } from './join'
import { mapGoogleCloud, takeSurvey } from './map'

/** Which format a file is, by the first of these kinds that it holds. */
const formats: [string, EntryKind[]][] = [
  ['gcp-iam-policy', ['policy', 'role']],
  ['gcp-service-accounts', ['service_account', 'key', 'key_file', 'pool', 'provider']],
  ['gcp-api-keys', ['api_key']],
  ['gcp-resources', ['project', 'organization', 'folder', 'key_ring', 'crypto_key', 'secret', 'bucket', 'error']],
]
/** Entries looked at before a file's format is decided. */
const looked = 500
/** Fields at the top of files that hold Google Cloud's things in another system's format. */
const foreign = ['terraform_version', 'apiVersion', 'runs', 'graph', 'lineage', 'openapi', 'realm', 'scan']

function formatOf(file: ParsedFile): string | undefined {
  if (file.kind !== 'json' && file.kind !== 'yaml') return undefined
  const roots = file.kind === 'json' ? [file.value] : file.documents.map(({ value }) => value)
  if (roots.some((root) => isFields(root) && foreign.some((name) => Object.hasOwn(root, name)))) return undefined
  const { entries, silent } = findEntries(file, looked)
  for (const [id, kinds] of formats) {
    if (entries.some(({ kind, around }) => kinds.includes(kind) && (kind !== 'error' || isGoogles(roots, around.url))))
      return id
  }
  return silent.length > 0 && isGoogles(roots) ? 'gcp-resources' : undefined
}

/** Errors and empty answers look alike everywhere: what they came with tells whose they are. */
function isGoogles(roots: unknown[], url?: string): boolean {
  if (url?.includes('googleapis.com')) return true
  return roots.some((root) => {
    const headers = field(root, 'headers')
    return text(field(headers, 'server')) === 'ESF' || text(field(field(root, 'error'), 'status')) !== undefined
  })
}

function connector(rest: Omit<FileConnector, 'coverage' | 'accepts' | 'map'>): FileConnector {
  return {
    ...rest,
    coverage: 'file',
    accepts: (file) => formatOf(file) === rest.id,
    map: mapGoogleCloud,
    pieces: ['', 'results', 'assets', 'accounts', 'keys', 'roles', 'projects', 'secrets'],
    survey: { rounds: 2, take: takeSurvey },
  }
}

const gcloud = 'gcloud CLI, signed in'
const step = (...steps: string[]) => steps
const production: Record<string, Production[]> = wordTable({
  policy: [
    {
      from: `${gcloud} to the organization: every policy below it in one file`,
      steps: step(
        'gcloud asset search-all-iam-policies --scope=organizations/ORGANIZATION_ID --format=json > policies.json',
      ),
      rights:
        'roles/cloudasset.viewer on the organization (cloudasset.assets.searchAllIamPolicies) and roles/serviceusage.serviceUsageConsumer on the project that asks (serviceusage.services.use)',
    },
    {
      from: `${gcloud}: one project, folder or organization; name it when importing, as the file does not say it`,
      steps: step(
        'gcloud projects get-iam-policy PROJECT_ID --format=json > policy.json',
        'gcloud resource-manager folders get-iam-policy FOLDER_ID --format=json > policy.json',
        'gcloud organizations get-iam-policy ORGANIZATION_ID --format=json > policy.json',
        'gcloud storage buckets get-iam-policy gs://BUCKET --format=json > policy.json',
      ),
      rights: 'roles/iam.securityReviewer (resourcemanager.projects.getIamPolicy, storage.buckets.getIamPolicy)',
    },
    {
      from: `${gcloud}: roles of your own, with their permissions`,
      steps: step(
        'gcloud iam roles list --project=PROJECT_ID --format="json(name,title,description,stage,deleted,includedPermissions)" --show-deleted > roles.json',
        'gcloud iam roles describe ROLE_ID --project=PROJECT_ID --format=json > role.json',
      ),
      rights: 'roles/iam.roleViewer (iam.roles.list, iam.roles.get)',
    },
    {
      from: 'Cloud Asset Inventory, exported to a bucket as JSON Lines',
      steps: step(
        'gcloud asset export --organization=ORGANIZATION_ID --content-type=iam-policy --output-path=gs://BUCKET/policies.json',
      ),
      rights:
        'roles/cloudasset.viewer on the organization, roles/serviceusage.serviceUsageConsumer on the project that asks, roles/storage.objectCreator on the bucket',
    },
  ],
  accounts: [
    {
      from: gcloud,
      steps: step(
        'gcloud iam service-accounts list --project=PROJECT_ID --format=json > service-accounts.json',
        'gcloud iam service-accounts keys list --iam-account=EMAIL --format=json > keys.json',
        'gcloud iam workload-identity-pools list --location=global --project=PROJECT_ID --format=json > pools.json',
        'gcloud iam workload-identity-pools providers list --workload-identity-pool=POOL --location=global --format=json > providers.json',
      ),
      rights:
        'roles/iam.serviceAccountViewer, roles/iam.workloadIdentityPoolViewer (iam.serviceAccounts.list, iam.serviceAccountKeys.list)',
    },
  ],
  apiKeys: [
    {
      from: gcloud,
      steps: step('gcloud services api-keys list --project=PROJECT_ID --format=json > api-keys.json'),
      rights:
        'apikeys.keys.list in a role of your own (roles/serviceusage.apiKeysViewer can also read the key strings, which are not needed)',
    },
  ],
  resources: [
    {
      from: gcloud,
      steps: step(
        'gcloud projects list --format=json > projects.json',
        'gcloud kms keys list --keyring=RING --location=LOCATION --project=PROJECT_ID --format=json > keys.json',
        'gcloud secrets list --project=PROJECT_ID --format=json > secrets.json',
      ),
      rights: 'roles/browser, roles/cloudkms.viewer, roles/secretmanager.viewer',
    },
  ],
})

/** The file formats of Google Cloud. All are read by one map, so a file may mix them. */
export const connectors: FileConnector[] = [
  {
    ...connector({
      id: 'gcp-iam-policy',
      title: 'Google Cloud IAM policies and roles',
      expects:
        'a Google Cloud IAM policy (bindings of role and members), alone, of an asset inventory or of a recorded answer, or a list of roles',
      yields:
        'Entitlements of service accounts, groups, people, federated workloads and the public; impersonation; custom roles',
      production: production.policy ?? [],
    }),
    join: joinPolicies,
  },
  connector({
    id: 'gcp-service-accounts',
    title: 'Google Cloud service accounts and keys',
    expects:
      'Google Cloud service accounts, their keys, or workload identity pools and providers (gcloud … --format=json)',
    yields: 'Service accounts, user-managed keys, identity pools and providers',
    production: production.accounts ?? [],
  }),
  connector({
    id: 'gcp-api-keys',
    title: 'Google Cloud API keys',
    expects: 'Google Cloud API keys (name projects/…/locations/global/keys/…)',
    yields: 'API keys as identities and credentials, with what they may call and from where',
    production: production.apiKeys ?? [],
  }),
  connector({
    id: 'gcp-resources',
    title: 'Google Cloud projects, keys and secrets',
    expects: 'Google Cloud projects, folders, organizations, key rings, encryption keys, secrets or buckets',
    yields: 'Resources: projects, folders, organizations, encryption keys with their rotation, secrets, buckets',
    production: production.resources ?? [],
  }),
]

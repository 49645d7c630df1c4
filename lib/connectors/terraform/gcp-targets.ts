import type { ResourceRecord } from '../contract'
import { wordTable } from '../word-table'
import { type Fields, textOf } from './fields'
import { everywhere } from './gcp-members'

/** Full resource names (`//service/path`) by the kind of resource in `google_<kind>_iam_member`. */
const names: Record<string, (attributes: Fields, project: string | undefined) => string | undefined> = wordTable({
  project: (a, project) => named('cloudresourcemanager', 'projects', textOf(a, 'project') ?? project),
  folder: (a) => named('cloudresourcemanager', 'folders', textOf(a, 'folder')),
  organization: (a) => named('cloudresourcemanager', 'organizations', textOf(a, 'org_id')),
  billing_account: (a) => named('cloudbilling', 'billingAccounts', textOf(a, 'billing_account_id')),
  storage_bucket: (a) => named('storage', '', textOf(a, 'bucket')?.replace(/^b\//, '')),
  service_account: (a) => named('iam', '', textOf(a, 'service_account_id')),
  secret_manager_secret: (a, project) => inProject('secretmanager', project, 'secrets', textOf(a, 'secret_id')),
  pubsub_topic: (a, project) => inProject('pubsub', project, 'topics', textOf(a, 'topic')),
  pubsub_subscription: (a, project) => inProject('pubsub', project, 'subscriptions', textOf(a, 'subscription')),
  kms_crypto_key: (a) => named('cloudkms', '', textOf(a, 'crypto_key_id')),
  kms_key_ring: (a) => named('cloudkms', '', textOf(a, 'key_ring_id')),
  bigquery_dataset: (a, project) => inProject('bigquery', project, 'datasets', textOf(a, 'dataset_id')),
  cloud_run_service: (a, project) => located('run', project, a, 'services', textOf(a, 'service')),
  cloud_run_v2_service: (a, project) => located('run', project, a, 'services', textOf(a, 'name')),
  cloudfunctions_function: (a, project) =>
    located('cloudfunctions', project, a, 'functions', textOf(a, 'cloud_function')),
  cloudfunctions2_function: (a, project) =>
    located('cloudfunctions', project, a, 'functions', textOf(a, 'cloud_function')),
  artifact_registry_repository: (a, project) =>
    located('artifactregistry', project, a, 'repositories', textOf(a, 'repository')),
})

function named(service: string, collection: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const path = collection === '' || value.startsWith(`${collection}/`) ? value : `${collection}/${value}`
  return `//${service}.googleapis.com/${path}`
}

function inProject(
  service: string,
  project: string | undefined,
  collection: string,
  value: string | undefined,
): string | undefined {
  if (value?.startsWith('projects/')) return named(service, '', value)
  return value === undefined ? undefined : named(service, '', `projects/${project ?? '-'}/${collection}/${value}`)
}

function located(
  service: string,
  project: string | undefined,
  attributes: Fields,
  collection: string,
  value: string | undefined,
): string | undefined {
  if (value?.startsWith('projects/')) return named(service, '', value)
  const place = textOf(attributes, 'location', 'region') ?? '-'
  return value === undefined
    ? undefined
    : named(service, '', `projects/${project ?? '-'}/locations/${place}/${collection}/${value}`)
}

const kinds: Record<string, string> = wordTable({
  projects: 'account',
  organizations: 'organization',
  folders: 'folder',
  serviceAccounts: 'service_account',
  datasets: 'database',
  tables: 'table',
  secrets: 'secret_store',
  cryptoKeys: 'encryption_key',
  keyRings: 'key_ring',
  topics: 'queue',
  subscriptions: 'queue',
  instances: 'instance',
  functions: 'function',
  services: 'service',
  repositories: 'repository',
  clusters: 'cluster',
  workloadIdentityPools: 'identity_pool',
})

export interface Target {
  resource: ResourceRecord
  /** The project, folder or organization whose it is. */
  instance: string
}

/** What `google_<kind>_iam_…` grants on; for a kind that is not known, what its id begins with. */
export function targetOf(kind: string, attributes: Fields, project: string | undefined): Target | undefined {
  const known = Object.hasOwn(names, kind) ? names[kind]?.(attributes, project) : undefined
  const full = known ?? fromId(kind, attributes)
  return full === undefined ? undefined : locate(full, project)
}

/** The id of a member is `<resource>/<role>/<member>`. */
function fromId(kind: string, attributes: Fields): string | undefined {
  const id = textOf(attributes, 'id')
  const role = textOf(attributes, 'role')
  const end = id === undefined || role === undefined ? -1 : id.indexOf(`/${role}`)
  const path = id === undefined ? undefined : end > 0 ? id.slice(0, end) : id
  return path === undefined ? undefined : `//${kind.split('_')[0]}.googleapis.com/${path}`
}

/** The record of a full resource name, and the project or organization whose it is. */
export function locate(full: string, project?: string): Target {
  const [, service = '', path = ''] = /^\/\/([^/]+)\/(.+)$/.exec(full) ?? []
  const parts = path.split('/')
  const collection = parts.length > 1 ? (parts.at(-2) ?? '') : ''
  const kind = service.startsWith('storage.')
    ? 'bucket'
    : (kinds[collection] ?? (collection === '' ? 'resource' : collection))
  return {
    resource: {
      type: 'resource',
      externalId: full,
      kind,
      name: parts.at(-1) ?? full,
      ...(/^(?:secrets|cryptoKeys|keyRings)$/.test(collection) ? { sensitivity: 'confidential' as const } : {}),
      attributes: { service, ...(project === undefined ? {} : { project }) },
    },
    instance: instanceOf(parts, project),
  }
}

function instanceOf([first = '', second = '']: string[], project?: string): string {
  if (first === 'projects' && second !== '' && second !== '_' && second !== '-') return second
  if ((first === 'organizations' || first === 'folders') && second !== '') return `${first}/${second}`
  return project ?? everywhere
}

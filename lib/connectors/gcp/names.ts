import type { ResourceRecord } from '../contract'
import { wordTable } from '../word-table'
import { everywhere } from './results'

/** Resource kinds by the last collection of a full resource name. */
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
const sensitive = new Set(['secrets', 'cryptoKeys', 'keyRings'])

/** `cloudkms.googleapis.com` and the path of a full resource name, in the one form that this connector keeps. */
export function fullName(resource: string): string {
  const [, service = '', path = ''] = /^\/\/([^/]+)\/(.+)$/.exec(resource) ?? []
  if (service === '') return resource
  if (service !== 'storage.googleapis.com') return `//${service}/${path}`
  return `//${service}/${path.replace(/^(?:projects\/_\/)?buckets\//, '')}`
}

/** The full resource name that a recorded address asked about; `undefined` when it is not the address of a policy. */
export function resourceOfUrl(url: string): string | undefined {
  const match =
    /^https?:\/\/([a-z-]+\.googleapis\.com)\/(?:storage\/)?v\d\w*\/([^?]+?)(?::getIamPolicy|\/iam)(?:\?|$)/.exec(url)
  const [, service, path] = match ?? []
  if (service === undefined || path === undefined) return undefined
  const decoded = decode(path)
  return fullName(`//${service}/${decoded.replace(/^b\//, '')}`)
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Recorded answers without an address are named after it: `post-v1-projects-demo-getIamPolicy_1.json`. */
export function resourceOfFileName(name: string): string | undefined {
  const path = /(?:^|-)(?:get|post)-(?:[a-z-]+\.googleapis\.com-)?v\d\w*-(.+)-getIamPolicy/.exec(name)?.[1]
  if (path === undefined) return undefined
  const manager = '//cloudresourcemanager.googleapis.com'
  const [, parent, id] = /^(organizations|folders)-(\d+)$/.exec(path) ?? []
  if (parent !== undefined) return `${manager}/${parent}/${id}`
  const [, project, email] = /^projects-(.+)-serviceAccounts-(.+@.+)$/.exec(path) ?? []
  if (project !== undefined) return `//iam.googleapis.com/projects/${project}/serviceAccounts/${email}`
  const plain = /^projects-([a-z][a-z0-9-]*)$/.exec(path)?.[1]
  const isInner = /-(?:locations|topics|subscriptions|secrets|instances|datasets|repositories)-/.test(path)
  return plain === undefined || isInner ? undefined : `${manager}/projects/${plain}`
}

/** What the user calls the source, as a resource: `projects/p`, `folders/1`, `organizations/2`, or a project's id alone. */
export function resourceOfInstance(instance: string): string {
  const named = /^(?:projects|folders|organizations)\//.test(instance)
  return `//cloudresourcemanager.googleapis.com/${named ? instance : `projects/${instance}`}`
}

export interface Located {
  resource: ResourceRecord
  instance: string
}

/** The record of a full resource name, and the project or organization whose it is. */
export function locate(full: string, project?: string, organization?: string): Located {
  const externalId = fullName(full)
  const [, service = '', path = ''] = /^\/\/([^/]+)\/(.+)$/.exec(externalId) ?? []
  const parts = path.split('/')
  const collection = parts.length > 1 ? (parts.at(-2) ?? '') : ''
  const isBucket = service === 'storage.googleapis.com'
  const kind = isBucket ? 'bucket' : (kinds[collection] ?? (collection === '' ? 'resource' : collection))
  const resource: ResourceRecord = {
    type: 'resource',
    externalId,
    kind,
    name: parts.at(-1) ?? externalId,
    ...(sensitive.has(collection) ? { sensitivity: 'confidential' as const } : {}),
    attributes: {
      service,
      ...(project === undefined || /^(?:organizations|folders)$/.test(parts[0] ?? '') ? {} : { project }),
    },
  }
  return { resource, instance: instanceOf(parts, project, organization) }
}

function instanceOf([first = '', second = '']: string[], project?: string, organization?: string): string {
  if (first === 'projects' && second !== '' && second !== '_' && second !== '-') return second
  if (first === 'organizations' && second !== '') return `organizations/${second}`
  if (first === 'folders' && second !== '') return organization ?? `folders/${second}`
  return project ?? organization ?? everywhere
}

import { type Fields, field, idText, isFields, list, text } from './fields'

export const entryKinds = [
  'policy',
  'role',
  'service_account',
  'key',
  'key_file',
  'pool',
  'provider',
  'api_key',
  'project',
  'organization',
  'folder',
  'key_ring',
  'crypto_key',
  'secret',
  'bucket',
  'user',
  'group',
  'membership',
  'error',
] as const
export type EntryKind = (typeof entryKinds)[number]

/** What is told by the form of its resource name alone. */
const byName: [RegExp, EntryKind][] = [
  [/^projects\/[^/]+\/serviceAccounts\/[^/]+\/keys\/[^/]+$/, 'key'],
  [/^projects\/[^/]+\/locations\/[^/]+\/keys\/[^/]+$/, 'api_key'],
  [/^(?:projects\/[^/]+|organizations\/[^/]+)\/roles\/[^/]+$|^roles\/[^/]+$/, 'role'],
  [/\/(?:workloadIdentityPools|workforcePools)\/[^/]+$/, 'pool'],
  [/\/(?:workloadIdentityPools|workforcePools)\/[^/]+\/providers\/[^/]+$/, 'provider'],
  [/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+$/, 'key_ring'],
  [/^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/, 'crypto_key'],
  [/^projects\/[^/]+\/secrets\/[^/]+$/, 'secret'],
]

/** What an object is, by its shape; `undefined` = nothing of Google Cloud, or something around it. */
export function classify(node: Fields): EntryKind | undefined {
  if (isPolicy(node)) return 'policy'
  if (node.type === 'service_account' && typeof field(node, 'clientEmail') === 'string') return 'key_file'
  if (isError(node.error)) return 'error'
  const name = text(node.name) ?? ''
  if (!name.startsWith('//')) for (const [form, kind] of byName) if (form.test(name)) return kind
  if (isServiceAccount(node, name)) return 'service_account'
  if (isProject(node, name)) return 'project'
  const isActive = ['displayName', 'lifecycleState', 'state', 'creationTime', 'createTime'].some(
    (key) => field(node, key) !== undefined,
  )
  if (/^organizations\/\d+$/.test(name) && isActive) return 'organization'
  if (/^folders\/\d+$/.test(name) && isActive) return 'folder'
  if (node.kind === 'storage#bucket' && name !== '') return 'bucket'
  if (node.kind === 'admin#directory#user' || typeof field(node, 'primaryEmail') === 'string') return 'user'
  if (node.kind === 'admin#directory#group') return 'group'
  return isMembership(node) ? 'membership' : undefined
}

const policyKeys = new Set(['bindings', 'etag', 'version', 'auditConfigs', 'audit_configs', 'kind', 'resourceId'])

/** A policy: bindings of roles to members. One that grants nothing has an etag alone. */
function isPolicy(node: Fields): boolean {
  if (Array.isArray(node.bindings)) {
    return node.bindings.length === 0
      ? typeof node.etag === 'string'
      : node.bindings.some((binding) => isFields(binding) && typeof binding.role === 'string' && 'members' in binding)
  }
  const keys = Object.keys(node)
  return typeof node.etag === 'string' && /^[\w+/=-]+$/.test(node.etag) && keys.every((key) => policyKeys.has(key))
}

/** Google's error body: a numeric code and a message. */
function isError(error: unknown): boolean {
  return isFields(error) && typeof error.code === 'number' && typeof error.message === 'string' && !('errno' in error)
}

function isServiceAccount(node: Fields, name: string): boolean {
  const email = text(node.email)
  if (email === undefined || !/@[\w.-]*gserviceaccount\.com$/i.test(email))
    return /^projects\/[^/]+\/serviceAccounts\/[^/]+$/.test(name)
  return (
    /\/serviceAccounts\//.test(name) || ['uniqueId', 'projectId'].some((key) => idText(field(node, key)) !== undefined)
  )
}

function isProject(node: Fields, name: string): boolean {
  if (text(field(node, 'projectId')) === undefined) return false
  const facts = ['projectNumber', 'lifecycleState', 'state', 'parent']
  return /^projects\/\d+$/.test(name) || facts.some((key) => field(node, key) !== undefined)
}

/** Members of groups, keyed by the group's address. */
function isMembership(node: Fields): boolean {
  const entries = Object.entries(node)
  return (
    entries.length > 0 &&
    entries.every(
      ([key, value]) =>
        /^[^\s@]+@[^\s@]+$/.test(key) &&
        Array.isArray(value) &&
        list(value).every((member) => isFields(member) && typeof member.type === 'string'),
    )
  )
}

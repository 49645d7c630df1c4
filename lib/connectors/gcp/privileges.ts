import { type Privilege, privileges } from '../contract'
import { predefinedRoles, readingVerbs, specialPermissions, writingVerbs } from './privilege-table'

const roles = new Map<string, Privilege>()
for (const privilege of privileges) {
  for (const [service, names] of Object.entries(predefinedRoles[privilege])) {
    for (const name of names.split(' ')) roles.set(`roles/${service === '' ? name : `${service}.${name}`}`, privilege)
  }
}
const reading = readingVerbs.split(' ')
const writing = writingVerbs.split(' ')

/** What a predefined role amounts to; `undefined` = this table does not know it, so it is shown as unknown. */
export function privilegeOfRole(role: string): Privilege | undefined {
  return roles.get(role)
}

/**
 * What one permission (`storage.buckets.get`) amounts to. `undefined` when it is not written like a permission or its verb is
 * not known: shown as unknown, never taken for harmless.
 */
export function privilegeOfPermission(permission: string): Privilege | undefined {
  if (!/^[a-z0-9-]+(?:\.[\w-]+){2,}$|^[\w.-]+\.googleapis\.com\/[\w-]+\.[\w-]+$/i.test(permission)) return undefined
  for (const privilege of ['admin', 'secret_read'] as const) {
    if (specialPermissions[privilege].some((pattern) => matches(pattern, permission))) return privilege
  }
  const verb = permission.slice(permission.lastIndexOf('.') + 1)
  if (reading.some((start) => begins(verb, start))) return 'read'
  return writing.some((start) => begins(verb, start)) ? 'write' : undefined
}

/** The highest of a role's permissions, and those whose worth is not known. */
export function privilegeOfPermissions(permissions: string[]): {
  privilege?: Privilege | undefined
  unknown: string[]
} {
  let privilege: Privilege | undefined
  const unknown: string[] = []
  for (const permission of permissions) {
    const one = privilegeOfPermission(permission)
    if (one === undefined) unknown.push(permission)
    else privilege = higher(privilege, one)
  }
  return { privilege, unknown }
}

/** The higher of two privileges; an unknown one gives way to any other. */
export function higher(left: Privilege | undefined, right: Privilege | undefined): Privilege | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return privileges.indexOf(left) >= privileges.indexOf(right) ? left : right
}

/** A verb is one word of camel case: `getIamPolicy` begins with `get`, `getter` would not. */
function begins(verb: string, start: string): boolean {
  return verb.startsWith(start) && !/^[a-z]/.test(verb.slice(start.length))
}

function matches(pattern: string, permission: string): boolean {
  if (!pattern.includes('*')) return pattern === permission
  const [head = '', tail = ''] = pattern.split('*')
  return permission.startsWith(head) && permission.endsWith(tail)
}

/** Roles that let their holder act as the service accounts that they are granted on, and the word for how. */
const impersonating = new Set([
  'roles/owner',
  'roles/iam.serviceAccountTokenCreator',
  'roles/iam.serviceAccountOpenIdTokenCreator',
  'roles/iam.serviceAccountUser',
  'roles/iam.workloadIdentityUser',
  'roles/iam.serviceAccountKeyAdmin',
  'roles/iam.serviceAccountAdmin',
])
const impersonatingPermissions = [
  'iam.serviceAccounts.actAs',
  'iam.serviceAccounts.getAccessToken',
  'iam.serviceAccounts.getOpenIdToken',
  'iam.serviceAccounts.implicitDelegation',
  'iam.serviceAccounts.signBlob',
  'iam.serviceAccounts.signJwt',
  'iam.serviceAccounts.setIamPolicy',
  'iam.serviceAccountKeys.create',
]

/** True when whoever holds the role on a service account can act as it. */
export function letsImpersonate(role: string, permissions: string[] | undefined): boolean {
  return impersonating.has(role) || (permissions ?? []).some((name) => impersonatingPermissions.includes(name))
}

import { field, path, text, texts } from '../json-fields'
import type { Entry } from '../walk-answers'
import { wordTable } from '../word-table'

export type Shape =
  | 'user'
  | 'group'
  | 'member'
  | 'role'
  | 'role_assignment'
  | 'app_password'
  | 'token'
  | 'delegation'
  | 'activity'
  | 'error'

const has = (value: unknown, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

/** The kinds that the Directory and Reports APIs write into every entry. */
const kinds: Record<string, Shape> = wordTable({
  'admin#directory#user': 'user',
  'admin#directory#group': 'group',
  'admin#directory#member': 'member',
  'admin#directory#role': 'role',
  'admin#directory#roleAssignment': 'role_assignment',
  'admin#directory#asp': 'app_password',
  'admin#directory#token': 'token',
  'admin#reports#activity': 'activity',
})

/** What the entry is, by its kind or, where a tool left that out, by its fields. */
export function shapeOf({ value }: Entry): Shape | undefined {
  const kind = text(field(value, 'kind'))
  if (kind !== undefined && Object.hasOwn(kinds, kind)) return kinds[kind]
  if (has(value, 'primaryEmail', 'id')) return 'user'
  if (has(value, 'clientId', 'displayText') || (has(value, 'clientId', 'userKey') && has(value, 'scopes')))
    return 'token'
  if (has(value, 'codeId', 'userKey')) return 'app_password'
  if (has(value, 'roleId', 'assignedTo')) return 'role_assignment'
  if (has(value, 'roleId', 'roleName')) return 'role'
  if (has(value, 'directMembersCount', 'email')) return 'group'
  if (has(value, 'type', 'role') && /^(?:USER|GROUP|CUSTOMER|EXTERNAL)$/.test(text(field(value, 'type')) ?? ''))
    return 'member'
  if (isDelegation(value)) return 'delegation'
  if (
    has(value, 'error') &&
    text(path(value, 'error', 'message')) !== undefined &&
    text(path(value, 'error', 'status') ?? path(value, 'error', 'code')) !== undefined
  )
    return 'error'
  return undefined
}

/** A client and the scopes that it may use as any user: the administration console's list, retyped or exported by a tool. */
function isDelegation(value: unknown): boolean {
  const scopes = texts(field(value, 'scopes')).concat(text(field(value, 'scopes')) ?? [])
  const client = text(field(value, 'clientId')) ?? text(field(value, 'client_id'))
  return (
    client !== undefined &&
    /^\d{15,25}$|\.apps\.googleusercontent\.com$/.test(client) &&
    scopes.some((scope) => scope.includes('googleapis.com/auth/'))
  )
}

/** The shapes that no other system has. */
const telling = new Set<Shape>(['user', 'token', 'delegation', 'activity', 'app_password', 'role_assignment'])

export function isGoogles(entry: Entry): boolean {
  const shape = shapeOf(entry)
  if (shape === undefined) return false
  if (text(field(entry.value, 'kind'))?.startsWith('admin#') === true) return true
  if (shape === 'token') return has(entry.value, 'scopes')
  if (shape === 'role_assignment') return has(entry.value, 'scopeType')
  return telling.has(shape)
}

/** True for entries of Google Cloud's IAM: a file that has these beside users and groups is an export of a project. */
export function isCloud({ value }: Entry): boolean {
  return has(value, 'includedPermissions') || has(value, 'policy_results') || Array.isArray(field(value, 'bindings'))
}

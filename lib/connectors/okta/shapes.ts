import { field, isFields, path, text, texts } from '../json-fields'
import type { Entry } from '../walk-answers'

const has = (value: unknown, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

/** The path of a link of the entry, without its host. */
export function linkOf(value: unknown, name: string): string | undefined {
  return text(path(value, '_links', name, 'href'))?.replace(/^https?:\/\/[^/]*/, '')
}

/** An id in a path: `idIn('/api/v1/apps/0oa1/users', 'apps')` is `0oa1`. */
export function idIn(address: string | undefined, after: string): string | undefined {
  const parts = address?.split(/[/?#]/) ?? []
  const at = parts.indexOf(after)
  return at < 0 ? undefined : text(parts[at + 1])
}

/** The paths that the entry's links lead to, for ids that stand in no field. */
export function linksOf(value: unknown): string[] {
  // One answer, that of API tokens, has been seen with `_link`.
  const links = field(value, '_links') ?? field(value, '_link')
  return isFields(links) ? Object.values(links).flatMap((link) => text(field(link, 'href')) ?? []) : []
}

export type Shape =
  | 'org'
  | 'user'
  | 'app'
  | 'app_user'
  | 'client'
  | 'api_token'
  | 'api_service'
  | 'agent_pool'
  | 'okta_account'
  | 'app_account'
  | 'secret'
  | 'web_key'
  | 'signing_key'
  | 'grant'
  | 'oauth_token'
  | 'role_assignment'
  | 'role'
  | 'permission'
  | 'resource_set'
  | 'members'
  | 'error'

/** What tells an entry of each kind, most telling first. */
const tests: [Shape, (value: unknown) => boolean][] = [
  ['error', (v) => has(v, 'errorCode', 'errorSummary')],
  ['api_token', (v) => has(v, 'tokenWindow') || (has(v, 'userId', 'clientName', 'id') && !has(v, 'scopes'))],
  ['api_service', (v) => has(v, 'grantedScopes') && has(v, 'id')],
  ['okta_account', (v) => has(v, 'oktaUserId') && (has(v, 'ownerUserIds') || has(v, 'statusDetail'))],
  ['app_account', (v) => has(v, 'containerOrn') && has(v, 'id')],
  ['app', (v) => has(v, 'signOnMode') && has(v, 'id')],
  [
    'oauth_token',
    (v) => Array.isArray(field(v, 'scopes')) && has(v, 'id', 'issuer') && (has(v, 'clientId') || has(v, 'client_id')),
  ],
  ['grant', (v) => has(v, 'scopeId') && (has(v, 'issuer') || has(v, 'clientId'))],
  ['client', (v) => has(v, 'client_id') && (has(v, 'client_name') || has(v, 'grant_types'))],
  ['secret', (v) => has(v, 'secret_hash') || (has(v, 'client_secret', 'id', 'status') && !has(v, 'client_id'))],
  ['web_key', (v) => has(v, 'kty', 'id') && (has(v, 'kid') || has(v, 'status'))],
  ['signing_key', (v) => has(v, 'kty', 'kid', 'x5c') && has(v, 'created')],
  [
    'role_assignment',
    (v) =>
      has(v, 'assignmentType', 'type') ||
      (has(v, 'type', 'label', 'id') && linksOf(v).some((l) => l.endsWith('/roles')) && !has(v, 'profile')),
  ],
  ['permission', (v) => has(v, 'label') && linkOf(v, 'role') !== undefined && !has(v, 'id')],
  ['role', (v) => has(v, 'id', 'label') && linkOf(v, 'permissions') !== undefined],
  ['resource_set', (v) => has(v, 'id', 'label') && linkOf(v, 'bindings') !== undefined],
  ['members', (v) => Array.isArray(field(v, 'members')) && linkOf(v, 'binding') !== undefined],
  [
    'app_user',
    (v) =>
      text(field(v, 'scope')) !== undefined && has(v, 'id', 'credentials', 'profile') && linkOf(v, 'app') !== undefined,
  ],
  ['user', (v) => has(v, 'id', 'profile', 'status') && text(path(v, 'profile', 'login')) !== undefined],
  ['agent_pool', (v) => has(v, 'agents', 'operationalStatus')],
  ['org', (v) => has(v, 'subdomain', 'id') && has(v, 'companyName')],
]

/** What the entry is; `undefined` for what concerns no non-human identity. */
export function shapeOf({ value }: Entry): Shape | undefined {
  return tests.find(([, test]) => test(value))?.[0]
}

/** The shapes that no other system's answers have; the others need a link or an id of Okta's own form. */
const telling = new Set<Shape>([
  'api_service',
  'okta_account',
  'app_account',
  'app',
  'grant',
  'permission',
  'resource_set',
])

/** True when the entry is Okta's beyond doubt. */
export function isOktas(entry: Entry): boolean {
  const shape = shapeOf(entry)
  if (shape === undefined) return false
  if (telling.has(shape)) return shape !== 'app' || text(field(entry.value, 'signOnMode')) !== undefined
  if (shape === 'api_token')
    return text(field(entry.value, 'tokenWindow')) !== undefined || /^00T/.test(text(field(entry.value, 'id')) ?? '')
  if (shape === 'error') return /^E\d{7}$/.test(text(field(entry.value, 'errorCode')) ?? '')
  if (shape === 'agent_pool') return true
  const links = linksOf(entry.value)
  if (links.some((link) => /\/(?:api\/v1|oauth2\/v1|integrations\/api\/v1|privileged-access\/api\/v1)\//.test(link)))
    return true
  const ids = texts(['id', 'client_id', 'clientId', 'userId'].map((name) => field(entry.value, name)))
  return ids.some((id) => /^(?:0oa|00u|00o|ocs|pks|oar|irb|iam|cr0)[A-Za-z0-9]{14,17}$/.test(id))
}

/** `GET /api/v1/apps 200`: the key of a collection of example answers. */
export function isOperation(key: string): boolean {
  return /^(?:GET|POST|PUT|PATCH|DELETE) \/(?:api\/v1|oauth2\/v1|integrations\/api\/v1|privileged-access\/api\/v1|governance\/api\/v1)\//.test(
    key,
  )
}

import { type Fields, has, isFields, own, text } from './fields'
import type { Hint } from './unwrap'

/** What an object of GitLab's is. */
export type Shape =
  | 'access-token'
  | 'deploy-token'
  | 'runner'
  | 'issued-runner'
  | 'deploy-key'
  | 'ssh-key'
  | 'variable'
  | 'trigger'
  | 'hook'
  | 'application'
  | 'agent-token'
  | 'agent'
  | 'job-token-scope'
  | 'member'
  | 'user'
  | 'service-account'
  | 'project'
  | 'group'

type Test = (value: Fields, hint: Hint) => boolean

/** In this order: the first that fits. */
const tests: [Shape, Test][] = [
  [
    'access-token',
    (v) =>
      has(v, 'id', 'name') &&
      Array.isArray(own(v, 'scopes')) &&
      (has(v, 'user_id') || has(v, 'active')) &&
      !has(v, 'username'),
  ],
  ['deploy-token', (v) => has(v, 'id', 'username') && Array.isArray(own(v, 'scopes')) && has(v, 'expires_at')],
  ['runner', (v) => has(v, 'id') && (has(v, 'runner_type') || has(v, 'is_shared', 'active'))],
  ['issued-runner', (v) => has(v, 'id', 'token', 'token_expires_at')],
  [
    'deploy-key',
    (v) =>
      isKey(v) &&
      (has(v, 'can_push') || has(v, 'projects_with_write_access') || has(v, 'projects_with_readonly_access')),
  ],
  [
    'ssh-key',
    (v) => isKey(v) && !has(v, 'read_only') && (has(v, 'usage_type') || has(v, 'expires_at') || isCertificate(v)),
  ],
  [
    'variable',
    (v) => has(v, 'key') && (has(v, 'variable_type') || has(v, 'environment_scope') || has(v, 'protected', 'value')),
  ],
  ['trigger', (v) => has(v, 'id', 'token', 'description') && (has(v, 'last_used') || isFields(own(v, 'owner')))],
  ['hook', (v) => has(v, 'id', 'url') && (has(v, 'push_events') || has(v, 'enable_ssl_verification'))],
  ['application', (v) => has(v, 'application_id', 'application_name')],
  ['agent-token', (v) => has(v, 'id', 'agent_id', 'name')],
  ['agent', (v) => has(v, 'id', 'name') && isFields(own(v, 'config_project'))],
  ['job-token-scope', (v) => has(v, 'inbound_enabled')],
  ['member', (v) => isUser(v) && has(v, 'access_level')],
  ['user', (v) => isUser(v) && (has(v, 'state') || has(v, 'web_url'))],
  ['service-account', isServiceAccount],
  ['project', (v) => has(v, 'id', 'path_with_namespace')],
  ['group', (v) => has(v, 'id', 'full_path') && (has(v, 'web_url') || has(v, 'visibility'))],
]

/** What the object is; `undefined` = nothing of GitLab's that is known here. */
export function shapeOf(value: Fields, hint: Hint): Shape | undefined {
  return tests.find(([, test]) => test(value, hint))?.[0]
}

/** True for a shape that another system's listing could have too; it does not prove a file to be GitLab's. */
export function isWeak(shape: Shape, value: Fields): boolean {
  if (shape === 'service-account') return !namesServiceAccount(value)
  if (shape === 'variable') return !has(value, 'variable_type') && !has(value, 'environment_scope')
  if (shape === 'trigger') return !has(value, 'last_used')
  return false
}

/** True when the account's own name says that it is a service account. */
export function namesServiceAccount(value: Fields): boolean {
  return /service[_-]?account/i.test(`${text(value.username) ?? ''} ${text(value.email) ?? ''}`)
}

function isKey(value: Fields): boolean {
  return has(value, 'id', 'title') && typeof own(value, 'key') === 'string'
}

/** GitLab's times have milliseconds, GitHub's do not: the only difference between their bare keys. */
function isCertificate(value: Fields): boolean {
  return Object.keys(value).length === 4 && /\.\d{3}Z$/.test(text(value.created_at) ?? '')
}

function isUser(value: Fields): boolean {
  return has(value, 'id', 'username', 'name') && !Array.isArray(own(value, 'scopes'))
}

/** The listing of service accounts gives of each only these. */
function isServiceAccount(value: Fields): boolean {
  const around = ['id', 'username', 'name', 'email', 'public_email', 'unconfirmed_email']
  return isUser(value) && Object.keys(value).every((key) => around.includes(key))
}

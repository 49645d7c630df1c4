import { type Fields, has, idText, isFields, list, own, text } from './fields'
import type { Hint } from './unwrap'

/** What an object of GitHub's is. */
export type Shape =
  | 'credential-authorization'
  | 'token-grant'
  | 'token-request'
  | 'installation'
  | 'app'
  | 'issued-token'
  | 'oauth-token'
  | 'deploy-key'
  | 'ssh-key'
  | 'gpg-key'
  | 'secret'
  | 'variable'
  | 'hook'
  | 'hook-config'
  | 'runner'
  | 'runner-group'
  | 'workflow'
  | 'environment'
  | 'repository'
  | 'audit-event'
  | 'subject-claims'
  | 'account'
  | 'secret-alert'
  | 'team'
  | 'membership'

type Test = (value: Fields, hint: Hint) => boolean

/** A team's page, which is all that a GraphQL answer tells of its slug. */
export const teamPage = /\/orgs\/([^/]+)\/teams\/([^/]+)$/

const upperName = /^[A-Z_][A-Z0-9_]*$/

/** In this order: the first that fits. */
const tests: [Shape, Test][] = [
  ['credential-authorization', (v) => has(v, 'credential_id', 'credential_type')],
  ['token-request', (v) => isToken(v) && !has(v, 'access_granted_at')],
  ['token-grant', (v) => isToken(v)],
  ['oauth-token', (v) => has(v, 'token', 'app') && isFields(v.app) && has(v.app, 'client_id')],
  ['installation', (v) => has(v, 'id', 'app_id') && (has(v, 'permissions') || has(v, 'target_type'))],
  ['app', (v) => has(v, 'id', 'permissions', 'events', 'name') && (has(v, 'slug') || has(v, 'client_id'))],
  ['issued-token', isIssuedToken],
  ['deploy-key', (v, hint) => isKey(v) && (has(v, 'read_only') || has(v, 'added_by')) && !isUserKey(v, hint)],
  ['ssh-key', (v, hint) => isKey(v) && isUserKey(v, hint)],
  ['gpg-key', (v) => has(v, 'key_id', 'can_sign') && (has(v, 'primary_key_id') || has(v, 'public_key'))],
  ['secret-alert', (v) => has(v, 'number', 'secret_type', 'state')],
  ['hook', (v) => isFields(own(v, 'config')) && Array.isArray(own(v, 'events')) && has(v, 'id', 'active')],
  ['hook-config', (v) => has(v, 'content_type', 'url') && (has(v, 'insecure_ssl') || has(v, 'secret'))],
  ['runner', (v) => has(v, 'id', 'name', 'os', 'status') && Array.isArray(own(v, 'labels'))],
  ['runner-group', (v) => has(v, 'id', 'name') && (has(v, 'runners_url') || has(v, 'allows_public_repositories'))],
  ['workflow', (v) => has(v, 'id', 'path', 'state') && /^(?:\.github\/workflows\/|dynamic\/)/.test(text(v.path) ?? '')],
  ['environment', (v, hint) => has(v, 'id', 'name') && isEnvironment(v, hint)],
  ['audit-event', (v) => has(v, 'action') && (has(v, '@timestamp') || has(v, '_document_id')) && !isFields(v.sender)],
  ['subject-claims', (v) => Array.isArray(own(v, 'include_claim_keys'))],
  ['team', (v) => has(v, 'id', 'slug', 'privacy') || (has(v, 'name') && teamPage.test(text(v.url) ?? ''))],
  ['repository', isRepository],
  ['membership', (v) => has(v, 'state', 'role', 'user', 'organization')],
  ['secret', isSecret],
  ['variable', (v, hint) => has(v, 'name', 'value', 'updated_at') && isUpper(v, hint)],
  ['account', isAccount],
]

/** What the object is; `undefined` = nothing of GitHub's that is known here. */
export function shapeOf(value: Fields, hint: Hint): Shape | undefined {
  return tests.find(([, test]) => test(value, hint))?.[0]
}

/** Bitbucket's repositories have a full name too, and a uuid. */
function isRepository(value: Fields): boolean {
  const fullName = text(own(value, 'full_name')) ?? text(own(value, 'nameWithOwner')) ?? ''
  return !has(value, 'uuid') && /^[^/\s]+\/[^/\s]+$/.test(fullName)
}

function isToken(value: Fields): boolean {
  return (
    has(value, 'id', 'owner', 'token_expired') &&
    (has(value, 'permissions') || has(value, 'permissions_result') || has(value, 'repository_selection'))
  )
}

/** An installation token or a token that registers a runner, as an answer to the request for one. */
function isIssuedToken(value: Fields, hint: Hint): boolean {
  const token = text(value.token)
  if (token === undefined || !has(value, 'expires_at')) return false
  const asked = /access_tokens|registration-token|remove-token/.test(hint.path ?? '')
  if (!asked && !/^(?:gh[a-z]_|[A-Z0-9]{29}$)/.test(token)) return false
  const around = ['token', 'expires_at', 'permissions', 'repository_selection', 'repositories', 'single_file', 'single_file_paths', 'has_multiple_single_files'] // biome-ignore format: a list of words
  return Object.keys(value).every((key) => around.includes(key))
}

function isKey(value: Fields): boolean {
  return has(value, 'id', 'key', 'title') && typeof own(value, 'key') === 'string'
}

function isUserKey(value: Fields, hint: Hint): boolean {
  return (
    /\/user\/keys\//.test(text(value.url) ?? '') ||
    /^\/users?\/(?:[^/]+\/)?(?:keys|ssh_signing_keys)/.test(hint.path ?? '')
  )
}

function isEnvironment(value: Fields, hint: Hint): boolean {
  return (
    hint.listed === 'environments' ||
    Array.isArray(own(value, 'protection_rules')) ||
    /\/settings\/environments\/|\/deployments\/activity_log/.test(text(own(value, 'html_url')) ?? '')
  )
}

function isSecret(value: Fields, hint: Hint): boolean {
  const name = text(value.name)
  if (name === undefined || has(value, 'value') || !has(value, 'updated_at') || has(value, 'id')) return false
  if (hint.listed === 'secrets' || /\/secrets(?:\/|$)/.test(hint.path ?? '')) return true
  if (/SECRETS?(?:_|$)/.test(hint.literal ?? '')) return true
  const around = ['name', 'created_at', 'createdAt', 'updated_at', 'updatedAt', 'visibility', 'selected_repositories_url', 'selectedReposURL', 'numSelectedRepos'] // biome-ignore format: a list of words
  return upperName.test(name) && Object.keys(value).every((key) => around.includes(key))
}

function isUpper(value: Fields, hint: Hint): boolean {
  return hint.listed === 'variables' || /VARIABLE/.test(hint.literal ?? '') || upperName.test(text(value.name) ?? '')
}

function isAccount(value: Fields): boolean {
  const login = text(value.login)
  if (login === undefined) return false
  if (['User', 'Bot', 'Organization', 'Mannequin', 'Enterprise'].includes(text(value.type) ?? '')) return true
  if (has(value, 'graphRole') || has(value, 'members_url') || has(value, 'site_admin')) return true
  return (
    isFields(value) && list(own(value, 'emails')).length === 0 && /github\.com|ghe\.com/.test(text(value.url) ?? '')
  )
}

/** An answer that is known and holds nothing to import, in plain words; `undefined` = not known. */
export function passedOver(value: Fields): string | undefined {
  if (has(value, 'key_id', 'key')) return 'a public key for sealing secrets'
  if (has(value, 'guid', 'delivered_at')) return 'a delivery of a webhook, without its content'
  if (has(value, 'stream_type')) return 'a stream of the audit log'
  if (has(value, '$ref')) return 'a reference to an example that the file does not hold'
  if (idText(value.id) !== undefined && has(value, 'login')) return 'an account of which only the name is known'
  return undefined
}

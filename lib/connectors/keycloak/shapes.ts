import { field, isFields, path, text } from '../json-fields'
import type { Entry } from '../walk-answers'

export type Shape = 'realm' | 'users_file' | 'client' | 'role' | 'user' | 'idp' | 'role_mappings' | 'secret' | 'error'

const has = (value: unknown, ...names: string[]) => names.every((name) => field(value, name) !== undefined)

function isRealm(value: unknown): boolean {
  if (text(field(value, 'realm')) === undefined) return false
  const parts = ['clients', 'users', 'clientScopes', 'identityProviders', 'components', 'groups']
  return (
    parts.some((name) => Array.isArray(field(value, name))) ||
    isFields(field(value, 'roles')) ||
    has(value, 'sslRequired')
  )
}

/** What the entry is, by its fields. */
export function shapeOf({ value }: Entry): Shape | undefined {
  if (isRealm(value)) return 'realm'
  const flags = [
    'publicClient',
    'bearerOnly',
    'serviceAccountsEnabled',
    'standardFlowEnabled',
    'clientAuthenticatorType',
    'fullScopeAllowed',
  ]
  if (has(value, 'clientId') && (flags.some((name) => has(value, name)) || has(value, 'protocol', 'redirectUris')))
    return 'client'
  if (has(value, 'clientRole', 'name') || has(value, 'composite', 'name', 'containerId')) return 'role'
  if (isFields(field(value, 'clientMappings')) || Array.isArray(field(value, 'realmMappings'))) return 'role_mappings'
  if (
    has(value, 'alias', 'providerId', 'config') &&
    (has(value, 'trustEmail') || has(value, 'storeToken') || has(value, 'addReadTokenRoleOnCreate'))
  )
    return 'idp'
  if (
    has(value, 'username') &&
    (has(value, 'emailVerified') ||
      has(value, 'requiredActions') ||
      has(value, 'disableableCredentialTypes') ||
      has(value, 'serviceAccountClientId'))
  )
    return 'user'
  if (text(field(value, 'type')) === 'secret' && has(value, 'value')) return 'secret'
  if (
    text(field(value, 'error')) !== undefined &&
    Object.keys(value).length <= 3 &&
    (has(value, 'error_description') || /^HTTP \d|not found/i.test(text(field(value, 'error')) ?? ''))
  )
    return 'error'
  return undefined
}

/** True when the entry is Keycloak's beyond doubt. */
export function isKeycloaks(entry: Entry): boolean {
  const shape = shapeOf(entry)
  if (shape === 'error' || shape === 'secret') return false
  if (shape === 'realm') return true
  if (shape === 'role') return has(entry.value, 'clientRole')
  if (shape === 'user') return has(entry.value, 'enabled')
  if (shape === 'role_mappings')
    return path(entry.value, 'realmMappings') !== undefined || path(entry.value, 'clientMappings') !== undefined
  return shape !== undefined
}

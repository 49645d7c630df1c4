import {
  type CredentialType,
  credentialTypes,
  type IdentityKind,
  identityKinds,
  type Privilege,
  privileges,
} from '../contract'
import { wordTable } from '../word-table'

const plain = (cell: string) =>
  cell
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')

const kinds: Record<string, IdentityKind | 'human'> = wordTable({
  svc: 'service_account',
  service: 'service_account',
  technical: 'service_account',
  system: 'service_account',
  'non human': 'service_account',
  'shared account': 'service_account',
  'group managed service account': 'service_account',
  gmsa: 'service_account',
  'service id': 'service_account',
  'service user': 'service_account',
  'technical user': 'service_account',
  'technical account': 'service_account',
  'system account': 'service_account',
  serviceaccount: 'service_account',
  'service principal': 'service_account',
  'machine user': 'bot',
  'machine account': 'service_account',
  robot: 'bot',
  application: 'oauth_app',
  app: 'oauth_app',
  'oauth client': 'oauth_app',
  'oauth application': 'oauth_app',
  'api key': 'api_client',
  'api token': 'api_client',
  client: 'api_client',
  integration: 'api_client',
  role: 'iam_role',
  'managed identity': 'workload',
  pod: 'workload',
  certificate: 'certificate_principal',
  agent: 'ai_agent',
  'mcp server': 'ai_agent',
  human: 'human',
  person: 'human',
  user: 'human',
  employee: 'human',
  personal: 'human',
  'personal account': 'human',
  'user account': 'human',
  'named user': 'human',
})

const credentials: Record<string, CredentialType> = wordTable({
  token: 'access_token',
  pat: 'access_token',
  'personal access token': 'access_token',
  bearer: 'access_token',
  'bearer token': 'access_token',
  key: 'api_key',
  'access key': 'api_key',
  apikey: 'api_key',
  secret: 'client_secret',
  cert: 'certificate',
  'x.509': 'certificate',
  'client certificate': 'certificate',
  ssh: 'ssh_key',
  'private key': 'signing_key',
  passphrase: 'password',
})

const levels: Record<string, Privilege> = wordTable({
  'read only': 'read',
  readonly: 'read',
  viewer: 'read',
  reader: 'read',
  view: 'read',
  select: 'read',
  'read write': 'write',
  'read/write': 'write',
  rw: 'write',
  ro: 'read',
  readwrite: 'write',
  editor: 'write',
  edit: 'write',
  contributor: 'write',
  writer: 'write',
  'secret read': 'secret_read',
  secrets: 'secret_read',
  administrator: 'admin',
  owner: 'admin',
  root: 'admin',
  superuser: 'admin',
  'full access': 'admin',
  full: 'admin',
})

function look<T extends string>(cell: string, exact: readonly T[], others: Record<string, T>): T | undefined {
  const word = plain(cell)
  return (
    exact.find((entry) => entry.replaceAll('_', ' ') === word) ??
    (Object.hasOwn(others, word) ? others[word] : undefined)
  )
}

/** Each answers `undefined` for a word that it does not know. */
export const readKind = (cell: string) => look<IdentityKind | 'human'>(cell, identityKinds, kinds)
export const readCredentialType = (cell: string) => look(cell, credentialTypes, credentials)
export const readPrivilege = (cell: string) => look(cell, privileges, levels)

export function readStatus(cell: string): 'active' | 'disabled' | 'unknown' {
  const word = plain(cell)
  // Active Directory's `userAccountControl`: the second bit says that the account is disabled.
  if (/^\d{3,8}$/.test(word)) return (Number(word) & 2) === 2 ? 'disabled' : 'active'
  if (/^(?:active|enabled|true|yes|y|1|ok|in use)$/.test(word)) return 'active'
  if (/^(?:disabled|inactive|false|no|n|0|revoked|suspended|expired|deleted|locked|blocked)$/.test(word))
    return 'disabled'
  return 'unknown'
}

const environments: Record<string, string> = wordTable({
  prod: 'production',
  prd: 'production',
  live: 'production',
  stg: 'staging',
  stage: 'staging',
  dev: 'development',
  qa: 'test',
  uat: 'test',
})

export function readEnvironment(cell: string): string | undefined {
  const word = cell.trim().toLowerCase()
  return word === '' ? undefined : Object.hasOwn(environments, word) ? environments[word] : word
}

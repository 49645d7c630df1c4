import { liveConnector } from '../live-connector'
import type { SemanticsCard } from '../live-contract'
import { networkError } from '../live-error'
import { closeVault, openVault, vaultConfig } from './client'
import { deposits } from './deposits'
import { appRoleHands, secretIdHands, tokenHands } from './hands'
import { describeRights, readPage, selfOf } from './read-page'

const appRoleCard: SemanticsCard = {
  disable:
    'The entity of the AppRole is disabled: its tokens can do nothing, and neither can new ones. An AppRole that has never signed in gets an entity for that.',
  delete:
    'The AppRole is gone with its secret ids. Tokens that it issued go on until they expire: end its sessions before.',
  openSessions: {
    goOn: false,
    says: 'Tokens of a disabled entity are refused at once. What they leased at other systems (database users, cloud keys) goes on until the lease ends or the token is revoked.',
  },
  residualSeconds: 0,
  refusedWithinSeconds: 5,
  enablingRevives: {
    does: true,
    says: 'The same secret ids work again, and tokens that were neither revoked nor expired. If one leaked, destroy it and end the sessions before enabling.',
  },
  twoSecrets: { can: true, says: 'An AppRole may have any number of secret ids.' },
  undo: 'Disable: by enable. Delete: none; a new AppRole of the same name has another role id.',
  source: 'https://openbao.org/api-docs/secret/identity/entity/',
}

const secretIdCard: SemanticsCard = {
  disable: 'A secret id cannot be switched off alone: destroy it, or disable the AppRole.',
  delete: 'The secret id is destroyed, and signs in no more.',
  openSessions: {
    goOn: true,
    says: 'Tokens that were taken with it go on until they expire, up to 32 days where nothing else is set. End the sessions of the AppRole to revoke them.',
  },
  residualSeconds: 2_764_800,
  refusedWithinSeconds: 5,
  enablingRevives: { does: false, says: 'A destroyed secret id stays destroyed.' },
  twoSecrets: { can: true, says: 'Old and new work side by side until the old one is destroyed.' },
  undo: 'None. Make another one.',
  source: 'https://openbao.org/api-docs/auth/approle/',
}

const tokenCard: SemanticsCard = {
  disable: 'A token cannot be switched off: revoke it.',
  delete: 'The token is revoked, with every token that it made and all that these leased.',
  openSessions: { goOn: false, says: 'Vault asks for the token with every request.' },
  residualSeconds: 0,
  refusedWithinSeconds: 5,
  enablingRevives: { does: false, says: 'A revoked token stays revoked.' },
  twoSecrets: { can: true, says: 'Whoever made the token can make another one beside it.' },
  undo: 'None.',
  source: 'https://openbao.org/api-docs/auth/token/',
}

const rule = (path: string, ...capabilities: string[]) =>
  `path "${path}" { capabilities = [${capabilities.map((each) => `"${each}"`).join(', ')}] }`

const reading = [
  rule('sys/auth', 'read'),
  rule('sys/policies/acl', 'list'),
  rule('sys/policies/acl/+', 'read'),
  rule('identity/lookup/entity', 'update'),
  rule('identity/entity/id/+', 'read'),
  '# For each AppRole method: its path in place of approle.',
  rule('auth/approle/role', 'list'),
  rule('auth/approle/role/+', 'read'),
  rule('auth/approle/role/+/role-id', 'read'),
  rule('auth/approle/role/+/secret-id', 'list'),
  rule('auth/approle/role/+/secret-id-accessor/lookup', 'update'),
  rule('auth/approle/role/+/secret-id/lookup', 'update'),
  '# Tokens. Without these two rules, set "Tokens" to leave.',
  rule('auth/token/accessors', 'list', 'sudo'),
  rule('auth/token/lookup-accessor', 'update'),
]
/** With more on the same paths: of two rules for one path the last would count. */
const widened = [
  rule('identity/entity/id/+', 'read', 'update'),
  rule('auth/approle/role/+', 'read', 'update', 'delete'),
  rule('auth/approle/role/+/secret-id', 'list', 'update'),
]
const pathIn = (line: string) => /"([^"]+)"/.exec(line)?.[1]
const acting = [
  ...reading.map((line) => widened.find((wide) => pathIn(wide) === pathIn(line)) ?? line),
  '# Secret ids: destroy. Entities: make, for an AppRole that has none. Tokens: look up and revoke.',
  rule('auth/approle/role/+/secret-id-accessor/destroy', 'update'),
  rule('identity/entity', 'update'),
  rule('identity/entity-alias', 'update'),
  rule('auth/token/lookup', 'update'),
  rule('auth/token/revoke-accessor', 'update'),
  '# Nothing of its own, which would let it give itself more.',
  rule('auth/approle/role/bailiwick', 'read'),
  rule('auth/approle/role/bailiwick/secret-id', 'list'),
]

const steps = (name: string, rules: readonly string[]) => `vault policy write ${name} - <<'END'
${rules.join('\n')}
END
vault write auth/approle/role/bailiwick token_policies=${name} token_ttl=1h token_max_ttl=4h
vault read auth/approle/role/bailiwick/role-id
vault write -f auth/approle/role/bailiwick/secret-id`

export const vault = liveConnector({
  id: 'vault',
  title: 'HashiCorp Vault, OpenBao',
  evidence: 'recorded',
  config: vaultConfig,
  instructions: [
    { title: 'Discover only', language: 'shell', text: steps('bailiwick-discover', reading) },
    {
      title: 'Hand over new secrets',
      language: 'shell',
      text: `# Beside one of the others, for the part of a key-value engine that programs read their secrets from.
vault policy write bailiwick-deposits - <<'END'
${rule('secret/data/apps/*', 'read', 'create', 'update')}
END
vault write auth/approle/role/bailiwick token_policies=bailiwick,bailiwick-deposits`,
    },
    {
      title: 'Discover, rotate and revoke',
      language: 'shell',
      text: `# Who may make secret ids of an AppRole, or give it policies, can become it. OpenBao: bao in place of vault.
${steps('bailiwick', acting)}`,
    },
  ],
  requestsPerSecond: 200,
  hands: { identity: appRoleHands, client_secret: secretIdHands, access_token: tokenHands },
  semantics: { identity: appRoleCard, client_secret: secretIdCard, access_token: tokenCard },
  deposits,
  open: openVault,
  close: closeVault,
  self: selfOf,
  describeRights,
  readPage,
  changes: {
    why: 'Lists are names alone, without times of change.',
    source: 'https://developer.hashicorp.com/vault/api-docs/auth/approle',
  },
  explain: (error) => networkError(error),
})

import type { Privilege } from '../contract'
import { higher } from '../record-set'
import { wordTable } from '../word-table'

/** Permissions of apps and fine-grained tokens that an installation knows, and nothing worse than their level says. */
const plain =
  `actions actions_variables variables artifact_metadata attestations checks codespaces codespaces_lifecycle_admin
  codespaces_metadata codespaces_secrets commit_statuses contents content_references copilot_messages copilot_requests
  copilot_editor_context custom_properties dependabot_alerts dependabot_secrets deployments discussions email_addresses
  emails environments events followers followers_plan gists gpg_keys hooks interaction_limits issues merge_queues
  metadata models organization_announcement_banners announcement_banners organization_api_insights
  organization_campaigns organization_code_scanning_dismissal_requests organization_codespaces
  organization_codespaces_secrets organization_codespaces_settings organization_copilot_seat_management
  organization_copilot_metrics organization_custom_properties organization_dependabot_secrets organization_events
  organization_hooks organization_issue_types organization_knowledge_bases organization_network_configurations
  organization_packages organization_plan organization_private_registries organization_projects organization_secrets
  organization_self_hosted_runners organization_user_blocking organization_variables organization_actions_variables
  packages pages plan profile projects pull_requests repository_advisories repository_custom_properties
  repository_hooks repository_projects secrets security_events self_hosted_runners single_file starring statuses
  team_discussions user_blocking user_events vulnerability_alerts watching webhooks codespaces_settings
  dependabot_dismissal_requests secret_scanning_dismissal_requests organization_secret_scanning_dismissal_requests
  organization_dependabot_dismissal_requests code_quality`
    .split(/\s+/)
    .filter((name) => name !== '')

/** Where a level means more than it says: who writes here can grant, become another or make credentials. */
const worse: Record<string, Partial<Record<'read' | 'write' | 'admin', Privilege>>> = wordTable({
  administration: { read: 'read', write: 'admin' },
  organization_administration: { read: 'read', write: 'admin' },
  members: { read: 'read', write: 'admin' },
  organization_custom_roles: { read: 'read', write: 'admin' },
  organization_custom_org_roles: { read: 'read', write: 'admin' },
  custom_roles: { read: 'read', write: 'admin' },
  custom_org_roles: { read: 'read', write: 'admin' },
  organization_personal_access_tokens: { read: 'read', write: 'admin' },
  organization_personal_access_token_requests: { read: 'read', write: 'admin' },
  personal_access_tokens: { read: 'read', write: 'admin' },
  personal_access_token_requests: { read: 'read', write: 'admin' },
  git_ssh_keys: { read: 'read', write: 'admin' },
  keys: { read: 'read', write: 'admin' },
  git_signing_ssh_public_keys: { read: 'read', write: 'admin' },
  ssh_signing_keys: { read: 'read', write: 'admin' },
  external_contributors: { read: 'read', write: 'admin' },
  enterprise_organizations: { read: 'read', write: 'admin' },
  enterprise_organization_installations: { read: 'read', write: 'admin' },
  enterprise_people: { read: 'read', write: 'admin' },
  enterprise_custom_org_roles: { read: 'read', write: 'admin' },
  enterprise_sso: { read: 'read', write: 'admin' },
  // The answer of this API holds the leaked secrets themselves.
  secret_scanning_alerts: { read: 'secret_read', write: 'secret_read' },
  // A changed workflow runs with every secret of its repository.
  workflows: { write: 'secret_read' },
})

/** Scopes of classic tokens and OAuth apps. */
const classic: Record<string, Privilege> = wordTable({
  '(no scope)': 'read',
  'admin:enterprise': 'admin',
  'admin:gpg_key': 'admin',
  'admin:org': 'admin',
  'admin:org_hook': 'write',
  'admin:public_key': 'admin',
  'admin:repo_hook': 'write',
  'admin:ssh_signing_key': 'admin',
  audit_log: 'read',
  codespace: 'write',
  'codespace:secrets': 'write',
  copilot: 'write',
  'delete:packages': 'write',
  delete_repo: 'write',
  gist: 'write',
  'manage_billing:copilot': 'write',
  'manage_billing:enterprise': 'write',
  'manage_runners:enterprise': 'write',
  'manage_runners:org': 'write',
  notifications: 'write',
  project: 'write',
  public_repo: 'write',
  'read:audit_log': 'read',
  'read:discussion': 'read',
  'read:enterprise': 'read',
  'read:gpg_key': 'read',
  'read:network_configurations': 'read',
  'read:org': 'read',
  'read:packages': 'read',
  'read:project': 'read',
  'read:public_key': 'read',
  'read:repo_hook': 'read',
  'read:ssh_signing_key': 'read',
  'read:user': 'read',
  // Full control of private repositories, their collaborators included.
  repo: 'admin',
  'repo:invite': 'write',
  'repo:status': 'write',
  repo_deployment: 'write',
  'scim:enterprise': 'admin',
  security_events: 'write',
  site_admin: 'admin',
  user: 'write',
  'user:email': 'read',
  'user:follow': 'write',
  workflow: 'secret_read',
  'write:discussion': 'write',
  'write:gpg_key': 'admin',
  'write:network_configurations': 'write',
  'write:org': 'admin',
  'write:packages': 'write',
  'write:public_key': 'admin',
  'write:repo_hook': 'write',
  'write:ssh_signing_key': 'admin',
})

/** Roles in a repository, a team's among them, as REST, GraphQL and webhooks name them. */
const repositoryRoles: Record<string, Privilege> = wordTable({
  read: 'read',
  pull: 'read',
  triage: 'write',
  write: 'write',
  push: 'write',
  maintain: 'write',
  admin: 'admin',
})

export interface Graded {
  scopes: string[]
  privilege?: Privilege
  /** Which of the scopes are not in the tables here. */
  notEvaluable?: string
}

/** What `contents: write` amounts to; `undefined` = not in the table. `none` amounts to nothing. */
export function permissionPrivilege(name: string, level: string): Privilege | undefined {
  const bare = name.replace(/^(?:organization|repository|enterprise)_/, '')
  const known = [name, bare].find((candidate) => Object.hasOwn(worse, candidate) || plain.includes(candidate))
  if (known === undefined) return undefined
  if (level !== 'read' && level !== 'write' && level !== 'admin') return undefined
  return (Object.hasOwn(worse, known) ? worse[known]?.[level] : undefined) ?? level
}

/** The privilege of a classic scope (`repo`, `read:org`). */
export function scopePrivilege(scope: string): Privilege | undefined {
  return Object.hasOwn(classic, scope) ? classic[scope] : undefined
}

/** The privilege of a role in a repository; `undefined` for a custom role. */
export function rolePrivilege(role: string): Privilege | undefined {
  const name = role.toLowerCase()
  return Object.hasOwn(repositoryRoles, name) ? repositoryRoles[name] : undefined
}

/** Permissions as GitHub lists them (`{ contents: 'write' }`) as scopes with the highest privilege among them. */
export function gradePermissions(permissions: Record<string, string>): Graded {
  const held = Object.entries(permissions).filter(([, level]) => level !== 'none')
  return grade(
    held.map(([name, level]) => ({ scope: `${name}:${level}`, privilege: permissionPrivilege(name, level) })),
  )
}

/** Classic scopes with the highest privilege among them. */
export function gradeScopes(scopes: string[]): Graded {
  return grade(scopes.map((scope) => ({ scope, privilege: scopePrivilege(scope) })))
}

function grade(parts: { scope: string; privilege: Privilege | undefined }[]): Graded {
  let privilege: Privilege | undefined
  for (const part of parts) privilege = higher(privilege, part.privilege)
  const unknown = parts.filter((part) => part.privilege === undefined).map(({ scope }) => scope)
  return {
    scopes: parts.map(({ scope }) => scope),
    ...(privilege === undefined ? {} : { privilege }),
    ...(unknown.length === 0 ? {} : { notEvaluable: `unknown permission: ${unknown.slice(0, 20).join(', ')}` }),
  }
}

import { type Privilege, privileges } from '../contract'
import { wordTable } from '../word-table'

/**
 * Resources whose `manage` scope lets its holder grant rights, impersonate, or make credentials: it can add itself an
 * administrator, reset a password, mint a token or change who may sign in.
 */
const governing = new Set([
  'agentPools',
  'apiTokens',
  'appGrants',
  'apps',
  'authenticators',
  'authorizationServers',
  'authServers',
  'clients',
  'directories',
  'factors',
  'governance.accessRequests',
  'governance.entitlements',
  'groups',
  'identitySources',
  'idps',
  'inlineHooks',
  'oauthIntegrations',
  'orgs',
  'policies',
  'principalRateLimits',
  'privilegedAccess',
  'profileMappings',
  'realms',
  'roles',
  'schemas',
  'sessions',
  'trustedOrigins',
  'userRisk',
  'users',
  'users.self',
  'userTypes',
  'workflows',
  'linkedObjects',
  'myAccount',
  'reports',
  'aiAgents',
])
/** Resources whose `manage` scope changes things without governing access. */
const plain = new Set([
  'behaviors',
  'brands',
  'captchas',
  'certificateAuthorities',
  'deviceAssurance',
  'devices',
  'domains',
  'emailDomains',
  'emailServers',
  'eventHooks',
  'events',
  'features',
  'logs',
  'logStreams',
  'manifests',
  'networkZones',
  'pushProviders',
  'rateLimits',
  'riskEvents',
  'riskProviders',
  'securityEventsProviders',
  'sms',
  'ssfStreams',
  'support',
  'templates',
  'threatInsights',
  'uischemas',
  'orgSettings',
])
for (const light of ['principalRateLimits', 'linkedObjects', 'reports', 'userTypes', 'schemas']) {
  governing.delete(light)
  plain.add(light)
}
/** What reads secrets: the answer to `apps.read` has the client secrets of the applications. */
const opensSecrets = new Set(['okta.apps.read', 'okta.apps.clientCredentials.read', 'okta.privilegedAccess.read'])

/** Scopes of OpenID Connect: they tell the client about the person who signs in. */
const openId: Record<string, Privilege> = wordTable({
  openid: 'read',
  profile: 'read',
  email: 'read',
  address: 'read',
  phone: 'read',
  groups: 'read',
  offline_access: 'read',
  device_sso: 'read',
})

/** Permissions of custom roles that are not `read`, `manage` or the like, or that weigh more than their verb. */
const permissions: Record<string, Privilege> = wordTable({
  'okta.users.create': 'write',
  'okta.users.append': 'write',
  'okta.users.userprofile.manage': 'write',
  'okta.users.credentials.manage': 'admin',
  'okta.users.credentials.resetFactors': 'admin',
  'okta.users.credentials.resetPassword': 'admin',
  'okta.users.credentials.expirePassword': 'admin',
  'okta.users.credentials.manageTemporaryAccessCode': 'admin',
  'okta.users.lifecycle.manage': 'write',
  'okta.users.lifecycle.activate': 'write',
  'okta.users.lifecycle.deactivate': 'write',
  'okta.users.lifecycle.suspend': 'write',
  'okta.users.lifecycle.unsuspend': 'write',
  'okta.users.lifecycle.delete': 'write',
  'okta.users.lifecycle.unlock': 'write',
  'okta.users.lifecycle.clearSessions': 'write',
  'okta.users.groupMembership.manage': 'admin',
  'okta.users.appAssignment.manage': 'admin',
  'okta.groups.create': 'write',
  'okta.groups.members.manage': 'admin',
  'okta.groups.appAssignment.manage': 'admin',
  'okta.apps.assignment.manage': 'admin',
  'okta.apps.clientCredentials.manage': 'admin',
  'okta.apps.universalLogout.manage': 'write',
  'okta.profilesources.import.run': 'write',
  'okta.workflows.invoke': 'write',
  'okta.workflows.flows.manage': 'admin',
  'okta.support.cases.manage': 'write',
  'okta.devices.lifecycle.manage': 'write',
  'okta.iam.read': 'read',
  'okta.governance.accessCertifications.manage': 'admin',
  'okta.governance.accessRequests.manage': 'admin',
})

/**
 * The privilege of an Okta scope (`okta.users.manage`), of a permission of a custom role (`okta.users.lifecycle.manage`) or
 * of an OpenID Connect scope. `undefined` for everything else, scopes of custom authorization servers above all.
 */
export function oktaPrivilege(scope: string): Privilege | undefined {
  if (opensSecrets.has(scope)) return 'secret_read'
  if (Object.hasOwn(permissions, scope)) return permissions[scope]
  if (Object.hasOwn(openId, scope)) return openId[scope]
  const [, resource = '', verb = ''] = /^okta\.([\w.]+)\.(read|manage)(?:\.self)?$/.exec(scope) ?? []
  const known = governing.has(resource) || plain.has(resource)
  if (!known) return undefined
  if (verb === 'read') return 'read'
  return governing.has(resource) ? 'admin' : 'write'
}

/** Standard administrator roles. Whoever resets passwords or fills groups can become someone else. */
export const standardRoles: Record<string, Privilege> = wordTable({
  SUPER_ADMIN: 'admin',
  ORG_ADMIN: 'admin',
  APP_ADMIN: 'admin',
  USER_ADMIN: 'admin',
  HELP_DESK_ADMIN: 'admin',
  GROUP_MEMBERSHIP_ADMIN: 'admin',
  API_ACCESS_MANAGEMENT_ADMIN: 'admin',
  API_ADMIN: 'admin',
  MOBILE_ADMIN: 'write',
  REPORT_ADMIN: 'read',
  READ_ONLY_ADMIN: 'read',
  WORKFLOWS_ADMIN: 'admin',
  ACCESS_CERTIFICATIONS_ADMIN: 'admin',
  ACCESS_REQUESTS_ADMIN: 'admin',
})

/** The highest privilege of the scopes, and a remark that names those that are not known. */
export function privilegeOf(scopes: readonly string[]): { privilege?: Privilege; notEvaluable?: string } {
  const found = scopes.map(oktaPrivilege)
  const highest = privileges.findLast((privilege) => found.includes(privilege))
  const unknown = scopes.filter((_, index) => found[index] === undefined).slice(0, 20)
  return {
    ...(highest === undefined ? {} : { privilege: highest }),
    ...(unknown.length === 0 ? {} : { notEvaluable: `what these scopes allow is not known: ${unknown.join(', ')}` }),
  }
}

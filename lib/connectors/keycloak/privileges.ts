import type { Privilege } from '../contract'
import { wordTable } from '../word-table'

/** Roles of the client `realm-management`, which the master realm has once for each realm (`<realm>-realm`). */
const management: Record<string, Privilege> = wordTable({
  'realm-admin': 'admin',
  'create-client': 'admin',
  impersonation: 'admin',
  'manage-authorization': 'admin',
  'manage-clients': 'admin',
  'manage-events': 'write',
  'manage-identity-providers': 'admin',
  'manage-organizations': 'admin',
  'manage-realm': 'admin',
  'manage-users': 'admin',
  'query-clients': 'read',
  'query-groups': 'read',
  'query-realms': 'read',
  'query-users': 'read',
  'view-authorization': 'read',
  // Whoever may view a client may ask for its secret.
  'view-clients': 'secret_read',
  'view-events': 'read',
  'view-identity-providers': 'read',
  'view-organizations': 'read',
  'view-realm': 'read',
  'view-system': 'read',
  'view-users': 'read',
})

/** Roles of the client `account`: each is over the own account only. */
const account: Record<string, Privilege> = wordTable({
  'delete-account': 'write',
  'manage-account': 'write',
  'manage-account-links': 'write',
  'manage-consent': 'write',
  'view-applications': 'read',
  'view-consent': 'read',
  'view-groups': 'read',
  'view-profile': 'read',
})

/** Realm roles that Keycloak makes itself; `admin` and `create-realm` are the master realm's. */
const realm: Record<string, Privilege> = wordTable({
  admin: 'admin',
  'create-realm': 'admin',
  offline_access: 'read',
  uma_authorization: 'write',
})

/** Which client's role it is, as far as Keycloak defines its roles. */
export function builtInClient(clientId: string): 'management' | 'account' | 'broker' | undefined {
  if (clientId === 'realm-management' || clientId.endsWith('-realm')) return 'management'
  return clientId === 'account' || clientId === 'broker' ? clientId : undefined
}

/** The privilege of a role of Keycloak's own; `undefined` for roles that an application defines. */
export function rolePrivilege(clientId: string | undefined, role: string): Privilege | undefined {
  if (clientId === undefined) return Object.hasOwn(realm, role) ? realm[role] : undefined
  switch (builtInClient(clientId)) {
    case 'management':
      return Object.hasOwn(management, role) ? management[role] : undefined
    case 'account':
      return Object.hasOwn(account, role) ? account[role] : undefined
    case 'broker':
      return role === 'read-token' ? 'secret_read' : undefined
    default:
      return undefined
  }
}

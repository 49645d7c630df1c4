import { type Privilege, privileges } from '../contract'
import {
  adminActions,
  adminPermissions,
  type BuiltIn,
  directoryRoles,
  resourceRoles,
  secretActions,
  secretPermissions,
  signInPermissions,
} from './privilege-table'

const byId = new Map<string, BuiltIn>([...directoryRoles, ...resourceRoles].map((role) => [role[1], role]))
const byName = new Map<string, BuiltIn>(
  [...directoryRoles, ...resourceRoles].map((role) => [role[0].toLowerCase(), role]),
)

/** A built-in role by its id or, where only that is given, by its name. */
export function builtInRole(idOrName: string): { name: string; privilege: Privilege } | undefined {
  const role = byId.get(idOrName.toLowerCase()) ?? byName.get(idOrName.toLowerCase())
  return role === undefined ? undefined : { name: role[0], privilege: role[2] }
}

/** Actions of one role definition; `not…` is taken away from the others. */
export interface Permissions {
  actions: string[]
  notActions: string[]
  dataActions: string[]
  notDataActions: string[]
}

/**
 * The most that a definition amounts to after what it takes away, and the actions whose verb is not known. Whatever is taken away
 * lowers a wildcard; an action that is taken away as a whole counts no more.
 */
export function privilegeOfPermissions(permissions: Permissions): {
  privilege?: Privilege | undefined
  unknown: string[]
} {
  let privilege: Privilege | undefined
  const unknown: string[] = []
  const pairs: [string[], string[]][] = [
    [permissions.actions, permissions.notActions],
    [permissions.dataActions, permissions.notDataActions],
  ]
  for (const [actions, not] of pairs) {
    for (const action of actions) {
      if (not.some((taken) => covers(taken, action))) continue
      const one = privilegeOfAction(action, not)
      if (one === undefined) unknown.push(action)
      else privilege = higher(privilege, one)
    }
  }
  return { privilege, unknown }
}

/** What one action or wildcard amounts to, less what is taken away. `undefined` when it is not written like an action. */
export function privilegeOfAction(action: string, not: string[] = []): Privilege | undefined {
  if (!/^[\w.*-]+(?:\/[\w.*$ -]+)*$/.test(action) || !/[/*]/.test(action)) return undefined
  const remains = (special: string) => covers(action, special) && !not.some((taken) => covers(taken, special))
  const everything = /^\*(?:\/\*)?$/.test(action)
  // Of "everything", only what gives out access makes an admin: Contributor is everything but that.
  const grants = everything
    ? adminActions.filter((special) => /^microsoft\.authorization\//i.test(special))
    : adminActions
  if (grants.some(remains)) return 'admin'
  const verb = action.slice(action.lastIndexOf('/') + 1).toLowerCase()
  if (!everything && (secretActions.some(remains) || isSecret(action))) return 'secret_read'
  if (/^(?:read|standard\/read|\w*read)$/.test(verb)) return 'read'
  return /^(?:write|delete|action|\*|create|update|alltasks|manage|invoke|add|remove|basic|post|put|patch)$/.test(
    verb,
  ) || everything
    ? 'write'
    : undefined
}

/** Actions that by their name list keys or secrets: `…/listKeys/action`, `…/listConnectionStrings/action`. */
function isSecret(action: string): boolean {
  return /\/(?:list|get)\w*(?:key|keys|secret|secrets|credential|credentials|connectionstrings?|sas|password|token)s?\/action$/i.test(
    action,
  )
}

/** True when the wildcard holds the other text, letter case aside. */
function covers(pattern: string, text: string): boolean {
  const source = pattern
    .toLowerCase()
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*')
  return new RegExp(`^${source}$`).test(text.toLowerCase())
}

const admin = new Set(adminPermissions.split(' '))
const secret = new Set(secretPermissions.split(' '))
const signIn = new Set(signInPermissions.split(' '))

/** What a permission of Microsoft Graph or of another API (`User.Read.All`) amounts to; `undefined` = not known. */
export function privilegeOfScope(scope: string): Privilege | undefined {
  const name = scope.replace(/^https?:\/\/[^/]+\//, '')
  if (admin.has(name)) return 'admin'
  if (secret.has(name)) return 'secret_read'
  if (signIn.has(name)) return 'read'
  if (/\.FullControl(?:\.|$)/.test(name)) return 'admin'
  if (
    /\.(?:ReadWrite|Write|Create|Delete|Manage|Send|Invite|Update|Import|Upload|Migrate|Initiate\w*|JoinGroupCall\w*|Edit|Submit)(?:\.|$)/i.test(
      name,
    )
  )
    return 'write'
  if (/\.(?:Read|ReadBasic|ReadHidden|Search|List|View)(?:\.|$)/i.test(name)) return 'read'
  return name === 'user_impersonation' ? 'write' : undefined
}

/** Permissions of a vault's access policy, such as `secrets/get`. */
export function privilegeOfVaultPermission(permission: string): Privilege | undefined {
  const [object = '', verb = ''] = permission.toLowerCase().split('/')
  if (verb === 'all' || verb === '*') return 'secret_read'
  if (object === 'secrets' && /^(?:get|backup)$/.test(verb)) return 'secret_read'
  if (object === 'keys' && /^(?:decrypt|unwrapkey|release|backup)$/.test(verb)) return 'secret_read'
  if (object === 'certificates' && verb === 'backup') return 'secret_read'
  if (object === 'storage' && /^(?:get|getsas|listsas|backup|regeneratekey)$/.test(verb)) return 'secret_read'
  if (/^(?:get|list|getrotationpolicy|listissuers|getissuers|verify)$/.test(verb)) return 'read'
  return /^(?:set|delete|purge|recover|restore|create|import|update|setrotationpolicy|rotate|encrypt|wrapkey|sign|managecontacts|manageissuers|setissuers|deleteissuers|setsas|deletesas)$/.test(
    verb,
  )
    ? 'write'
    : undefined
}

/** The higher of two privileges; an unknown one gives way to any other. */
export function higher(left: Privilege | undefined, right: Privilege | undefined): Privilege | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return privileges.indexOf(left) >= privileges.indexOf(right) ? left : right
}

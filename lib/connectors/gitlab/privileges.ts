import { type Privilege, privileges } from '../contract'
import { higher } from '../record-set'
import { wordTable } from '../word-table'

/** Scopes of tokens and applications. */
const scopes: Record<string, Privilege> = wordTable({
  admin_mode: 'admin',
  // Everything that the holder's role may do, credentials included.
  api: 'admin',
  ai_features: 'write',
  ai_workflows: 'write',
  create_runner: 'admin',
  email: 'read',
  k8s_proxy: 'write',
  manage_runner: 'write',
  mcp: 'write',
  openid: 'read',
  profile: 'read',
  read_api: 'read',
  read_observability: 'read',
  read_package_registry: 'read',
  read_registry: 'read',
  read_repository: 'read',
  read_service_ping: 'read',
  read_user: 'read',
  read_virtual_registry: 'read',
  self_rotate: 'write',
  sudo: 'admin',
  write_observability: 'write',
  write_package_registry: 'write',
  write_registry: 'write',
  write_repository: 'write',
  write_virtual_registry: 'write',
})

/** Roles by their number. A maintainer reads CI variables and makes project tokens and deploy keys. */
const levels: Record<number, { name: string; privilege: Privilege | undefined }> = {
  0: { name: 'no access', privilege: undefined },
  5: { name: 'minimal access', privilege: 'read' },
  10: { name: 'guest', privilege: 'read' },
  15: { name: 'planner', privilege: 'write' },
  20: { name: 'reporter', privilege: 'read' },
  25: { name: 'security manager', privilege: 'write' },
  30: { name: 'developer', privilege: 'write' },
  40: { name: 'maintainer', privilege: 'admin' },
  50: { name: 'owner', privilege: 'admin' },
  60: { name: 'administrator', privilege: 'admin' },
}

interface Graded {
  scopes: string[]
  privilege?: Privilege
  /** Which scope or role is not in the tables here. */
  notEvaluable?: string
}

/** The privilege of one scope; `undefined` = not in the table. */
export function scopePrivilege(scope: string): Privilege | undefined {
  return Object.hasOwn(scopes, scope) ? scopes[scope] : undefined
}

/** A role by number (40) or name (`Maintainer`). */
function roleOf(level: unknown): { name: string; privilege: Privilege | undefined } | undefined {
  if (typeof level === 'number') return levels[level]
  if (typeof level !== 'string') return undefined
  return Object.values(levels).find(({ name }) => name === level.trim().toLowerCase())
}

/** What a token of these scopes and this role may do: the lesser of the two; without a role, what the scopes say. */
export function gradeToken(held: string[], level: unknown): Graded {
  let privilege: Privilege | undefined
  for (const scope of held) privilege = higher(privilege, scopePrivilege(scope))
  const unknown = held.filter((scope) => scopePrivilege(scope) === undefined).map((scope) => `unknown scope: ${scope}`)
  const role = roleOf(level)
  if (level !== undefined && level !== null && role === undefined) unknown.push('unknown role of the token')
  const least = role === undefined ? privilege : lesser(privilege, role.privilege)
  return {
    scopes: role === undefined ? held : [...held, `role:${role.name}`],
    ...(least === undefined ? {} : { privilege: least }),
    ...(unknown.length === 0 ? {} : { notEvaluable: unknown.slice(0, 20).join('; ') }),
  }
}

/** What a member with this role may do. */
export function gradeRole(level: unknown): Graded {
  const role = roleOf(level)
  if (role === undefined) return { scopes: [], notEvaluable: 'the role is not given, or not known' }
  return { scopes: [`role:${role.name}`], ...(role.privilege === undefined ? {} : { privilege: role.privilege }) }
}

function lesser(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return undefined
  return privileges.indexOf(a) <= privileges.indexOf(b) ? a : b
}

import type { Entry } from './entries'
import { field, text, texts } from './fields'
import { higher, letsImpersonate, privilegeOfPermissions, privilegeOfRole } from './privileges'
import { everywhere, type Results, type Worth } from './results'

/** Roles whose permissions the file lists, and what any role is worth. */
export class Roles {
  #permissions = new Map<string, string[]>()

  /** A role of a project or an organization, or a predefined one with its permissions. */
  define({ value }: Entry, results: Results): void {
    const name = text(value.name)
    if (name === undefined) return
    const permissions = texts(field(value, 'includedPermissions'))
    const listed = Array.isArray(field(value, 'includedPermissions'))
    if (listed) this.#permissions.set(name, permissions)
    const worth = this.worthOf(name)
    const deleted = value.deleted === true
    results.add(ownerOf(name), {
      type: 'role',
      externalId: name,
      kind: name.startsWith('roles/') ? 'predefined_role' : 'custom_role',
      name: text(value.title) ?? name,
      ...(text(value.description) === undefined ? {} : { description: text(value.description) }),
      attributes: {
        ...(listed ? { permissions: permissions.slice(0, 200), permissionCount: permissions.length } : {}),
        ...(worth.privilege === undefined ? {} : { privilege: worth.privilege }),
        ...(worth.notEvaluable === undefined ? {} : { notEvaluable: worth.notEvaluable }),
        ...(text(value.stage) === undefined ? {} : { stage: text(value.stage) ?? '' }),
        ...(deleted ? { deleted } : {}),
      },
    })
  }

  /** What a grant of the role amounts to: the most of the table and of the permissions that the file lists. */
  worthOf(role: string): Worth {
    const known = privilegeOfRole(role)
    const permissions = this.#permissions.get(role)
    if (permissions === undefined) {
      if (known !== undefined) return { privilege: known }
      const isCustom = !role.startsWith('roles/')
      return {
        notEvaluable: isCustom
          ? `the permissions of ${role} are not in this file`
          : `${role} is not a predefined role that is known`,
      }
    }
    const { privilege, unknown } = privilegeOfPermissions(permissions)
    const rest = unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''
    return {
      privilege: higher(known, privilege),
      ...(unknown.length === 0
        ? {}
        : { notEvaluable: `${role}: not known what ${unknown.slice(0, 3).join(', ')}${rest} allow` }),
    }
  }

  isDefined(role: string): boolean {
    return this.#permissions.has(role) || privilegeOfRole(role) !== undefined
  }

  letsImpersonate(role: string): boolean {
    return letsImpersonate(role, this.#permissions.get(role))
  }
}

function ownerOf(name: string): string {
  const [parent = '', id = ''] = name.split('/')
  if (parent === 'projects') return id
  return parent === 'organizations' ? `organizations/${id}` : everywhere
}

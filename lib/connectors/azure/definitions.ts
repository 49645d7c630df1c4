import type { Entry } from './entries'
import { field, id, isFields, known, list, text, textField, texts } from './fields'
import { builtInRole, higher, type Permissions, privilegeOfPermissions } from './privileges'
import type { Results, Worth } from './results'

/** Role definitions of the file, and what any role is worth. */
export class Definitions {
  #names = new Map<string, string>()
  #permissions = new Map<string, Permissions[]>()

  /** Takes a definition in; the id is the last part of its path, the same in every subscription. */
  define({ value, at }: Entry, results: Results): void {
    const roleId = definitionId(value)
    const name = textField(value, 'roleName', 'displayName', 'name')
    if (roleId === undefined || name === undefined) {
      results.refuse(at, 'the role definition has no id or no name')
      return
    }
    const permissions = permissionsOf(value)
    this.#names.set(roleId, name)
    this.#permissions.set(roleId, permissions)
    const worth = this.worthOf(roleId)
    const type = (
      textField(value, 'roleType') ??
      text(field(value.properties, 'type')) ??
      text(value.type) ??
      ''
    ).toLowerCase()
    const isCustom = type === 'customrole' || field(value, 'isCustom') === true || field(value, 'isBuiltIn') === false
    const all = permissions.flatMap((one) => [...one.actions, ...one.dataActions])
    const not = permissions.flatMap((one) => [...one.notActions, ...one.notDataActions])
    results.add({
      type: 'role',
      externalId: roleId,
      kind: isCustom ? 'custom_role' : 'role_definition',
      name,
      ...known({ description: textField(value, 'description') }),
      attributes: {
        ...known<string | number | string[]>({
          privilege: worth.privilege,
          notEvaluable: worth.notEvaluable,
          actions: all.length > 0 ? all.slice(0, 200) : undefined,
          takenAway: not.length > 0 ? not.slice(0, 200) : undefined,
          assignableScopes: texts(field(value, 'assignableScopes')).slice(0, 50),
        }),
      },
    })
  }

  isKnown(roleId: string): boolean {
    return this.#permissions.has(roleId) || builtInRole(roleId) !== undefined
  }

  nameOf(roleId: string): string | undefined {
    return this.#names.get(roleId) ?? builtInRole(roleId)?.name
  }

  /** What a grant of the role amounts to: by the table where it knows the role, else by the actions of its definition. */
  worthOf(roleId: string, name?: string): Worth {
    const table = builtInRole(roleId) ?? (name === undefined ? undefined : builtInRole(name))
    if (table !== undefined) return { privilege: table.privilege }
    const permissions = this.#permissions.get(roleId)
    if (permissions === undefined)
      return { notEvaluable: `the role ${name ?? roleId} is not in this file and not a built-in one that is known` }
    let worth: Worth = {}
    for (const one of permissions) {
      const { privilege, unknown } = privilegeOfPermissions(one)
      worth = { ...worth, privilege: higher(worth.privilege, privilege) }
      if (unknown.length > 0) worth.notEvaluable = `not known what ${unknown.slice(0, 3).join(', ')} allow`
    }
    return worth
  }
}

/** `…/roleDefinitions/<guid>` or the bare id of a directory role. */
export function lastPart(path: string | undefined): string | undefined {
  return path === undefined ? undefined : id(path.slice(path.lastIndexOf('/') + 1))
}

function definitionId(value: unknown): string | undefined {
  return lastPart(textField(value, 'id', 'roleDefinitionId')) ?? id(field(value, 'name'))
}

function permissionsOf(value: Entry['value']): Permissions[] {
  const nested = list(field(value, 'permissions')).filter(isFields)
  const directory = list(field(value, 'rolePermissions')).filter(isFields)
  const blocks = nested.length > 0 ? nested : directory.length > 0 ? directory : [value]
  return blocks.map((block) => ({
    actions: [...texts(field(block, 'actions')), ...texts(field(block, 'allowedResourceActions'))],
    notActions: [...texts(field(block, 'notActions')), ...texts(field(block, 'excludedResourceActions'))],
    dataActions: texts(field(block, 'dataActions')),
    notDataActions: texts(field(block, 'notDataActions')),
  }))
}

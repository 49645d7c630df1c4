import type { NodeRef, Privilege } from '../contract'
import type { Entry } from './entries'
import { field, id, instant, isFields, list, text, textField } from './fields'
import type { Principals } from './principals'
import { graphPermissions } from './privilege-table'
import { higher, privilegeOfScope } from './privileges'
import type { Results } from './results'

const nothingAsked = '00000000-0000-0000-0000-000000000000'

/** The names of application permissions that the file's service principals define, by their ids. */
export class AppRoles {
  #names = new Map<string, string>()

  learn({ value }: Entry): void {
    for (const role of list(field(value, 'appRoles'))) {
      const roleId = id(field(role, 'id'))
      const name = text(field(role, 'value'))
      if (isFields(role) && roleId !== undefined && name !== undefined) this.#names.set(roleId, name)
    }
  }

  nameOf(roleId: string): string | undefined {
    return this.#names.get(roleId) ?? (Object.hasOwn(graphPermissions, roleId) ? graphPermissions[roleId] : undefined)
  }
}

/** A permission that an application holds by itself, or the right of a user or group to use an application. */
export function mapAppRoleAssignment(
  { value, at }: Entry,
  roles: AppRoles,
  principals: Principals,
  results: Results,
): void {
  const objectId = textField(value, 'principalId')
  const resourceId = id(field(value, 'resourceId'))
  const roleId = id(field(value, 'appRoleId'))
  if (objectId === undefined || resourceId === undefined || roleId === undefined) {
    results.refuse(at, 'the app role assignment lacks its principal, its resource or its role')
    return
  }
  const from = principals.refer(
    { objectId, principalType: textField(value, 'principalType'), name: textField(value, 'principalDisplayName') },
    at,
  )
  const isDefault = roleId === nothingAsked
  const name = roles.nameOf(roleId)
  const privilege = name === undefined ? undefined : privilegeOfScope(name)
  const missing = isDefault
    ? 'default access: what it allows is up to the application'
    : name === undefined
      ? `the file does not say what the role ${roleId} allows`
      : `what ${name} allows is not known`
  if (!isDefault && name === undefined)
    results.unresolved(at, roleId, 'is a role of the application; its name is in the listing of that service principal')
  results.edge({
    kind: 'grants',
    from,
    to: api(resourceId, textField(value, 'resourceDisplayName'), results),
    scopes: [isDefault ? 'default access' : (name ?? roleId)],
    basis: 'entitlement',
    ...(privilege === undefined ? { notEvaluable: missing } : { privilege }),
  })
}

/** A consent: what an application may do in the name of one person or of everyone. */
export function mapPermissionGrant({ value, at }: Entry, principals: Principals, results: Results): void {
  const clientId = textField(value, 'clientId')
  const resourceId = id(field(value, 'resourceId'))
  if (clientId === undefined || resourceId === undefined) {
    results.refuse(at, 'the permission grant lacks its client or its resource')
    return
  }
  const scopes = (textField(value, 'scope') ?? '').split(/\s+/).filter((scope) => scope !== '')
  if (scopes.length === 0) {
    results.refuse(at, 'the permission grant lists no scope')
    return
  }
  let privilege: Privilege | undefined
  const unknown: string[] = []
  for (const scope of scopes) {
    const one = privilegeOfScope(scope)
    if (one === undefined) unknown.push(scope)
    else privilege = higher(privilege, one)
  }
  const person = id(field(value, 'principalId'))
  const everyone = (textField(value, 'consentType') ?? '').toLowerCase() === 'allprincipals'
  const from = principals.refer({ objectId: clientId, principalType: 'ServicePrincipal' }, at)
  const expiresAt = instant(field(value, 'endDateTime'))
  results.edge({
    kind: 'grants',
    from,
    to: api(resourceId, undefined, results),
    scopes,
    basis: 'entitlement',
    condition: JSON.stringify({ onBehalfOf: everyone ? 'every user' : (person ?? 'one user') }),
    ...(privilege === undefined ? {} : { privilege }),
    ...(unknown.length === 0 ? {} : { notEvaluable: `what ${unknown.slice(0, 3).join(', ')} allow is not known` }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
}

/** What permissions are to: an application's service principal, seen as an API. */
function api(resourceId: string, name: string | undefined, results: Results): NodeRef {
  results.add({ type: 'resource', externalId: resourceId, kind: 'api', name: name ?? resourceId })
  return { type: 'resource', externalId: resourceId, global: true }
}

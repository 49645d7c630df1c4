import type { NodeRef } from '../contract'
import { type Definitions, lastPart } from './definitions'
import type { Entry } from './entries'
import { field, instant, text, textField } from './fields'
import type { Principals } from './principals'
import type { Results } from './results'
import { directoryResource, scopeResource } from './scopes'

/** Who holds which role where: `az role assignment list`, the management API, PowerShell, the portal's download, Graph. */
export function mapAssignment(
  { value, at }: Entry,
  definitions: Definitions,
  principals: Principals,
  results: Results,
): void {
  const objectId = textField(value, 'principalId', 'objectId')
  const written = textField(value, 'roleDefinitionName')
  const roleId = lastPart(textField(value, 'roleDefinitionId')) ?? written?.toLowerCase()
  const scope = textField(value, 'scope')
  const directoryScope = textField(value, 'directoryScopeId')
  const problem = objectId === undefined ? 'names no principal' : roleId === undefined ? 'names no role' : undefined
  if (objectId === undefined || roleId === undefined || (scope === undefined && directoryScope === undefined)) {
    results.refuse(at, `the role assignment ${problem ?? 'says nothing of where it holds'}`)
    return
  }
  const from = principals.refer(
    {
      objectId,
      principalType: textField(value, 'principalType', 'objectType'),
      name: textField(value, 'principalDisplayName', 'displayName'),
      principalName: textField(value, 'principalName', 'signInName'),
    },
    at,
  )
  const resource = scope === undefined ? directoryResource(directoryScope ?? '/') : scopeResource(scope)
  results.add(resource)
  const to: NodeRef = { type: 'resource', externalId: resource.externalId, global: true }
  const name = definitions.nameOf(roleId) ?? written ?? roleId
  if (!definitions.isKnown(roleId) && definitions.worthOf(roleId, written).privilege === undefined)
    results.unresolved(
      at,
      roleId,
      `is a role${written === undefined ? '' : `, ${written},`} whose definition is not in this file`,
    )
  const { privilege, notEvaluable } = definitions.worthOf(roleId, written)
  const eligible = /eligib/i.test(text(value.type) ?? textField(value, 'id') ?? '')
  const reasons = [notEvaluable, eligible ? 'may be activated; is not active by itself' : undefined].filter(
    (reason) => reason !== undefined,
  )
  const condition = textField(value, 'condition')
  const expiresAt = instant(field(value, 'endDateTime'))
  results.edge({
    kind: 'grants',
    from,
    to,
    scopes: [name],
    basis: 'entitlement',
    ...(privilege === undefined ? {} : { privilege }),
    ...(reasons.length === 0 ? {} : { notEvaluable: reasons.join('; ') }),
    ...(condition === undefined ? {} : { condition }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
}

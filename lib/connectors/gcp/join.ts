import type { EdgeRecord, MapResult, Privilege } from '../contract'
import { privileges } from '../contract'
import { higher, privilegeOfRole } from './privileges'

/** Grants of roles that another file of the same project defines get the privilege that the definition tells. */
export function joinPolicies(results: readonly MapResult[]): MapResult[] {
  const defined = new Map<string, Privilege | undefined>()
  for (const { records } of results) {
    for (const record of records) {
      if (record.type !== 'role' || record.kind !== 'custom_role') continue
      const stated = record.attributes?.privilege
      defined.set(
        record.externalId,
        privileges.find((privilege) => privilege === stated),
      )
    }
  }
  if (defined.size === 0) return [...results]
  return results.map((result) => ({
    ...result,
    records: result.records.map((record) => (record.type === 'entitlement' ? informed(record, defined) : record)),
    unresolved: result.unresolved.filter(({ reference }) => !defined.has(reference)),
  }))
}

function informed(edge: EdgeRecord, defined: Map<string, Privilege | undefined>): EdgeRecord {
  const missing = edge.scopes.filter((role) =>
    edge.notEvaluable?.includes(`the permissions of ${role} are not in this file`),
  )
  const now = missing.filter((role) => defined.has(role))
  if (edge.kind !== 'grants' || now.length === 0) return edge
  let privilege = edge.privilege
  for (const role of edge.scopes) privilege = higher(privilege, defined.get(role) ?? privilegeOfRole(role))
  const notEvaluable = (edge.notEvaluable ?? '')
    .split('; ')
    .filter((reason) => !now.some((role) => reason === `the permissions of ${role} are not in this file`))
    .join('; ')
  const { notEvaluable: _was, ...rest } = edge
  return {
    ...rest,
    ...(privilege === undefined ? {} : { privilege }),
    ...(notEvaluable === '' ? {} : { notEvaluable }),
  }
}

import type { MapResult, NodeRef } from '../contract'

/**
 * Files that came together: a token's user, of which its listing gives the number only, becomes what a listing of users
 * says it is, person or machine.
 */
export function joinListings(results: readonly MapResult[]): MapResult[] {
  const machines = new Set<string>()
  const known = new Set<string>()
  for (const { records } of results)
    for (const record of records) {
      if (record.type === 'identity') machines.add(record.externalId)
      if (record.type === 'identity' || record.type === 'human') known.add(record.externalId)
    }
  const settled = (ref: NodeRef): NodeRef =>
    ref.type === 'human' && machines.has(ref.externalId) ? { ...ref, type: 'identity' } : ref
  return results.map((result) => ({
    ...result,
    records: result.records.map((record) =>
      record.type === 'credential' && record.subject !== undefined
        ? { ...record, subject: settled(record.subject) }
        : record,
    ),
    unresolved: result.unresolved.filter(({ reference }) => !known.has(reference)),
  }))
}

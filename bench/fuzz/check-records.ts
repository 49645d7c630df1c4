import {
  credentialTypes,
  edgeBases,
  edgeKinds,
  identityKinds,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  nodeTypes,
  privileges,
} from '@/lib/connectors/contract'

/** What the contract forbids and the database would not take, or undefined: the first of it in the results of a map. */
export function findBreach(results: readonly MapResult[]): string | undefined {
  for (const { system, instance, records, refused, unresolved } of results) {
    if (!isName(system) || !isName(instance)) return 'a result without system or instance'
    for (const record of records) {
      const breach = breachOf(record)
      if (breach !== undefined) return `${breach} in ${JSON.stringify(record)?.slice(0, 300)}`
    }
    for (const entry of [...refused, ...unresolved]) {
      if (!isName(entry.at) || !isName(entry.reason))
        return `a refusal without place or reason: ${JSON.stringify(entry)}`
    }
  }
  return undefined
}

const isName = (value: unknown) => typeof value === 'string' && value !== ''
const isRef = (ref: NodeRef) => nodeTypes.includes(ref.type) && isName(ref.externalId)

const instantKeys = ['createdAt', 'lastUsedAt', 'expiresAt', 'rotatedAt', 'firstSeenAt'] as const

function breachOf(record: NormalisedRecord): string | undefined {
  for (const key of instantKeys) {
    const at: unknown = Reflect.get(record, key)
    if (at === null || at === undefined) continue
    if (typeof at !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(Date.parse(at)))
      return `${key} is no instant`
  }
  if (record.type === 'entitlement') {
    if (!isRef(record.from) || !isRef(record.to)) return 'an end of an edge is missing'
    if (!edgeKinds.includes(record.kind) || !edgeBases.includes(record.basis)) return 'unknown kind of edge'
    if (record.privilege !== undefined && !privileges.includes(record.privilege)) return 'unknown privilege'
    if (record.privilege !== undefined && record.kind !== 'grants') return 'a privilege on another edge than a grant'
    if (record.scopes.length > 200 || record.scopeCount < record.scopes.length) return 'scopes are not counted'
    return record.scopes.every((scope) => typeof scope === 'string') ? undefined : 'a scope is no text'
  }
  if (!isName(record.externalId)) return 'no id'
  if (typeof record.name !== 'string') return 'no name'
  if (record.type === 'identity' && !identityKinds.includes(record.kind)) return 'unknown kind of identity'
  if (record.type === 'credential') {
    if (!credentialTypes.includes(record.credentialType)) return 'unknown type of credential'
    if (record.subject !== undefined && !isRef(record.subject)) return 'a subject without id'
  }
  if (record.type === 'sighting' && typeof record.place !== 'string') return 'no place'
  return undefined
}

import type { EdgeRecord, MapResult, NodeRef, NormalisedRecord } from './contract'

/** A right over a whole system that lets its holder act as others of it: by a new secret, a new password, or outright. */
export interface Power {
  /** Its id within the source. */
  key: string
  /** Whom it leads to: "Every user of the realm". */
  name: string
  /** Any of these, as the source writes them; letter case aside. */
  scopes: readonly string[]
  /** Whether a grant on this resource is over them; all are when left out. */
  isOn?: (to: NodeRef) => boolean
  isMember: (record: NormalisedRecord) => boolean
}

/**
 * Leads from every grant of such a right to those whom its holder can act as: by one node for all of them, so that each grant
 * takes one edge and each member one more. Conditions, ends and what is not known of the grant go along. Of a piece, the grants or the
 * members may be in another: each is led to the same node.
 */
export function withCrowds(result: MapResult, powers: readonly Power[], isPiece = false): MapResult {
  const added = powers.flatMap((power) => crowdOf(result.records, power, isPiece))
  return added.length === 0 ? result : { ...result, records: [...result.records, ...added] }
}

function crowdOf(
  records: readonly NormalisedRecord[],
  { key, name, scopes, isOn, isMember }: Power,
  isPiece: boolean,
): NormalisedRecord[] {
  const wanted = new Set(scopes.map((scope) => scope.toLowerCase()))
  const crowd: NodeRef = { type: 'role', externalId: `everybody:${key}` }
  const leads = new Map<string, EdgeRecord>()
  for (const record of records) {
    if (record.type !== 'entitlement' || record.kind !== 'grants' || record.effect !== 'allow') continue
    const held = record.scopes.filter((scope) => wanted.has(scope.toLowerCase()))
    if (held.length === 0 || isOn?.(record.to) === false) continue
    const { privilege: _privilege, ...grant } = record
    const id = JSON.stringify([grant.from.type, grant.from.externalId, grant.condition])
    const before = leads.get(id)
    const all = [...new Set([...(before?.scopes ?? []), ...held])]
    const isEndless = [before ?? grant, grant].some(({ expiresAt }) => typeof expiresAt !== 'string')
    const last = [before?.expiresAt ?? '', grant.expiresAt ?? ''].toSorted().at(-1)
    const { expiresAt: _expiresAt, ...lead } = before ?? grant
    leads.set(id, {
      ...lead,
      ...(isEndless ? {} : { expiresAt: last }),
      kind: 'impersonates',
      isWorkedOut: true,
      to: crowd,
      scopes: all,
      scopeCount: all.length,
    })
  }
  const members = leads.size === 0 && !isPiece ? [] : records.filter(isMember).flatMap(principal)
  if (members.length === 0 && (leads.size === 0 || !isPiece)) return []
  const facts = { kind: 'principal_set', name, ...(isPiece ? {} : { attributes: { members: members.length } }) }
  return [
    { type: 'role', externalId: crowd.externalId, isWorkedOut: true, ...facts },
    ...leads.values(),
    ...members.map((to): EdgeRecord => {
      const edge = {
        type: 'entitlement',
        kind: 'impersonates',
        effect: 'allow',
        basis: 'inferred',
        isWorkedOut: true,
      } as const
      return { ...edge, from: crowd, to, scopes: [], scopeCount: 0 }
    }),
  ]
}

function principal(record: NormalisedRecord): NodeRef[] {
  if (record.type !== 'identity' && record.type !== 'human') return []
  return [{ type: record.type, externalId: record.externalId }]
}

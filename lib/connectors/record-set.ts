import {
  type EdgeRecord,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  type Privilege,
  privileges,
  type Refusal,
  type Unresolved,
} from './contract'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>

/** An edge as a mapper gives it. */
type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to' | 'basis'> &
  Partial<Pick<EdgeRecord, 'privilege' | 'condition' | 'notEvaluable' | 'expiresAt' | 'lastUsedAt'>> & {
    scopes?: string[]
  }

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200

/** Edges taken from one file; a hostile one could otherwise multiply. */
const edgesAtMost = 500_000

/** Collects records once each; a second one of the same id only fills what the first left open. */
export class RecordSet {
  readonly refused: Refusal[] = []
  #nodes = new Map<string, NodeRecord>()
  #edges = new Map<string, EdgeRecord>()
  #unresolved = new Map<string, Unresolved>()
  #passedOver = new Map<string, { at: string; count: number }>()

  add(record: NodeRecord): NodeRef {
    const type = record.type === 'sighting' ? 'credential' : record.type
    const key = `${record.type} ${record.externalId}`
    const known = this.#nodes.get(key)
    this.#nodes.set(key, known === undefined ? record : filled(known, record))
    return { type, externalId: record.externalId }
  }

  get(ref: NodeRef): NodeRecord | undefined {
    return this.#nodes.get(`${ref.type} ${ref.externalId}`)
  }

  /** The records so far, of which a later step makes edges. */
  nodes(): NodeRecord[] {
    return [...this.#nodes.values()]
  }

  edge({ scopes = [], ...edge }: NewEdge): void {
    const key = `${edge.kind} ${edge.basis} ${edge.from.type} ${edge.from.externalId}\n${edge.to.type} ${edge.to.externalId}`
    const known = this.#edges.get(key)
    if (known === undefined) {
      if (this.#edges.size < edgesAtMost)
        this.#edges.set(key, { type: 'entitlement', effect: 'allow', ...edge, scopes, scopeCount: scopes.length })
      else this.passOver('file', `more than ${edgesAtMost.toLocaleString('en')} entitlements`)
      return
    }
    known.scopes = [...new Set([...known.scopes, ...scopes])]
    const privilege = higher(known.privilege, edge.privilege)
    if (privilege !== undefined) known.privilege = privilege
    if (edge.notEvaluable !== undefined) known.notEvaluable ??= edge.notEvaluable
    if (edge.lastUsedAt && edge.lastUsedAt > (known.lastUsedAt ?? '')) known.lastUsedAt = edge.lastUsedAt
  }

  /** Notes a reference that the file does not define, once per reference. */
  unresolved(reference: string, at: string, reason: string): void {
    if (!this.#unresolved.has(reference)) this.#unresolved.set(reference, { at, reference, reason })
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }

  /** Counts something that is no fault and yields nothing; each sort is told once, with its number. */
  passOver(at: string, what: string): void {
    const known = this.#passedOver.get(what)
    if (known === undefined) this.#passedOver.set(what, { at, count: 1 })
    else known.count += 1
  }

  finish(of: Pick<MapResult, 'system' | 'instance' | 'instanceName'>): MapResult {
    for (const edge of this.#edges.values()) {
      edge.scopeCount = Math.max(edge.scopeCount, edge.scopes.length)
      if (edge.scopes.length > scopesKept) edge.scopes = edge.scopes.slice(0, scopesKept)
    }
    const passedOver = [...this.#passedOver].map(([what, { at, count }]) => ({
      at,
      reason: count === 1 ? what : `${what} (${count} of them)`,
    }))
    const records = [...this.#nodes.values(), ...this.#edges.values()]
    const refused = [...this.refused, ...passedOver]
    if (records.length === 0 && refused.length === 0)
      refused.push({ at: 'file', reason: 'is an empty list: it names no credential, application or account' })
    return { ...of, records, refused, unresolved: [...this.#unresolved.values()] }
  }
}

/** The first record with what only the second knows; of two uses the later one. */
function filled(first: NodeRecord, second: NodeRecord): NodeRecord {
  const known = Object.fromEntries(Object.entries(first).filter(([, value]) => value !== undefined))
  const merged: NodeRecord = Object.assign({}, second, known)
  if ('status' in merged && 'status' in second && merged.status === 'unknown') merged.status = second.status
  if ('lastUsedAt' in merged && 'lastUsedAt' in second && (second.lastUsedAt ?? '') > (merged.lastUsedAt ?? ''))
    merged.lastUsedAt = second.lastUsedAt
  if ('attributes' in first && 'attributes' in second && 'attributes' in merged)
    merged.attributes = { ...second.attributes, ...first.attributes }
  return merged
}

/** The greater of two privileges; what is not known counts for nothing. */
export function higher(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return privileges.indexOf(a) >= privileges.indexOf(b) ? a : b
}

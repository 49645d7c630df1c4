import type { EdgeRecord, NodeRef, NormalisedRecord, Privilege, Refusal, Unresolved } from '../contract'
import { higher } from './privileges'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>
export type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to' | 'basis' | 'scopes'> &
  Partial<Pick<EdgeRecord, 'effect' | 'privilege' | 'condition' | 'notEvaluable' | 'expiresAt'>>

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200
/** Edges of one file: more is a hostile file or one to be split. */
const edgesAtMost = 1_000_000

/** Collects the records of one file: each thing once, what two entries say of one thing together. */
export class Results {
  readonly refused: Refusal[] = []
  #nodes = new Map<string, NodeRecord>()
  #edges = new Map<string, { edge: EdgeRecord; scopes: Set<string> }>()
  #unresolved = new Map<string, Unresolved>()

  /** Keeps the record; of one that is there already, only what was not known yet is taken. False when it was there. */
  add(record: NodeRecord): boolean {
    const key = `${record.type} ${record.externalId}`
    const first = this.#nodes.get(key)
    if (first === undefined) {
      this.#nodes.set(key, record)
      return true
    }
    const merged = { ...record, ...first } as NodeRecord
    if ('attributes' in merged && 'attributes' in record && 'attributes' in first)
      merged.attributes = { ...record.attributes, ...first.attributes }
    if ('aliases' in merged && 'aliases' in record && 'aliases' in first) {
      const ids = [...(first.aliases ?? []), ...(record.aliases ?? [])]
      merged.aliases = [...new Map(ids.map((alias) => [alias.id, alias])).values()]
    }
    this.#nodes.set(key, merged)
    return false
  }

  get({ type, externalId }: NodeRef): NodeRecord | undefined {
    return this.#nodes.get(`${type} ${externalId}`)
  }

  edge(edge: NewEdge): void {
    const { kind, from, to, basis, condition, effect = 'allow' } = edge
    const key = JSON.stringify([kind, from.type, from.externalId, to.type, to.externalId, basis, condition, effect])
    const known = this.#edges.get(key)
    if (known === undefined) {
      if (this.#edges.size === edgesAtMost)
        this.refuse('file', `grants more than ${edgesAtMost} times; the rest is left out`)
      if (this.#edges.size > edgesAtMost) return
      this.#edges.set(key, {
        edge: { type: 'entitlement', ...edge, effect, scopeCount: 0 },
        scopes: new Set(edge.scopes),
      })
      return
    }
    for (const scope of edge.scopes) known.scopes.add(scope)
    known.edge.privilege = higher(known.edge.privilege, edge.privilege)
    const { notEvaluable } = edge
    if (notEvaluable !== undefined && !known.edge.notEvaluable?.includes(notEvaluable))
      known.edge.notEvaluable = [known.edge.notEvaluable, notEvaluable].filter(Boolean).join('; ').slice(0, 2000)
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }

  /** Notes a reference that the file does not define, once per reference. */
  unresolved(at: string, reference: string, reason: string): void {
    if (!this.#unresolved.has(reference)) this.#unresolved.set(reference, { at, reference, reason })
  }

  finish(): { records: NormalisedRecord[]; refused: Refusal[]; unresolved: Unresolved[] } {
    const records: NormalisedRecord[] = [...this.#nodes.values()]
    for (const { edge, scopes } of this.#edges.values()) {
      const whole = { ...edge, scopes: [...scopes].slice(0, scopesKept), scopeCount: scopes.size }
      records.push(
        Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as EdgeRecord,
      )
    }
    return { records, refused: this.refused, unresolved: [...this.#unresolved.values()] }
  }
}

/** The privilege of a grant, and what of it is not known. */
export interface Worth {
  privilege?: Privilege | undefined
  notEvaluable?: string | undefined
}

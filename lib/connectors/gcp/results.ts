import type { EdgeRecord, MapResult, NodeRef, NormalisedRecord, Privilege, Refusal, Unresolved } from '../contract'
import { higher } from './privileges'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>
export type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to' | 'basis' | 'scopes'> &
  Partial<Pick<EdgeRecord, 'privilege' | 'condition' | 'notEvaluable' | 'expiresAt'>>

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200
/** Edges of one file: more is a hostile file or one to be split. */
const edgesAtMost = 1_000_000

/** Where people, groups, the public and Google's own service agents live: they belong to no project. */
export const everywhere = 'google-cloud'

/** Collects the records of one file by the project or organization that they belong to; each thing once. */
export class Results {
  readonly refused: Refusal[] = []
  #instances = new Map<string, Map<string, NodeRecord>>()
  #edges = new Map<string, { instance: string; edge: EdgeRecord; scopes: Set<string> }>()
  #unresolved = new Map<string, Unresolved>()
  #known = new Map<string, Map<string, NodeRecord>>()

  /**
   * Keeps the record; of one that is there already, only what was not known yet is taken (answers repeat each other). False when
   * the two contradict each other in their state: then the first is kept.
   */
  add(instance: string, record: NodeRecord): boolean {
    const key = `${record.type} ${record.externalId}`
    const home = this.#known.get(key)
    const first = home?.get(key)
    if (home === undefined || first === undefined) {
      const nodes = this.#nodes(instance)
      this.#known.set(key, nodes)
      nodes.set(key, record)
      return true
    }
    const merged = { ...record, ...first } as NodeRecord
    if ('attributes' in merged && 'attributes' in record && 'attributes' in first)
      merged.attributes = { ...record.attributes, ...first.attributes }
    home.set(key, merged)
    return !('status' in record && 'status' in first) || record.status === first.status
  }

  has({ type, externalId }: NodeRef): boolean {
    return this.#known.has(`${type} ${externalId}`)
  }

  edge(instance: string, edge: NewEdge): void {
    const { kind, from, to, basis, condition } = edge
    const key = JSON.stringify([instance, kind, from.type, from.externalId, to.type, to.externalId, basis, condition])
    const known = this.#edges.get(key)
    if (known === undefined) {
      if (this.#edges.size === edgesAtMost)
        this.refuse('file', `grants more than ${edgesAtMost} times; the rest is left out`)
      if (this.#edges.size > edgesAtMost) return
      const whole: EdgeRecord = { type: 'entitlement', effect: 'allow', scopeCount: 0, ...edge }
      this.#edges.set(key, { instance, edge: whole, scopes: new Set(edge.scopes) })
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

  /** One result per project or organization; what was refused stands in the first. */
  finish(fallback: string): MapResult[] {
    for (const { instance } of this.#edges.values()) this.#nodes(instance)
    if (this.#instances.size === 0) this.#nodes(fallback)
    const own = [...this.#instances.keys()].sort((a, b) => Number(a === everywhere) - Number(b === everywhere))
    const results = own.map((instance, index): MapResult => {
      const records: NormalisedRecord[] = [...this.#nodes(instance).values()]
      return {
        system: 'gcp',
        instance,
        instanceName: titleOf(instance),
        records,
        refused: index === 0 ? this.refused : [],
        unresolved: index === 0 ? [...this.#unresolved.values()] : [],
      }
    })
    for (const { instance, edge, scopes } of this.#edges.values()) {
      const whole = { ...edge, scopes: [...scopes].slice(0, scopesKept), scopeCount: scopes.size }
      results.find((result) => result.instance === instance)?.records.push(withoutNothing(whole))
    }
    return results
  }

  #nodes(instance: string): Map<string, NodeRecord> {
    const nodes = this.#instances.get(instance) ?? new Map<string, NodeRecord>()
    this.#instances.set(instance, nodes)
    return nodes
  }
}

function withoutNothing(edge: EdgeRecord): EdgeRecord {
  return Object.fromEntries(Object.entries(edge).filter(([, value]) => value !== undefined)) as unknown as EdgeRecord
}

function titleOf(instance: string): string {
  if (instance === everywhere) return 'Google Cloud'
  const [kind, id] = instance.split('/')
  if (kind === 'organizations') return `Google Cloud organization ${id}`
  return kind === 'folders' ? `Google Cloud folder ${id}` : `Google Cloud project ${instance}`
}

/** The privilege of a grant, and what of it is not known. */
export interface Worth {
  privilege?: Privilege | undefined
  notEvaluable?: string | undefined
}

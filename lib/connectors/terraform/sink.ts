import {
  type EdgeRecord,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  type Privilege,
  privileges,
  type Refusal,
  type Unresolved,
} from '../contract'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>

/** An edge as a mapper gives it: allowed, and known by a grant, unless it says otherwise. */
export type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to'> &
  Partial<Pick<EdgeRecord, 'effect' | 'basis' | 'privilege' | 'condition' | 'notEvaluable' | 'expiresAt'>> & {
    scopes?: string[]
    /** Where the file says so, for the list of references that it does not define. */
    at: string
  }

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200

/** The records of one system and instance: nodes once, parallel edges as one. */
export class Graph {
  readonly refused: Refusal[] = []
  #nodes = new Map<string, NodeRecord>()
  #edges = new Map<string, { edge: NewEdge; scopes: Set<string> }>()
  #mentions = new Map<string, { at: string; ref: NodeRef }>()
  #unresolved = new Map<string, Unresolved>()

  constructor(
    readonly system: string,
    readonly instance: string,
    readonly instanceName: string,
  ) {}

  /** False when a record of that type and id is there already: the first one stays. */
  add(record: NodeRecord, at = '$'): boolean {
    const key = `${record.type} ${record.externalId}`
    if (this.#nodes.has(key)) return false
    this.#nodes.set(key, record)
    if (record.type === 'credential' && record.subject !== undefined) this.mention(record.subject, at)
    return true
  }

  get size(): number {
    return this.#nodes.size + this.#edges.size + this.refused.length
  }

  has({ type, externalId }: Pick<NodeRef, 'type' | 'externalId'>): boolean {
    return this.#nodes.has(`${type} ${externalId}`)
  }

  edge(edge: NewEdge): void {
    const { kind, from, to, effect, condition, notEvaluable, basis } = edge
    const key = JSON.stringify([
      kind,
      from.type,
      from.externalId,
      to.type,
      to.externalId,
      effect,
      condition,
      notEvaluable,
      basis,
    ])
    this.mention(from, edge.at)
    this.mention(to, edge.at)
    const known = this.#edges.get(key)
    if (known === undefined) {
      this.#edges.set(key, { edge, scopes: new Set(edge.scopes) })
      return
    }
    for (const scope of edge.scopes ?? []) known.scopes.add(scope)
    known.edge = { ...known.edge, privilege: higher(known.edge.privilege, edge.privilege) }
  }

  /** Notes that something is spoken of: it is listed as unresolved unless the file defines it. */
  mention(ref: NodeRef, at: string): void {
    const key = `${ref.type} ${ref.externalId}`
    if (!this.#mentions.has(key)) this.#mentions.set(key, { at, ref })
  }

  unresolved(reference: string, at: string, reason: string): void {
    if (!this.#unresolved.has(reference)) this.#unresolved.set(reference, { at, reference, reason })
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }

  /** `isDefined` tells whether another system's part of the same file defines a global id. */
  finish(isDefined: (ref: NodeRef) => boolean): MapResult {
    const { system, instance, instanceName, refused } = this
    const records: NormalisedRecord[] = [...this.#nodes.values()]
    for (const { edge, scopes } of this.#edges.values()) {
      const { at: _at, effect = 'allow', basis = 'entitlement', ...rest } = edge
      const kept = [...scopes].slice(0, scopesKept)
      records.push({ ...rest, effect, basis, type: 'entitlement', scopes: kept, scopeCount: scopes.size })
    }
    for (const { at, ref } of this.#mentions.values()) {
      if (this.has(ref) || (ref.type === 'identity' && this.has({ ...ref, type: 'human' }))) continue
      if (ref.global === true && isDefined(ref)) continue
      this.unresolved(ref.externalId, at, `The ${ref.type} is named, and not managed in this state`)
    }
    return { system, instance, instanceName, records, refused, unresolved: [...this.#unresolved.values()] }
  }
}

/** The graphs of one file, one for each system and instance. */
export class Sink {
  #graphs = new Map<string, Graph>()

  of(system: string, instance: string, instanceName: string): Graph {
    const key = JSON.stringify([system, instance])
    const known = this.#graphs.get(key)
    if (known !== undefined) return known
    const graph = new Graph(system, instance, instanceName)
    this.#graphs.set(key, graph)
    return graph
  }

  get isEmpty(): boolean {
    return this.#graphs.size === 0
  }

  /** The part that was begun first and holds something. */
  get first(): Graph | undefined {
    return [...this.#graphs.values()].find(({ size }) => size > 0)
  }

  /** Records and refusals so far. */
  get size(): number {
    return [...this.#graphs.values()].reduce((sum, graph) => sum + graph.size, 0)
  }

  finish(): MapResult[] {
    const graphs = [...this.#graphs.values()]
    const isDefined = (ref: NodeRef) => graphs.some((graph) => graph.has(ref))
    return graphs
      .map((graph) => graph.finish(isDefined))
      .filter(({ records, refused }) => records.length + refused.length > 0)
  }
}

/** The higher of two privileges; an unknown one gives way to any other. */
export function higher(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return privileges.indexOf(a) >= privileges.indexOf(b) ? a : b
}

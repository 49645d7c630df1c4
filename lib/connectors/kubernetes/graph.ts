import {
  type EdgeRecord,
  type IdentityRecord,
  type NodeRef,
  type NormalisedRecord,
  type Privilege,
  privileges,
  type Refusal,
  type Unresolved,
} from '../contract'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>
/** An edge as a mapper gives it; the effect is always `allow`, as RBAC knows no other. */
export type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to' | 'basis'> &
  Partial<Pick<EdgeRecord, 'privilege' | 'condition' | 'notEvaluable' | 'isWorkedOut'>> & { scopes?: string[] }

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200

/** Edges given per file. A few hostile rules could otherwise multiply into billions; a cluster of 2,000 namespaces stays below. */
const edgesAtMost = 500_000

/** Length beyond which a condition or remark takes no more text. */
const longestRemark = 2_000

/** What other pieces of the file define. */
interface Elsewhere {
  has: (ref: NodeRef) => boolean
  account: (ref: NodeRef) => IdentityRecord | undefined
}

/** Collects records once each; edges between the same two nodes become one with all their scopes. */
export class Graph {
  readonly refused: Refusal[] = []
  #nodes = new Map<string, NodeRecord>()
  #edges = new Map<string, EdgeRecord>()
  #unresolved = new Map<string, Unresolved>()
  #given = 0

  constructor(private readonly elsewhere?: Elsewhere) {}

  /** False when a record of that type and id is already there; the first one stays. */
  add(record: NodeRecord): boolean {
    const key = `${record.type} ${record.externalId}`
    if (this.#nodes.has(key)) return false
    this.#nodes.set(key, record)
    return true
  }

  /** The identity of that id, if it is there. */
  find(ref: NodeRef): IdentityRecord | undefined {
    const record = this.#nodes.get(`${ref.type} ${ref.externalId}`)
    return record?.type === 'identity' ? record : this.elsewhere?.account(ref)
  }

  /** Whether this very graph holds the record; another piece of the file may define it too. */
  holds(ref: NodeRef): boolean {
    return this.#nodes.has(`${ref.type} ${ref.externalId}`)
  }

  has(ref: NodeRef): boolean {
    return this.#nodes.has(`${ref.type} ${ref.externalId}`) || this.elsewhere?.has(ref) === true
  }

  /** True once no further edge is taken: loops over rules stop there. */
  get isFull(): boolean {
    return this.#given > edgesAtMost
  }

  edge({ scopes = [], ...edge }: NewEdge): void {
    if (++this.#given > edgesAtMost) {
      if (this.#given === edgesAtMost + 1)
        this.refuse('file', `grants more than ${edgesAtMost.toLocaleString('en')} times; the rest is left out`)
      return
    }
    const { kind, basis, from, to } = edge
    const key = `${kind} ${basis} ${from.type} ${from.externalId}\n${to.type} ${to.externalId}`
    const known = this.#edges.get(key)
    if (known === undefined) {
      this.#edges.set(key, { type: 'entitlement', effect: 'allow', ...edge, scopes, scopeCount: scopes.length })
      return
    }
    if (scopes.some((scope) => !known.scopes.includes(scope))) known.scopes = [...new Set([...known.scopes, ...scopes])]
    const privilege = higher(known.privilege, edge.privilege)
    if (privilege !== undefined) known.privilege = privilege
    const condition = joined(known.condition, edge.condition)
    if (condition !== undefined) known.condition = condition
    const notEvaluable = joined(known.notEvaluable, edge.notEvaluable)
    if (notEvaluable !== undefined) known.notEvaluable = notEvaluable
  }

  /** Notes a reference that the file does not define, once per reference. */
  unresolved(reference: string, at: string, reason: string): void {
    if (!this.#unresolved.has(reference)) this.#unresolved.set(reference, { at, reference, reason })
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }

  finish(): { records: NormalisedRecord[]; refused: Refusal[]; unresolved: Unresolved[] } {
    for (const edge of this.#edges.values()) {
      edge.scopeCount = Math.max(edge.scopeCount, edge.scopes.length)
      if (edge.scopes.length > scopesKept) edge.scopes = edge.scopes.slice(0, scopesKept)
    }
    return {
      records: [...this.#nodes.values(), ...this.#edges.values()],
      refused: this.refused,
      unresolved: [...this.#unresolved.values()],
    }
  }
}

export function higher(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return privileges.indexOf(a) >= privileges.indexOf(b) ? a : b
}

function joined(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined || a.length > longestRemark || a.split('; ').includes(b)) return a ?? b
  return `${a}; ${b}`
}

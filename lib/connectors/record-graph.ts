import {
  type EdgeRecord,
  type HumanRecord,
  type MapResult,
  type NodeRef,
  type NodeType,
  type NormalisedRecord,
  type Privilege,
  privileges,
  type Refusal,
  type Unresolved,
} from './contract'

type NodeRecord = Exclude<NormalisedRecord, EdgeRecord>

/** An edge as a mapper gives it. */
export type NewEdge = Pick<EdgeRecord, 'kind' | 'from' | 'to'> &
  Partial<
    Pick<EdgeRecord, 'effect' | 'basis' | 'privilege' | 'condition' | 'notEvaluable' | 'expiresAt' | 'lastUsedAt'>
  > & {
    scopes?: string[]
  }

/** Scopes kept on one edge; `scopeCount` tells the true number. */
const scopesKept = 200

/** Collects the records of one file: nodes once, edges of the same ends and condition as one. */
export class Graph {
  readonly refused: Refusal[] = []
  #nodes = new Map<string, NodeRecord>()
  #edges = new Map<string, { edge: NewEdge; scopes: Set<string>; at: string }>()
  #subjects: { ref: NodeRef; at: string }[] = []

  /** `latest`: where two records of one thing have the same attribute, the later one's stays. */
  constructor(private readonly attributesOfWhich: 'first' | 'latest' = 'first') {}
  #notes: Unresolved[] = []

  /** Keeps the record; a second one of the same type and id fills in what the first left open. */
  add(record: NodeRecord, at: string): void {
    const key = `${record.type} ${record.externalId}`
    const before = this.#nodes.get(key)
    this.#nodes.set(key, before === undefined ? record : filledIn(before, record, this.attributesOfWhich))
    if (record.type === 'credential' && record.subject !== undefined) this.#subjects.push({ ref: record.subject, at })
  }

  node(type: NodeType | 'sighting', externalId: string): NodeRecord | undefined {
    return this.#nodes.get(`${type} ${externalId}`)
  }

  has(type: NodeType | 'sighting', externalId: string): boolean {
    return this.#nodes.has(`${type} ${externalId}`)
  }

  /** A person or an identity of that id, whichever the file holds; a person when it holds neither. */
  principal(externalId: string): NodeRef {
    return { type: this.has('identity', externalId) ? 'identity' : 'human', externalId }
  }

  /** A person; never one who is known as an identity. */
  human(record: Omit<HumanRecord, 'type'>, at: string): void {
    if (!this.has('identity', record.externalId)) this.add({ type: 'human', ...record }, at)
  }

  edge(edge: NewEdge, at: string): void {
    const { kind, basis = 'entitlement', effect = 'allow', from, to, condition } = edge
    const key = JSON.stringify([kind, basis, effect, from.type, from.externalId, to.type, to.externalId, condition])
    const before = this.#edges.get(key)
    if (before === undefined) {
      this.#edges.set(key, { edge, scopes: new Set(edge.scopes), at })
      return
    }
    for (const scope of edge.scopes ?? []) before.scopes.add(scope)
    before.edge = {
      ...before.edge,
      privilege: higher(before.edge.privilege, edge.privilege),
      notEvaluable: before.edge.notEvaluable ?? edge.notEvaluable,
    }
  }

  refuse(at: string, reason: string): void {
    this.refused.push({ at, reason })
  }

  /** A reference that the file's own form leaves open. */
  note(at: string, reference: string, reason: string): void {
    this.#notes.push({ at, reference, reason })
  }

  get isEmpty(): boolean {
    return this.#nodes.size + this.#edges.size + this.refused.length === 0
  }

  /** The result; references to what the file does not hold are listed once each. */
  finish(system: string, instance: string, instanceName: string): MapResult {
    const unresolved = new Map<string, Unresolved>()
    const resolve = ({ type, externalId }: NodeRef, at: string) => {
      if (this.has(type, externalId) || unresolved.has(`${type} ${externalId}`)) return
      unresolved.set(`${type} ${externalId}`, {
        at,
        reference: externalId,
        reason: `no ${type} of this id is in the file`,
      })
    }
    const records: NormalisedRecord[] = [...this.#nodes.values()]
    for (const { ref, at } of this.#subjects) resolve(ref, at)
    for (const { edge, scopes, at } of this.#edges.values()) {
      resolve(edge.from, at)
      resolve(edge.to, at)
      records.push(finished(edge, [...scopes]))
    }
    return {
      system,
      instance,
      instanceName,
      records,
      refused: this.refused,
      unresolved: [...this.#notes, ...unresolved.values()],
    }
  }
}

function finished(edge: NewEdge, scopes: string[]): EdgeRecord {
  const { kind, from, to, effect = 'allow', basis = 'entitlement', privilege, condition, notEvaluable } = edge
  return {
    type: 'entitlement',
    kind,
    from,
    to,
    effect,
    scopes: scopes.slice(0, scopesKept),
    scopeCount: scopes.length,
    ...(privilege === undefined || kind !== 'grants' ? {} : { privilege }),
    ...(condition === undefined ? {} : { condition }),
    ...(notEvaluable === undefined ? {} : { notEvaluable }),
    ...(edge.expiresAt === undefined ? {} : { expiresAt: edge.expiresAt }),
    ...(edge.lastUsedAt === undefined ? {} : { lastUsedAt: edge.lastUsedAt }),
    basis,
  }
}

/** What the first record says counts; what it leaves open is taken from the second. */
function filledIn(first: NodeRecord, second: NodeRecord, which: 'first' | 'latest'): NodeRecord {
  const merged: Record<string, unknown> = { ...second, ...defined(first) }
  const [less, more] = which === 'first' ? [second, first] : [first, second]
  const attributes = { ...attributesOf(less), ...attributesOf(more) }
  if (Object.keys(attributes).length > 0) merged.attributes = attributes
  if (merged.status === 'unknown' && 'status' in second) merged.status = second.status
  return merged as unknown as NodeRecord
}

function attributesOf(record: NodeRecord): object {
  return 'attributes' in record && record.attributes !== undefined ? record.attributes : {}
}

function defined(record: NodeRecord): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

export function higher(a: Privilege | undefined, b: Privilege | undefined): Privilege | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return privileges.indexOf(a) >= privileges.indexOf(b) ? a : b
}

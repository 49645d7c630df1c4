import type { EdgeRecord, NodeRef, NormalisedRecord, Refusal, Unresolved } from '../contract'
import { higher } from './privileges'

/** As many scopes of an edge are kept; `scopeCount` tells how many there were. */
const maxScopes = 200

export interface RecordSet {
  /** Keeps the record unless one of its type and id is there already; true when it was kept. */
  addNode: (record: Exclude<NormalisedRecord, EdgeRecord>) => boolean
  /** Adds the edge, or its scopes to the edge of the same ends, effect, condition and note. */
  addEdge: (edge: Omit<EdgeRecord, 'type' | 'scopeCount'>) => void
  refused: Refusal[]
  unresolved: Unresolved[]
  records: () => NormalisedRecord[]
}

/** Collects the records of one file: nodes once, parallel edges as one. */
export function createRecordSet(): RecordSet {
  const nodes = new Map<string, Exclude<NormalisedRecord, EdgeRecord>>()
  const edges = new Map<string, { edge: Omit<EdgeRecord, 'type' | 'scopeCount'>; scopes: Set<string> }>()
  return {
    refused: [],
    unresolved: [],
    addNode(record) {
      const key = JSON.stringify([record.type, record.externalId])
      if (nodes.has(key)) return false
      nodes.set(key, record)
      return true
    },
    addEdge(edge) {
      const { kind, from, to, effect, condition, notEvaluable } = edge
      const key = JSON.stringify([kind, refKey(from), refKey(to), effect, condition, notEvaluable])
      const known = edges.get(key)
      if (known === undefined) {
        edges.set(key, { edge, scopes: new Set(edge.scopes) })
        return
      }
      for (const scope of edge.scopes) known.scopes.add(scope)
      known.edge = { ...known.edge, privilege: higher(known.edge.privilege, edge.privilege) }
    },
    records() {
      const list: NormalisedRecord[] = [...nodes.values()]
      for (const { edge, scopes } of edges.values()) {
        list.push({ ...edge, type: 'entitlement', scopes: [...scopes].slice(0, maxScopes), scopeCount: scopes.size })
      }
      return list
    },
  }
}

function refKey({ type, externalId }: NodeRef): string {
  return `${type} ${externalId}`
}

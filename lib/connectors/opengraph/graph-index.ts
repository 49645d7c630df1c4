import type { NodeRef, NodeType, ParsedFile } from '../contract'
import { type Taken, takeNode } from './kinds'
import { ownSourceKind } from './own-graph'
import { type End, type Fields, type GraphNode, isFields, type ReadGraph, readGraph, text } from './read-graph'

interface Named {
  id: string
  kinds: string[]
  /** Those that ends of edges ask for. */
  properties: Fields
}

/** What edges must know of nodes, and nodes of edges, also when they come in pieces: ids, names, whose a credential is. */
export class GraphIndex {
  readonly #types = new Map<string, NodeType>()
  /** Ids that are not in capitals, by their capitals. */
  readonly #ids = new Map<string, string>()
  readonly #names = new Map<string, Named[]>()
  readonly #subjects = new Map<string, NodeRef>()
  /** Names of the properties by which edges name their ends, and the nodes that have one. */
  readonly #asked = new Set<string>()
  readonly #holders: Named[] = []
  #asksNames = false

  /** Round 1: ids, and what edges ask for. Round 2: the nodes that answer. Round 3: whose the credentials are. */
  take(graph: ReadGraph, round: number): void {
    if (round === 1) {
      for (const node of graph.nodes) this.#learn(node, graph)
      for (const { start, end } of graph.edges) for (const one of [start, end]) this.#ask(one)
    } else if (round === 2) {
      if (this.#asksNames || this.#asked.size > 0) for (const node of graph.nodes) this.#keep(node)
    } else {
      for (const { kind, start, end } of graph.edges) {
        const [from, to] = [this.find(start) ?? missing(start), this.find(end) ?? missing(end)]
        if (from !== undefined && to !== undefined && saysWhose(kind, from, to)) this.#subjects.set(to.externalId, from)
      }
    }
  }

  /** The node that an end means. Ids and names are matched whatever their case, as BloodHound does. */
  find({ by, value, matchers, kind }: End): NodeRef | undefined {
    if (by === 'id') return this.#ref(value) ?? this.#ref(this.#ids.get(value.toUpperCase()) ?? value.toUpperCase())
    const candidates = by === 'name' ? (this.#names.get(value.toUpperCase()) ?? []) : this.#holders
    const found = candidates.find(
      ({ kinds, properties }) =>
        (kind === undefined || kinds.includes(kind)) &&
        matchers.every(({ key, value: wanted }) => properties[key] === wanted),
    )
    return found === undefined ? undefined : this.#ref(found.id)
  }

  subjectOf(id: string): NodeRef | undefined {
    return this.#subjects.get(id)
  }

  #ref(id: string): NodeRef | undefined {
    const type = this.#types.get(id)
    return type === undefined ? undefined : { type, externalId: id }
  }

  #learn(node: GraphNode, graph: ReadGraph): void {
    // The first of an id stays; BloodHound merges them too.
    if (this.#types.has(node.id)) return
    this.#types.set(node.id, takenOf(node, graph).type)
    const capitals = node.id.toUpperCase()
    if (capitals !== node.id && !this.#ids.has(capitals)) this.#ids.set(capitals, node.id)
  }

  #ask({ by, matchers }: End): void {
    if (by === 'name') this.#asksNames = true
    for (const { key } of matchers) this.#asked.add(key)
  }

  #keep({ id, kinds, properties }: GraphNode): void {
    const asked = [...this.#asked].filter((key) => Object.hasOwn(properties, key))
    const named = { id, kinds, properties: Object.fromEntries(asked.map((key) => [key, properties[key]])) }
    if (asked.length > 0) this.#holders.push(named)
    const name = text(properties.name)?.toUpperCase()
    if (!this.#asksNames || name === undefined) return
    const same = this.#names.get(name)
    if (same === undefined) this.#names.set(name, [named])
    else same.push(named)
  }
}

const rounds = [1, 2, 3]

/** All that is to be known of a graph that is read at once. */
export function indexOf(graph: ReadGraph): GraphIndex {
  const index = new GraphIndex()
  for (const round of rounds) index.take(graph, round)
  return index
}

/** One piece of a large graph. One that this product has made needs no survey: its records are whole. */
export const survey = {
  rounds: rounds.length,
  take(file: ParsedFile, before: unknown, round: number): GraphIndex {
    const index = before instanceof GraphIndex ? before : new GraphIndex()
    const graph = file.kind === 'json' && isFields(file.value) ? readGraph(file.value) : undefined
    if (graph !== undefined && graph.sourceKind !== ownSourceKind) index.take(graph, round)
    return index
  },
}

/** What a node is taken for: by its kinds, without the one that names the collector. */
export function takenOf({ kinds }: GraphNode, { sourceKind }: ReadGraph): Taken {
  return takeNode(kinds.filter((kind) => kind !== sourceKind))
}

/** An end that is named by its id may come with another file; one by name or property cannot be told. */
export function missing({ by, value }: End): NodeRef | undefined {
  return by === 'id' ? { type: 'resource', externalId: value } : undefined
}

/** An edge that says whose a credential is. */
export function saysWhose(kind: string, from: NodeRef, to: NodeRef): boolean {
  const isSomeone = from.type === 'identity' || from.type === 'human'
  return to.type === 'credential' && isSomeone && /^(?:has|owns|uses|authenticates)/i.test(kind)
}

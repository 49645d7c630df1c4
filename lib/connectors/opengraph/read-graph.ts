import type { Refusal } from '../contract'

export type Fields = Record<string, unknown>

export interface GraphNode {
  at: string
  id: string
  kinds: string[]
  properties: Fields
}

/** How an edge names its end. */
export interface End {
  by: 'id' | 'name' | 'property'
  value: string
  matchers: { key: string; value: string | number | boolean }[]
  kind?: string
}

export interface GraphEdge {
  at: string
  kind: string
  start: End
  end: End
  properties: Fields
}

export interface ReadGraph {
  sourceKind: string | undefined
  nodes: GraphNode[]
  edges: GraphEdge[]
  refused: Refusal[]
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** What a file is by its shape: a graph, a drawing of arrows.app, or a schema, which lists kinds and holds no data. */
export function shapeOf(value: unknown): 'graph' | 'arrows' | 'schema' | undefined {
  if (!isFields(value)) return undefined
  if (isFields(value.schema) && Array.isArray(value.node_kinds)) return 'schema'
  if (isFields(value.graph) && (Array.isArray(value.graph.nodes) || Array.isArray(value.graph.edges))) return 'graph'
  const nodes = list(value.nodes)
  if (
    Array.isArray(value.nodes) &&
    Array.isArray(value.edges) &&
    nodes.some((node) => isFields(node) && Array.isArray(node.kinds))
  )
    return 'graph'
  const isDrawn = nodes.some((node) => isFields(node) && 'caption' in node && 'labels' in node)
  return isDrawn && Array.isArray(value.relationships) ? 'arrows' : undefined
}

/** True for graphs and the schema of GitHub's collector, which another format reads. */
export function isOfGitHub(value: unknown): boolean {
  if (!isFields(value)) return false
  const isGitHubs = (kind: unknown) => typeof kind === 'string' && /^GH_?[A-Z]/.test(kind)
  if (list(value.node_kinds).some((kind) => isFields(kind) && isGitHubs(kind.name))) return true
  const nodes = list(isFields(value.graph) ? value.graph.nodes : value.nodes)
  return nodes.some((node) => isFields(node) && list(node.kinds).some(isGitHubs))
}

/** The nodes and edges of a graph; what is neither is refused with its place. */
export function readGraph(value: Fields): ReadGraph {
  const isArrows = shapeOf(value) === 'arrows'
  const holder = isFields(value.graph) ? value.graph : value
  const root = isFields(value.graph) ? '$.graph' : '$'
  const metadata = isFields(value.metadata) ? value.metadata : {}
  const graph: ReadGraph = { sourceKind: text(metadata.source_kind), nodes: [], edges: [], refused: [] }
  for (const [index, node] of list(holder.nodes).entries()) {
    const at = `${root}.nodes[${index}]`
    const id = isFields(node) ? text(node.id) : undefined
    if (!isFields(node) || id === undefined) {
      graph.refused.push({ at, reason: 'The node has no id' })
      continue
    }
    const kinds = list(isArrows ? node.labels : node.kinds).filter(
      (kind): kind is string => typeof kind === 'string' && kind !== '',
    )
    const properties = isFields(node.properties) ? node.properties : {}
    const named = isArrows && properties.name === undefined ? { ...properties, name: node.caption } : properties
    graph.nodes.push({ at, id, kinds, properties: named })
  }
  const name = isArrows ? 'relationships' : 'edges'
  for (const [index, edge] of list(holder[name]).entries()) {
    const at = `${root}.${name}[${index}]`
    const read = isFields(edge) ? readEdge(edge, at, isArrows) : undefined
    if (read === undefined) graph.refused.push({ at, reason: 'The edge needs a kind, a start and an end' })
    else graph.edges.push(read)
  }
  return graph
}

function readEdge(edge: Fields, at: string, isArrows: boolean): GraphEdge | undefined {
  const kind = text(isArrows ? edge.type : edge.kind)
  const [start, end] = isArrows
    ? [endOf({ value: edge.fromId }), endOf({ value: edge.toId })]
    : [endOf(edge.start), endOf(edge.end)]
  if (kind === undefined || start === undefined || end === undefined) return undefined
  return { at, kind, start, end, properties: isFields(edge.properties) ? edge.properties : {} }
}

function endOf(written: unknown): End | undefined {
  if (!isFields(written)) return undefined
  const matchers = list(written.property_matchers).flatMap((matcher) => {
    if (!isFields(matcher)) return []
    const { key, value } = matcher
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return typeof key === 'string' && isPlain ? [{ key, value }] : []
  })
  const by = written.match_by === 'name' || written.match_by === 'property' ? written.match_by : 'id'
  const value = text(written.value) ?? ''
  const kind = text(written.kind)
  if (by === 'property' ? matchers.length === 0 : value === '') return undefined
  return { by, value, matchers, ...(kind === undefined ? {} : { kind }) }
}

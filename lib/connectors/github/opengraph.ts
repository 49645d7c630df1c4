import type { MapContext, MapResult, NodeRef, ParsedFile } from '../contract'
import { RecordSet } from '../record-set'
import { instanceOf } from './api'
import { type Fields, has, isFields, list, own, text } from './fields'
import { hostIn, idsOf } from './ids'
import type { Mapping } from './mapping'
import { bareKind, membershipKinds, relationPrivilege, structuralRelations } from './opengraph-kinds'
import { addGraphNode, gradeOf } from './opengraph-nodes'

/** Nodes and edges looked at before a file is taken for another graph. */
const lookedAt = 500

/** True for GitHound's graph of an organization, and for its schema, which holds no data. */
export function isGithubGraph(value: unknown): boolean {
  if (isSchema(value)) return true
  const graph = graphOf(value)
  if (graph === undefined) return false
  const nodes = list(graph.nodes).slice(0, lookedAt)
  if (nodes.some((node) => kindOf(node) !== undefined)) return true
  return (
    nodes.length === 0 &&
    list(graph.edges)
      .slice(0, lookedAt)
      .some((edge) => bareKind(own(edge, 'kind')) !== undefined)
  )
}

function isSchema(value: unknown): value is Fields {
  return (
    isFields(value) &&
    Array.isArray(value.node_kinds) &&
    value.node_kinds.some((kind) => bareKind(own(kind, 'name')) !== undefined)
  )
}

function graphOf(value: unknown): Fields | undefined {
  const graph = isFields(value) ? (isFields(value.graph) ? value.graph : value) : undefined
  return graph !== undefined && Array.isArray(graph.nodes) && Array.isArray(graph.edges) ? graph : undefined
}

function kindOf(node: unknown): string | undefined {
  for (const kind of list(own(node, 'kinds'))) {
    const bare = bareKind(kind)
    if (bare !== undefined && bare !== 'Role' && bare !== 'Runner') return bare
  }
  return undefined
}

/** GitHound's graph to records: the same ids as GitHub's own answers. */
export function mapGithubGraph(file: ParsedFile, context: MapContext): MapResult {
  const root = file.kind === 'json' ? file.value : undefined
  const instance = instanceOf(hostIn(root), context)
  const records = new RecordSet()
  const ids = idsOf(instance)
  const mapping: Mapping = {
    records,
    ids,
    fingerprint: context.fingerprint,
    assumed: undefined,
    organizations: new Map(),
  }
  const graph = graphOf(root)
  if (isSchema(root) && graph === undefined)
    records.refuse(
      '$',
      `is the schema of GitHound (${list(root.node_kinds).length} kinds of nodes, ${list(root.relationship_kinds).length} of edges), not a graph: it holds no data`,
    )
  const nodes = new Map<string, GraphNode>()
  for (const [index, node] of list(graph?.nodes).entries()) addNode(node, `$.graph.nodes[${index}]`, nodes, mapping)
  for (const [index, edge] of list(graph?.edges).entries()) addEdge(edge, `$.graph.edges[${index}]`, nodes, mapping)
  return records.finish({ system: 'github', instance, instanceName: `GitHub ${instance}` })
}

/** A node of the graph: what it became, if anything, and its own properties. */
interface GraphNode {
  kind: string | undefined
  properties: Fields
  ref?: NodeRef
}

function addNode(node: unknown, at: string, nodes: Map<string, GraphNode>, mapping: Mapping): void {
  const id = text(own(node, 'id'))
  const given = own(node, 'properties')
  const properties = isFields(given) ? given : {}
  if (id === undefined) {
    mapping.records.refuse(at, 'a node without an id')
    return
  }
  const kind = kindOf(node)
  const added = kind === undefined ? cloudNode(id, node, properties) : addGraphNode(kind, id, properties, at, mapping)
  nodes.set(id, { kind, properties, ...(added === undefined ? {} : { ref: added }) })
  if (kind !== undefined || added !== undefined) return
  mapping.records.passOver(
    at,
    `a node of another system (${list(own(node, 'kinds')).map(String).join(', ').slice(0, 100)})`,
  )
}

/** An identity of a cloud, which its own export defines. */
function cloudNode(id: string, node: unknown, properties: Fields): NodeRef | undefined {
  const kinds = list(own(node, 'kinds')).map(String)
  if (
    !kinds.some((kind) =>
      /^(?:AWSRole|AZFederatedIdentityCredential|AZServicePrincipal|AZApp|GCP\w*ServiceAccount)$/.test(kind),
    )
  )
    return undefined
  return { type: 'identity', externalId: text(properties.arn) ?? text(own(properties, 'app_id')) ?? id, global: true }
}

function addEdge(edge: unknown, at: string, nodes: Map<string, GraphNode>, mapping: Mapping): void {
  const { records } = mapping
  const bare = bareKind(own(edge, 'kind'))
  const written = text(own(edge, 'kind'))
  if (written === undefined || !has(edge, 'start', 'end')) {
    records.refuse(at, 'an edge without kind, start or end')
    return
  }
  if (bare === undefined || structuralRelations.includes(bare)) {
    if (bare === 'HasPersonalAccessToken') linkToken(edge, nodes, mapping)
    else records.passOver(at, `an edge ${written}, which grants nothing by itself`)
    return
  }
  const [from, to] = [endOf(edge, 'start', nodes), endOf(edge, 'end', nodes)]
  for (const { value, node } of [from, to])
    if (node === undefined) records.unresolved(value, at, `the graph has no node of this id (edge ${written})`)
  if (from.node === undefined) return
  const target = to.node?.ref ?? (bare === 'CanAssumeIdentity' ? cloudEnd(edge) : undefined)
  if (from.node.ref === undefined || target === undefined) {
    if (to.node !== undefined) records.passOver(at, `an edge ${written} from or to what is not imported`)
    return
  }
  relate(bare, written, from.node, target, mapping)
}

function relate(bare: string, written: string, node: GraphNode, to: NodeRef, { records }: Mapping): void {
  const from = node.ref
  if (from === undefined) return
  if (membershipKinds.includes(bare))
    records.edge({ kind: 'member_of', from, to, basis: 'entitlement', scopes: [written] })
  else if (bare === 'InstalledAs' || bare === 'CanAssumeIdentity')
    records.edge({ kind: 'assumes', from, to, basis: 'entitlement', scopes: [written] })
  else if (bare === 'HasSecret') records.edge({ kind: 'stores', from, to, basis: 'declared', scopes: [written] })
  else if (bare === 'HasWorkflow') records.edge({ kind: 'owns_code', from, to, basis: 'declared', scopes: [written] })
  else if (bare === 'CanAccess') records.edge({ kind: 'grants', from, to, basis: 'entitlement', ...accessOf(node) })
  else {
    const privilege = relationPrivilege(bare)
    const computed = /^Can/.test(bare)
    records.edge({
      kind: 'grants',
      from,
      to,
      basis: computed ? 'inferred' : 'entitlement',
      scopes: [written],
      ...(privilege === undefined ? { notEvaluable: `unknown relation: ${written}` } : { privilege }),
    })
  }
}

function endOf(
  edge: unknown,
  side: 'start' | 'end',
  nodes: Map<string, GraphNode>,
): { value: string; node: GraphNode | undefined } {
  const end = own(edge, side)
  const value = text(own(end, 'value')) ?? text(end) ?? '(unnamed)'
  return { value, node: nodes.get(value) }
}

/** The far end of a federation, known by its id in another system. */
function cloudEnd(edge: unknown): NodeRef | undefined {
  const value = text(own(own(edge, 'end'), 'value'))
  return value === undefined ? undefined : { type: 'identity', externalId: value, global: true }
}

/** A token whose owner stands only on the edge. */
function linkToken(edge: unknown, nodes: Map<string, GraphNode>, { records }: Mapping): void {
  const owner = endOf(edge, 'start', nodes).node?.ref
  const token = endOf(edge, 'end', nodes).node?.ref
  if (owner === undefined || token === undefined) return
  const record = records.get(token)
  if (record?.type === 'credential' && record.subject === undefined) record.subject = owner
}

/** What a token or an installation may do, as its node says. */
function accessOf({ properties }: GraphNode) {
  return gradeOf(properties)
}

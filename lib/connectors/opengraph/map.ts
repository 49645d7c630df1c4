import {
  type EdgeRecord,
  type MapContext,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  type ParsedFile,
  privileges,
} from '../contract'
import { resourceKind, type Taken, takeEdge, takeNode } from './kinds'
import { mapOwnGraph, ownSourceKind } from './own-graph'
import {
  type End,
  type Fields,
  type GraphNode,
  isFields,
  isOfGitHub,
  type ReadGraph,
  readGraph,
  shapeOf,
  text,
} from './read-graph'

export function acceptsGraph(file: ParsedFile): boolean {
  return file.kind === 'json' && shapeOf(file.value) !== undefined && !isOfGitHub(file.value)
}

/** A graph as records; an export of this product comes back as it was. */
export function mapGraph(file: ParsedFile, context: MapContext): MapResult[] {
  const value = file.kind === 'json' && isFields(file.value) ? file.value : {}
  const shape = shapeOf(value)
  const own = {
    system: 'opengraph',
    instance: context.instance ?? 'default',
    instanceName: `OpenGraph ${context.instance ?? ''}`.trim(),
  }
  if (shape === 'schema') {
    const reason =
      'This is a schema: it lists kinds of nodes and edges and holds no data. Import the graph that the collector wrote'
    return [{ ...own, records: [], refused: [{ at: '$', reason }], unresolved: [] }]
  }
  const graph = readGraph(value)
  if (graph.sourceKind === ownSourceKind) return mapOwnGraph(graph)
  return [mapForeign(graph, context)]
}

interface Known {
  ref: NodeRef
  taken: Taken
}

function mapForeign(graph: ReadGraph, context: MapContext): MapResult {
  const instance = context.instance ?? graph.sourceKind ?? 'default'
  const result: MapResult = {
    system: 'opengraph',
    instance,
    instanceName: `OpenGraph ${instance}`,
    records: [],
    refused: [...graph.refused],
    unresolved: [],
  }
  const known = new Map<string, Known>()
  const unresolved = new Map<string, string>()
  for (const node of graph.nodes) {
    const taken = takeNode(node.kinds.filter((kind) => kind !== graph.sourceKind))
    // The first of an id stays; BloodHound merges them too.
    if (known.has(node.id)) continue
    known.set(node.id, { taken, ref: { type: taken.type, externalId: node.id } })
  }
  const find = finderOf(graph.nodes, known)
  const edges = new Map<string, EdgeRecord>()
  const subjects = new Map<string, NodeRef>()
  for (const { at, kind, start, end, properties } of graph.edges) {
    const [from, to] = [find(start), find(end)]
    for (const [found, wanted] of [
      [from, start],
      [to, end],
    ] as const)
      if (found === undefined)
        unresolved.set(wanted.value || wanted.matchers.map(({ key, value }) => `${key}=${value}`).join(', '), at)
    const [fromRef, toRef] = [from?.ref ?? missing(start), to?.ref ?? missing(end)]
    if (fromRef === undefined || toRef === undefined) continue
    if (
      toRef.type === 'credential' &&
      (fromRef.type === 'identity' || fromRef.type === 'human') &&
      /^(?:has|owns|uses|authenticates)/i.test(kind)
    ) {
      subjects.set(toRef.externalId, fromRef)
      continue
    }
    const taken = takeEdge(kind, toRef.type)
    const condition = text(properties.condition)
    // What is not known of one kind says nothing of the others.
    const key = JSON.stringify([taken.kind, fromRef.externalId, toRef.externalId, condition, taken.notEvaluable])
    const before = edges.get(key)
    const scopes = [...new Set([...(before?.scopes ?? []), kind])]
    edges.set(key, {
      type: 'entitlement',
      from: fromRef,
      to: toRef,
      effect: 'allow',
      ...taken,
      ...(taken.kind === 'grants' ? strongest(before, taken) : {}),
      scopes: scopes.slice(0, 200),
      scopeCount: scopes.length,
      basis: 'declared',
      ...(condition === undefined ? {} : { condition }),
    })
  }
  const done = new Set<string>()
  for (const node of graph.nodes) {
    const found = known.get(node.id)
    if (found === undefined || done.has(node.id)) continue
    done.add(node.id)
    result.records.push(...recordsOf(node, found.taken, subjects.get(node.id), context))
  }
  result.records.push(...edges.values())
  for (const [reference, at] of unresolved)
    result.unresolved.push({ at, reference, reason: 'The edge names a node that the graph does not hold' })
  if (result.records.length === 0 && result.refused.length === 0)
    result.refused.push({ at: '$.graph', reason: 'The graph is empty: it has no nodes' })
  return result
}

/** The higher of two privileges, as a field. */
function strongest(...edges: (Pick<EdgeRecord, 'privilege'> | undefined)[]): Pick<EdgeRecord, 'privilege'> {
  const ranks = edges.map((edge) => (edge?.privilege === undefined ? -1 : privileges.indexOf(edge.privilege)))
  const privilege = privileges[Math.max(...ranks)]
  return privilege === undefined ? {} : { privilege }
}

/** An end that is named by its id may come with another file; one by name or property cannot be told. */
function missing({ by, value }: End): NodeRef | undefined {
  return by === 'id' ? { type: 'resource', externalId: value } : undefined
}

/** Finds the node that an end means. Ids and names are matched whatever their case, as BloodHound does. */
function finderOf(nodes: readonly GraphNode[], known: ReadonlyMap<string, Known>): (end: End) => Known | undefined {
  const ids = new Map<string, string>()
  const names = new Map<string, GraphNode[]>()
  for (const node of nodes) {
    const id = node.id.toUpperCase()
    if (!ids.has(id)) ids.set(id, node.id)
    const name = text(node.properties.name)?.toUpperCase()
    if (name !== undefined) names.set(name, [...(names.get(name) ?? []), node])
  }
  const fits = (node: GraphNode, kind: string | undefined) => kind === undefined || node.kinds.includes(kind)
  return ({ by, value, matchers, kind }) => {
    if (by === 'id') return known.get(value) ?? known.get(ids.get(value.toUpperCase()) ?? '')
    const candidates = by === 'name' ? (names.get(value.toUpperCase()) ?? []) : nodes
    const found = candidates.find(
      (node) => fits(node, kind) && matchers.every(({ key, value: wanted }) => node.properties[key] === wanted),
    )
    return found === undefined ? undefined : known.get(found.id)
  }
}

const secretName = /(?:passw(?:or)?d|secret|token|(?:api|private|access)_?key|credential)s?$/i
const plainNames = new Set(['id', 'objectid', 'name', 'displayname', 'description', 'email', 'environment'])

function first(properties: Fields, ...names: string[]): string | undefined {
  const lower = new Map(
    Object.entries(properties).map(([name, value]) => [name.toLowerCase().replaceAll('_', ''), value]),
  )
  for (const name of names) {
    const found = text(lower.get(name))
    if (found !== undefined) return found
  }
  return undefined
}

/** An instant as ISO text or as seconds since 1970. */
function instant(written: string | undefined): string | undefined {
  if (written === undefined) return undefined
  const seconds = /^\d{9,10}$/.test(written) ? Number(written) * 1000 : Date.parse(written)
  return Number.isFinite(seconds) && seconds > 0 ? new Date(seconds).toISOString() : undefined
}

/** The record of a node, and a sighting for each property that holds a secret. */
function recordsOf(
  { id, kinds, properties }: GraphNode,
  taken: Taken,
  subject: NodeRef | undefined,
  context: MapContext,
): NormalisedRecord[] {
  const name = first(properties, 'displayname', 'name') ?? id
  const attributes: Record<string, string | number | boolean | string[]> = { kinds: kinds.slice(0, 20) }
  const sightings: NormalisedRecord[] = []
  for (const [key, value] of Object.entries(properties).slice(0, 100)) {
    if (secretName.test(key) && typeof value === 'string' && value.length > 3) {
      const traces = {
        fingerprint: context.fingerprint(value),
        ...(value.length >= 12 ? { lastFour: value.slice(-4) } : {}),
      }
      sightings.push({
        type: 'sighting',
        externalId: `${id}#${key}`,
        name: key,
        place: `property ${key} of ${name}`,
        about: { type: taken.type, externalId: id },
        ...traces,
      })
    } else if (!plainNames.has(key.toLowerCase())) {
      if (typeof value === 'string' && value !== '') attributes[key] = value.slice(0, 500)
      else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
        attributes[key] = value
      else if (Array.isArray(value)) attributes[key] = value.slice(0, 50).map((entry) => String(entry).slice(0, 200))
    }
  }
  const description = first(properties, 'description')
  const environment = first(properties, 'environment')?.toLowerCase()
  const extra = { ...(description === undefined ? {} : { description }) }
  const createdAt = instant(first(properties, 'createdat', 'whencreated', 'created'))
  const lastUsedAt = instant(first(properties, 'lastlogin', 'lastlogon', 'lastusedat', 'lastused'))
  const isOff =
    properties.enabled === false || /^(?:disabled|inactive|suspended)$/i.test(first(properties, 'status') ?? '')
  const status = isOff
    ? 'disabled'
    : properties.enabled === true || /^active$/i.test(first(properties, 'status') ?? '')
      ? 'active'
      : 'unknown'
  switch (taken.type) {
    case 'human': {
      const email = first(properties, 'email', 'mail')
      return [
        {
          type: 'human',
          externalId: id,
          name,
          reason: `is a node of kind ${kinds[0] ?? ''}`,
          ...(email === undefined ? {} : { email }),
        },
        ...sightings,
      ]
    }
    case 'identity':
      return [
        {
          type: 'identity',
          externalId: id,
          kind: taken.identityKind ?? 'service_account',
          name,
          status,
          ...extra,
          ...(environment === undefined ? {} : { environment }),
          createdAt,
          lastUsedAt,
          attributes,
        },
        ...sightings,
      ]
    case 'credential':
      return [
        {
          type: 'credential',
          externalId: id,
          credentialType: taken.credentialType ?? 'api_key',
          name,
          status,
          ...(subject === undefined ? {} : { subject }),
          createdAt,
          lastUsedAt,
          expiresAt: instant(first(properties, 'expiresat', 'expires', 'expiry')),
          attributes,
        },
        ...sightings,
      ]
    case 'role':
      return [{ type: 'role', externalId: id, kind: resourceKind(kinds), name, ...extra, attributes }, ...sightings]
    case 'resource':
      return [
        {
          type: 'resource',
          externalId: id,
          kind: resourceKind(kinds),
          name,
          ...(environment === undefined ? {} : { environment }),
          attributes: { ...attributes, ...extra },
        },
        ...sightings,
      ]
  }
}

import {
  type EdgeRecord,
  type MapContext,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  type ParsedFile,
  privileges,
} from '../contract'
import { GraphIndex, indexOf, missing, saysWhose, takenOf } from './graph-index'
import { resourceKind, type Taken, takeEdge } from './kinds'
import { mapOwnGraph, ownSourceKind } from './own-graph'
import {
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
  if (graph.sourceKind === ownSourceKind) return mapOwnGraph(graph, context.isPiece === true)
  return [mapForeign(graph, context)]
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
  const unresolved = new Map<string, string>()
  const index = context.survey instanceof GraphIndex ? context.survey : indexOf(graph)
  const edges = new Map<string, EdgeRecord>()
  for (const { at, kind, start, end, properties } of graph.edges) {
    const [from, to] = [index.find(start), index.find(end)]
    for (const [found, wanted] of [
      [from, start],
      [to, end],
    ] as const)
      if (found === undefined)
        unresolved.set(wanted.value || wanted.matchers.map(({ key, value }) => `${key}=${value}`).join(', '), at)
    const [fromRef, toRef] = [from ?? missing(start), to ?? missing(end)]
    if (fromRef === undefined || toRef === undefined) continue
    if (saysWhose(kind, fromRef, toRef)) continue
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
    if (done.has(node.id)) continue
    done.add(node.id)
    result.records.push(...recordsOf(node, takenOf(node, graph), index.subjectOf(node.id), context))
  }
  result.records.push(...edges.values())
  for (const [reference, at] of unresolved)
    result.unresolved.push({ at, reference, reason: 'The edge names a node that the graph does not hold' })
  if (result.records.length === 0 && result.refused.length === 0 && context.isPiece !== true)
    result.refused.push({ at: '$.graph', reason: 'The graph is empty: it has no nodes' })
  return result
}

/** The higher of two privileges, as a field. */
function strongest(...edges: (Pick<EdgeRecord, 'privilege'> | undefined)[]): Pick<EdgeRecord, 'privilege'> {
  const ranks = edges.map((edge) => (edge?.privilege === undefined ? -1 : privileges.indexOf(edge.privilege)))
  const privilege = privileges[Math.max(...ranks)]
  return privilege === undefined ? {} : { privilege }
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

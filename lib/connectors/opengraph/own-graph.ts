import {
  credentialTypes,
  type EdgeRecord,
  edgeBases,
  edgeKinds,
  type Instant,
  identityKinds,
  type MapResult,
  type NodeRef,
  type NormalisedRecord,
  nodeTypes,
  privileges,
  type Refusal,
  sensitivities,
} from '../contract'
import { type Fields, type GraphEdge, type GraphNode, isFields, type ReadGraph, text } from './read-graph'

/** The source kind of graphs that this product exports. Their properties hold every field of the record. */
export const ownSourceKind = 'Bailiwick'
/** Edges that say what the records of their ends say already. */
const impliedKinds = new Set(['BW_AuthenticatesAs', 'BW_Covers'])

type Part = { system: string; instance: string; instanceName: string; records: NormalisedRecord[]; refused: Refusal[] }

/** Reads an export back: the records as they were, one result for each source that they came from. */
export function mapOwnGraph({ nodes, edges, refused }: ReadGraph, isPiece: boolean): MapResult[] {
  const parts = new Map<string, Part>()
  const partOf = ({ system, instance, instance_name: name }: Fields): Part | undefined => {
    const [named, which] = [text(system), text(instance)]
    if (named === undefined || which === undefined) return undefined
    const key = JSON.stringify([named, which])
    const part = parts.get(key) ?? {
      system: named,
      instance: which,
      instanceName: text(name) ?? which,
      records: [],
      refused: [],
    }
    parts.set(key, part)
    return part
  }
  const left: Refusal[] = [...refused]
  const seen = new Set<string>()
  for (const node of nodes) {
    if (node.properties.is_unresolved === true) continue
    const part = partOf(node.properties)
    const record = nodeRecord(node)
    if (part === undefined || record === undefined)
      left.push({ at: node.at, reason: 'The node does not hold what an export of this product holds' })
    else {
      const key = `${part.system}\n${part.instance}\n${record.type}\n${'externalId' in record ? record.externalId : ''}`
      if (!seen.has(key)) part.records.push(record)
      seen.add(key)
    }
  }
  for (const edge of edges) {
    if (impliedKinds.has(edge.kind)) continue
    const part = partOf(edge.properties)
    const record = edgeRecord(edge)
    if (part === undefined || record === undefined)
      left.push({ at: edge.at, reason: 'The edge does not hold what an export of this product holds' })
    else part.records.push(record)
  }
  const results = [...parts.values()].map((part, index) => ({
    ...part,
    refused: index === 0 ? left : [],
    unresolved: [],
  }))
  return results.length > 0
    ? results
    : [
        {
          system: 'opengraph',
          instance: 'export',
          instanceName: 'OpenGraph export',
          records: [],
          refused: left.length > 0 || isPiece ? left : [{ at: '$.graph', reason: 'The graph is empty' }],
          unresolved: [],
        },
      ]
}

const among = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find((each) => each === value)

function json(value: unknown): unknown {
  if (typeof value !== 'string') return undefined
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** An instant; `null` where the flag beside it says "never". */
function instantOf(properties: Fields, name: string, never?: string): Instant {
  if (never !== undefined && properties[never] === true) return null
  return text(properties[name])
}

const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

type Facts = Record<string, string | number | boolean | string[]>
function factsOf(value: unknown): Facts | undefined {
  const read = json(value)
  return isFields(read) ? (read as Facts) : undefined
}

function nodeRecord({ properties: p }: GraphNode): NormalisedRecord | undefined {
  const externalId = text(p.external_id)
  const name = typeof p.record_name === 'string' ? p.record_name : typeof p.name === 'string' ? p.name : undefined
  const type = among([...nodeTypes], p.record_type)
  if (externalId === undefined || name === undefined || type === undefined) return undefined
  const status = among(['active', 'disabled', 'unknown'] as const, p.status) ?? 'unknown'
  const attributes = factsOf(p.attributes_json)
  switch (type) {
    case 'identity': {
      const kind = among(identityKinds, p.kind)
      if (kind === undefined) return undefined
      const tags = json(p.tags_json)
      const hints = json(p.owner_hints_json)
      return {
        type,
        externalId,
        kind,
        name,
        status,
        ...present({
          description: text(p.description),
          environment: text(p.environment),
          createdAt: instantOf(p, 'created_at'),
          lastUsedAt: instantOf(p, 'last_used_at', 'never_used'),
          tags: isFields(tags) ? tags : undefined,
          attributes,
          ownerHints: Array.isArray(hints) ? hints : undefined,
        }),
      }
    }
    case 'human':
      return { type, externalId, name, reason: text(p.reason) ?? 'is a person', ...present({ email: text(p.email) }) }
    case 'role':
      return {
        type,
        externalId,
        name,
        kind: text(p.kind) ?? 'role',
        ...present({ description: text(p.description), attributes }),
      }
    case 'resource':
      return {
        type,
        externalId,
        name,
        kind: text(p.kind) ?? 'resource',
        ...present({ environment: text(p.environment), sensitivity: among(sensitivities, p.sensitivity), attributes }),
      }
    case 'credential': {
      const credentialType = among(credentialTypes, p.kind)
      if (credentialType === undefined) return undefined
      const subject = refOf(p, 'subject')
      return {
        type,
        externalId,
        credentialType,
        name,
        status,
        ...present({
          subject,
          fingerprint: text(p.fingerprint),
          lastFour: text(p.last_four),
          createdAt: instantOf(p, 'created_at'),
          expiresAt: instantOf(p, 'expires_at', 'never_expires'),
          lastUsedAt: instantOf(p, 'last_used_at', 'never_used'),
          rotatedAt: instantOf(p, 'rotated_at'),
          attributes,
        }),
      }
    }
  }
}

function refOf(properties: Fields, end: string): NodeRef | undefined {
  const type = among([...nodeTypes], properties[`${end}_type`])
  const externalId = text(properties[`${end}_ref`])
  if (type === undefined || externalId === undefined) return undefined
  return { type, externalId, ...(properties[`${end}_global`] === true ? { global: true } : {}) }
}

function edgeRecord({ properties: p }: GraphEdge): EdgeRecord | undefined {
  const kind = among(edgeKinds, p.edge_kind)
  const [from, to] = [refOf(p, 'from'), refOf(p, 'to')]
  const basis = among(edgeBases, p.basis)
  if (kind === undefined || from === undefined || to === undefined || basis === undefined) return undefined
  const scopes = Array.isArray(p.scopes) ? p.scopes.filter((scope) => typeof scope === 'string').slice(0, 200) : []
  const count = typeof p.scope_count === 'number' ? p.scope_count : scopes.length
  return {
    type: 'entitlement',
    kind,
    from,
    to,
    effect: p.effect === 'deny' ? 'deny' : 'allow',
    scopes,
    scopeCount: Math.max(count, scopes.length),
    basis,
    ...present({
      privilege: kind === 'grants' ? among(privileges, p.privilege) : undefined,
      condition: text(p.condition),
      notEvaluable: text(p.not_evaluable),
      expiresAt: instantOf(p, 'expires_at'),
      lastUsedAt: instantOf(p, 'last_used_at'),
    }),
  }
}

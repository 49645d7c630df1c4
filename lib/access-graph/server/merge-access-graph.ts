import type { EdgeRecord, HumanRecord, ResourceRecord, RoleRecord, SightingRecord } from '@/lib/connectors/contract'
import {
  type DerivedColumn,
  type GivenRecords,
  type MergeOutcome,
  type MergeScope,
  mergeRows,
} from '@/lib/platform/db/bulk-merge'
import type { MergeColumn, StagedRow } from '@/lib/platform/db/bulk-stage'
import type { BulkTx } from '@/lib/platform/db/commit'
import { IdSet } from '@/lib/platform/db/id-set'
import { hashOf, recordHash } from '@/lib/platform/db/record-hash'
import { endSql } from './resolve-edges'

const text = (name: string): MergeColumn => ({ name, type: 'text' })
const attributes: MergeColumn = { name: 'attributes', type: 'jsonb', fallback: `'{}'::jsonb`, joins: true }

const roleColumns = [text('kind'), text('name'), text('description'), attributes]
const resourceColumns = [text('kind'), text('name'), text('environment'), text('sensitivity'), attributes]
const humanColumns = [text('name'), text('email'), text('reason')]
const sightingColumns: MergeColumn[] = [
  text('about_type'),
  text('about_ref'),
  text('name'),
  text('place'),
  text('fingerprint'),
  text('last_four'),
  text('credential_type'),
  text('validity'),
  { name: 'seen_since', type: 'timestamptz' },
  attributes,
]
const entitlementColumns: MergeColumn[] = [
  text('kind'),
  text('from_type'),
  text('from_ref'),
  { name: 'from_global', type: 'boolean', fallback: 'false' },
  text('to_type'),
  text('to_ref'),
  { name: 'to_global', type: 'boolean', fallback: 'false' },
  text('effect'),
  { name: 'scopes', type: 'text[]', fallback: `'{}'::text[]` },
  { name: 'scope_count', type: 'integer', fallback: '0' },
  text('privilege'),
  text('condition'),
  text('not_evaluable'),
  { name: 'expires_at', type: 'timestamptz' },
  { name: 'last_used_at', type: 'timestamptz' },
  text('basis'),
]

type Merge<R> = (bulk: BulkTx, scope: MergeScope, records: GivenRecords<R>) => Promise<MergeOutcome>

/** Makes rows one at a time, while they are sent. */
function staged<R extends { externalId: string }>(valuesOf: (r: R) => StagedRow['values']) {
  return function* (records: Iterable<R>): Generator<StagedRow> {
    for (const record of records)
      yield { externalId: record.externalId, rowHash: recordHash(record), values: valuesOf(record) }
  }
}

/** Brings roles, groups and policies up to date with what one connection says. */
export const mergeRoles: Merge<RoleRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'role', recordType: 'role', columns: roleColumns },
    scope,
    records,
    staged((r) => [r.kind, r.name, r.description ?? null, r.attributes ? JSON.stringify(r.attributes) : null]),
  )

/** Brings resources up to date with what one connection says. */
export const mergeResources: Merge<ResourceRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'resource', recordType: 'resource', columns: resourceColumns, liesIn: 'external_id' },
    scope,
    records,
    staged((r) => [
      r.kind,
      r.name,
      r.environment ?? null,
      r.sensitivity ?? null,
      r.attributes ? JSON.stringify(r.attributes) : null,
    ]),
  )

/** Brings the people that a source knows up to date: context for paths and ownership, not inventory. */
export const mergeHumans: Merge<HumanRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'human', recordType: 'human', columns: humanColumns },
    scope,
    records,
    staged((r) => [r.name, r.email ?? null, r.reason]),
  )

/** Brings sightings of credentials up to date. */
export const mergeSightings: Merge<SightingRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'sighting', recordType: 'sighting', columns: sightingColumns },
    scope,
    records,
    staged((r) => [
      r.about?.type ?? null,
      r.about?.externalId ?? null,
      r.name,
      r.place,
      r.fingerprint ?? null,
      r.lastFour ?? null,
      r.credentialType ?? null,
      r.validity ?? null,
      r.firstSeenAt ?? null,
      r.attributes ? JSON.stringify(r.attributes) : null,
    ]),
  )

/** An edge has no id at its source: what it joins, how and under which condition is its id. */
export function edgeId(edge: EdgeRecord): bigint {
  const { kind, from, to, effect, condition = null, notEvaluable = null, basis } = edge
  // Of texts alone, which JSON writes in one way only.
  return hashOf(
    JSON.stringify([kind, from.type, from.externalId, to.type, to.externalId, effect, condition, notEvaluable, basis]),
  )
}

const rank = { read: 1, write: 2, secret_read: 3, admin: 4 }

/** Two edges that agree in everything but their scopes as one, with the scopes of both and the higher privilege. */
function fold(known: EdgeRecord | undefined, edge: EdgeRecord): EdgeRecord {
  if (!known) return edge
  const scopes = [...new Set([...known.scopes, ...edge.scopes])]
  const higher = (edge.privilege ? rank[edge.privilege] : 0) > (known.privilege ? rank[known.privilege] : 0)
  return {
    ...known,
    scopes: scopes.slice(0, 200),
    scopeCount: Math.max(scopes.length, known.scopeCount, edge.scopeCount),
    privilege: higher ? edge.privilege : known.privilege,
  }
}

type Edges = Iterable<[id: string, edge: EdgeRecord]>

/** Edges that agree in everything but their scopes, as one. What is no array is gone through twice, so that it is never held. */
function foldEdges(edges: Iterable<EdgeRecord>): Edges {
  if (!Array.isArray(edges)) return foldUnheld(edges)
  const folded = new Map<string, EdgeRecord>()
  for (const edge of edges) {
    const id = edgeId(edge).toString()
    folded.set(id, fold(folded.get(id), edge))
  }
  return folded
}

function* withIds(edges: Iterable<EdgeRecord>): Generator<[id: string, edge: EdgeRecord]> {
  for (const edge of edges) yield [edgeId(edge).toString(), edge]
}

function* foldUnheld(edges: Iterable<EdgeRecord>): Generator<[id: string, edge: EdgeRecord]> {
  const seen = new IdSet()
  const several = new Set<string>()
  for (const edge of edges) {
    const id = edgeId(edge).toString()
    if (!seen.add(id)) several.add(id)
  }
  const folded = new Map<string, EdgeRecord>()
  for (const edge of edges) {
    const id = edgeId(edge).toString()
    if (several.has(id)) folded.set(id, fold(folded.get(id), edge))
    else yield [id, edge]
  }
  yield* folded
}

const ends: DerivedColumn[] = [
  { name: 'from_id', sql: endSql('s', 'from', '$2') },
  { name: 'to_id', sql: endSql('s', 'to', '$2') },
]

function* stagedEdges(edges: Edges): Generator<StagedRow> {
  for (const [externalId, r] of edges) {
    const from = [r.from.type, r.from.externalId, r.from.global ?? false]
    const to = [r.to.type, r.to.externalId, r.to.global ?? false]
    const rest = [
      r.privilege ?? null,
      r.condition ?? null,
      r.notEvaluable ?? null,
      r.expiresAt ?? null,
      r.lastUsedAt ?? null,
    ]
    const values = [r.kind, ...from, ...to, r.effect, r.scopes, r.scopeCount, ...rest, r.basis]
    yield { externalId, rowHash: recordHash(r), values }
  }
}

/**
 * Brings edges up to date with what one connection says. Their ends are looked up as they are written; one that nothing
 * defines yet stays a reference until `resolveEdges` finds it.
 */
export const mergeEntitlements: Merge<EdgeRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    {
      table: 'entitlement',
      recordType: 'entitlement',
      columns: entitlementColumns,
      derived: ends,
      known: ['from_ref', 'to_ref'],
      liesIn: 'to_ref',
    },
    scope,
    records,
    // Those with heads come once each.
    (edges) => stagedEdges('heads' in records ? withIds(edges) : foldEdges(edges)),
  )

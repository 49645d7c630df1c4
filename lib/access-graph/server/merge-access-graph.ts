import type { EdgeRecord, HumanRecord, ResourceRecord, RoleRecord, SightingRecord } from '@/lib/connectors/contract'
import { type MergeColumn, type MergeOutcome, type MergeScope, mergeRows } from '@/lib/platform/db/bulk-merge'
import type { BulkTx } from '@/lib/platform/db/commit'
import { recordHash } from '@/lib/platform/db/record-hash'

const text = (name: string): MergeColumn => ({ name, type: 'text' })
const attributes: MergeColumn = { name: 'attributes', type: 'jsonb', fallback: `'{}'::jsonb`, joins: true }

const roleColumns = [text('kind'), text('name'), text('description'), attributes]
const resourceColumns = [text('kind'), text('name'), text('environment'), text('sensitivity'), attributes]
const humanColumns = [text('name'), text('email'), text('reason')]
const sightingColumns = [text('about_type'), text('about_ref'), text('name'), text('place'), text('fingerprint')]
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

type Merge<R> = (bulk: BulkTx, scope: MergeScope, records: readonly R[]) => Promise<MergeOutcome>

/** Brings roles, groups and policies up to date with what one connection says. */
export const mergeRoles: Merge<RoleRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'role', recordType: 'role', columns: roleColumns },
    scope,
    records.map((r) => ({
      externalId: r.externalId,
      rowHash: recordHash(r),
      values: [r.kind, r.name, r.description ?? null, r.attributes ? JSON.stringify(r.attributes) : null],
    })),
  )

/** Brings resources up to date with what one connection says. */
export const mergeResources: Merge<ResourceRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'resource', recordType: 'resource', columns: resourceColumns },
    scope,
    records.map((r) => ({
      externalId: r.externalId,
      rowHash: recordHash(r),
      values: [
        r.kind,
        r.name,
        r.environment ?? null,
        r.sensitivity ?? null,
        r.attributes ? JSON.stringify(r.attributes) : null,
      ],
    })),
  )

/** Brings the people that a source knows up to date: context for paths and ownership, not inventory. */
export const mergeHumans: Merge<HumanRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'human', recordType: 'human', columns: humanColumns },
    scope,
    records.map((r) => ({
      externalId: r.externalId,
      rowHash: recordHash(r),
      values: [r.name, r.email ?? null, r.reason],
    })),
  )

/** Brings sightings of credentials up to date. */
export const mergeSightings: Merge<SightingRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'sighting', recordType: 'sighting', columns: sightingColumns },
    scope,
    records.map((r) => ({
      externalId: r.externalId,
      rowHash: recordHash(r),
      values: [r.about?.type ?? null, r.about?.externalId ?? null, r.name, r.place, r.fingerprint ?? null],
    })),
  )

/** An edge has no id at its source: what it joins, how and under which condition is its id. */
function edgeId(edge: EdgeRecord): string {
  const { kind, from, to, effect, condition, notEvaluable, basis } = edge
  return recordHash([
    kind,
    from.type,
    from.externalId,
    to.type,
    to.externalId,
    effect,
    condition ?? null,
    notEvaluable ?? null,
    basis,
  ])
}

/** Edges that agree in everything but their scopes are one edge with the scopes of all. */
export function foldEdges(edges: readonly EdgeRecord[]): Map<string, EdgeRecord> {
  const rank = { read: 1, write: 2, secret_read: 3, admin: 4 }
  const folded = new Map<string, EdgeRecord>()
  for (const edge of edges) {
    const id = edgeId(edge)
    const known = folded.get(id)
    if (!known) {
      folded.set(id, edge)
      continue
    }
    const scopes = [...new Set([...known.scopes, ...edge.scopes])]
    const higher = (edge.privilege ? rank[edge.privilege] : 0) > (known.privilege ? rank[known.privilege] : 0)
    folded.set(id, {
      ...known,
      scopes: scopes.slice(0, 200),
      scopeCount: Math.max(scopes.length, known.scopeCount, edge.scopeCount),
      privilege: higher ? edge.privilege : known.privilege,
    })
  }
  return folded
}

/** Brings edges up to date with what one connection says. Ends are kept as references until `resolveEdges` finds them. */
export const mergeEntitlements: Merge<EdgeRecord> = (bulk, scope, records) =>
  mergeRows(
    bulk,
    { table: 'entitlement', recordType: 'entitlement', columns: entitlementColumns, known: ['from_ref', 'to_ref'] },
    scope,
    [...foldEdges(records)].map(([externalId, r]) => ({
      externalId,
      rowHash: recordHash(r),
      values: [
        r.kind,
        r.from.type,
        r.from.externalId,
        r.from.global ?? false,
        r.to.type,
        r.to.externalId,
        r.to.global ?? false,
        r.effect,
        r.scopes,
        r.scopeCount,
        r.privilege ?? null,
        r.condition ?? null,
        r.notEvaluable ?? null,
        r.expiresAt ?? null,
        r.lastUsedAt ?? null,
        r.basis,
      ],
    })),
  )

const nodeTables = {
  identity: 'identity',
  human: 'human',
  role: 'role',
  resource: 'resource',
  credential: 'credential',
}

/**
 * Finds the rows that edges point at: first in the edge's own source, then, for ids that are unique everywhere, in any
 * source of the organization. A principal named as an identity may have turned out to be a person. Ends whose row is gone
 * are unresolved again. Returns how many live edges still have an unresolved end.
 */
export async function resolveEdges(bulk: BulkTx): Promise<number> {
  for (const end of ['from', 'to'] as const) {
    for (const table of Object.values(nodeTables)) {
      await bulk.client.query(
        `UPDATE entitlement e SET ${end}_id = NULL FROM "${table}" n
         WHERE e.org_id = $1 AND n.org_id = $1 AND n.id = e.${end}_id AND n.deleted_at IS NOT NULL`,
        [bulk.orgId],
      )
    }
    for (const [type, table] of [...Object.entries(nodeTables), ['identity', 'human']] as [string, string][]) {
      const match = `e.org_id = $1 AND e.${end}_id IS NULL AND e.deleted_at IS NULL AND e.${end}_type = '${type}'
        AND n.org_id = $1 AND n.external_id = e.${end}_ref AND n.deleted_at IS NULL`
      await bulk.client.query(
        `UPDATE entitlement e SET ${end}_id = n.id FROM "${table}" n WHERE ${match} AND n.source_id = e.source_id`,
        [bulk.orgId],
      )
      await bulk.client.query(
        `UPDATE entitlement e SET ${end}_id = n.id FROM "${table}" n WHERE ${match} AND e.${end}_global`,
        [bulk.orgId],
      )
    }
  }
  const open = await bulk.client.query<{ n: string }>(
    `SELECT count(*) AS n FROM entitlement WHERE org_id = $1 AND deleted_at IS NULL AND (from_id IS NULL OR to_id IS NULL)`,
    [bulk.orgId],
  )
  return Number(open.rows[0]?.n ?? 0)
}

import type { Alias, HumanRecord, IdentityRecord, ResourceRecord, RoleRecord } from '@/lib/connectors/contract'
import { type MergeOutcome, type MergeScope, mergeRows } from '@/lib/platform/db/bulk-merge'
import type { BulkTx } from '@/lib/platform/db/commit'
import { IdSet } from '@/lib/platform/db/id-set'
import { recordHash } from '@/lib/platform/db/record-hash'
import type { LinkScope } from '@/lib/platform/db/touched'

/** One more id of a record. */
export interface AliasOf extends Alias {
  type: AliasedType
  externalId: string
}

type AliasedRecord = IdentityRecord | HumanRecord | RoleRecord | ResourceRecord
type AliasedType = AliasedRecord['type']

/** The other ids that a record goes by. */
export function aliasesOf({ type, externalId, aliases = [] }: AliasedRecord): AliasOf[] {
  return aliases.filter(({ id }) => id !== externalId).map((alias) => ({ type, externalId, ...alias }))
}

function* staged(aliases: Iterable<AliasOf>) {
  const seen = new IdSet()
  for (const { type, externalId, id, global = false } of aliases) {
    const key = recordHash([type, externalId, id])
    if (!seen.add(key)) continue
    yield { externalId: key, rowHash: recordHash([key, global]), values: [id, global, type, externalId] }
  }
}

/** Brings the other ids of one connection's records up to date; before what points at them, after the records themselves. */
export function mergeAliases(bulk: BulkTx, scope: MergeScope, aliases: Iterable<AliasOf>): Promise<MergeOutcome> {
  const columns = [
    { name: 'alias', type: 'text' as const },
    { name: 'is_global', type: 'boolean' as const, fallback: 'false' },
    { name: 'node_type', type: 'text' as const },
    { name: 'node_ref', type: 'text' as const },
  ]
  const table = {
    table: 'node_alias',
    recordType: 'alias',
    columns,
    known: ['alias', 'node_ref'],
    belongsTo: 'node_ref',
  }
  return mergeRows(bulk, table, scope, aliases, staged)
}

/** SQL of what an alias may stand for when something of this type is named: a named identity may have turned out to be a person. */
const typesNamed = (type: string) => (type === 'identity' ? `('identity', 'human')` : `('${type}')`)

/**
 * SQL that finds the live row of `table` that goes by the other id `ref` (SQL) when something of type `named` is meant: in the
 * source `sourceId` (SQL), or by ids that are unique everywhere in any source of the organization, which is left to row-level
 * security, as in `endSql`. NULL when nothing does, and when several things do.
 */
export function claimedSql(table: AliasedType, named: AliasedType, ref: string, sourceId: string | 'any'): string {
  const where = sourceId === 'any' ? 'a.is_global' : `a.source_id = ${sourceId}`
  return `(SELECT CASE WHEN count(DISTINCT a.node_ref) = 1 THEN (array_agg(n.id ORDER BY n.id) FILTER (WHERE n.id IS NOT NULL))[1] END
    FROM node_alias a LEFT JOIN "${table}" n
      ON n.source_id = a.source_id AND n.external_id = a.node_ref AND n.deleted_at IS NULL
    WHERE a.alias = ${ref} AND ${where} AND a.deleted_at IS NULL AND a.node_type IN ${typesNamed(named)})`
}

/** SQL of the ids that something began or ceased to go by in this transaction: what waits for one of them is looked up again. */
export const movedSql = (scope: LinkScope) =>
  scope === 'all'
    ? `SELECT alias FROM node_alias WHERE org_id = $1`
    : `SELECT a.alias FROM pg_temp.touched k JOIN node_alias a ON a.org_id = $1 AND a.id = k.id WHERE k.record_type = 'alias'`

/**
 * The ids that may have led to another thing before this transaction than they do now: those that something ceased to go by,
 * those that a second thing claims, and those that arrived as the very id of something.
 */
export async function findDoubtful(bulk: BulkTx, scope: LinkScope): Promise<string[]> {
  const { rows: some } = await bulk.client.query(`SELECT FROM node_alias WHERE org_id = $1 LIMIT 1`, [bulk.orgId])
  if (some.length === 0) return []
  const touched = `${movedSql(scope)} AND (k.action IN ('gone', 'changed')
      OR EXISTS (SELECT FROM node_alias o WHERE o.org_id = $1 AND o.alias = a.alias AND o.node_ref <> a.node_ref))
    UNION SELECT a.alias FROM node_alias a WHERE a.org_id = $1 AND a.alias = ANY (ARRAY(SELECT k.external_id FROM pg_temp.touched k
      WHERE k.record_type IN ('identity', 'human', 'role', 'resource') AND k.action IN ('created', 'revived')))`
  const { rows } = await bulk.client.query<{ alias: string }>(scope === 'all' ? movedSql(scope) : touched, [bulk.orgId])
  return [...new Set(rows.map(({ alias }) => alias))]
}

/** SQL of the rows of these tables that go or went by one of the ids in `doubtful` (SQL of an array). */
export function claimantsSql(tables: readonly AliasedType[], doubtful: string): string {
  return tables
    .map(
      (table) => `SELECT n.id FROM node_alias a JOIN "${table}" n
        ON n.org_id = $1 AND n.source_id = a.source_id AND n.external_id = a.node_ref
        WHERE a.org_id = $1 AND a.alias = ANY (${doubtful}) AND a.node_type IN ${typesNamed(table === 'human' ? 'identity' : table)}`,
    )
    .join(' UNION ')
}

/** Of these ids those that several things go by, so that they lead to none of them, with the things' names. */
export async function findAmbiguous(bulk: BulkTx, ids: readonly string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map()
  const { rows } = await bulk.client.query<{ alias: string; claimants: string[] }>(
    `SELECT a.alias, (array_agg(DISTINCT a.node_ref ORDER BY a.node_ref))[1:5] AS claimants FROM node_alias a
     WHERE a.org_id = $1 AND a.alias = ANY ($2) AND a.deleted_at IS NULL
     GROUP BY a.alias HAVING count(DISTINCT a.node_ref) > 1`,
    [bulk.orgId, ids],
  )
  return new Map(rows.map(({ alias, claimants }) => [alias, claimants]))
}

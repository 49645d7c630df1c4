import type { BulkTx } from '@/lib/platform/db/commit'
import type { LinkScope } from '@/lib/platform/db/touched'
import { claimantsSql, claimedSql, findDoubtful, movedSql } from './merge-aliases'

type End = 'from' | 'to'

const aliasedTables = ['identity', 'human', 'role', 'resource'] as const
const nodeTables = [...aliasedTables, 'credential'] as const
type NodeTable = (typeof nodeTables)[number]
type AliasedTable = (typeof aliasedTables)[number]

/**
 * SQL that finds the row that an edge points at: first in the edge's own source, then, for ids that are unique everywhere,
 * in any source of the organization; where nothing has that very id, what goes by it besides, in the same order. A
 * principal named as an identity may have turned out to be a person. The organization is the transaction's, by row-level
 * security alone: named here it would make the planner take its rows for one, and any index for as good as another.
 */
export function endSql(edge: string, end: End, sourceId: string): string {
  const ref = `${edge}."${end}_ref"`
  const here = (table: NodeTable) =>
    `(SELECT n.id FROM "${table}" n WHERE n.source_id = ${sourceId} AND n.external_id = ${ref} AND n.deleted_at IS NULL)`
  const anywhere = (table: NodeTable) =>
    `(SELECT (array_agg(n.id ORDER BY n.id))[1] FROM "${table}" n
      WHERE n.external_id = ${ref} AND n.deleted_at IS NULL)`
  const byType = <T extends NodeTable>(find: (table: T, named: T) => string, tables: readonly T[]) => {
    const cases = tables.map((table) => {
      const asPerson = tables.find((other) => table === 'identity' && other === 'human')
      const found = asPerson ? `coalesce(${find(table, table)}, ${find(asPerson, table)})` : find(table, table)
      return `WHEN '${table}' THEN ${found}`
    })
    return `CASE ${edge}."${end}_type" ${cases.join(' ')} END`
  }
  const claimed = (source: string) => (table: AliasedTable, named: AliasedTable) =>
    claimedSql(table, named, ref, source)
  const ifGlobal = (sql: string) => `CASE WHEN ${edge}."${end}_global" THEN ${sql} END`
  // No source names credentials by an id that is unique everywhere.
  return `coalesce(${byType(here, nodeTables)}, ${ifGlobal(byType(anywhere, aliasedTables))},
    ${byType(claimed(sourceId), aliasedTables)}, ${ifGlobal(byType(claimed('any'), aliasedTables))})`
}

/**
 * After a merge: lets go of ends whose row is gone and finds those that have arrived, for what this transaction touched or
 * for all edges of the organization. By look-ups (`byLookups`). Returns how many live edges still have an end that nothing
 * defines.
 */
export async function resolveEdges(bulk: BulkTx, scope: LinkScope): Promise<number> {
  await bulk.client.query(`CREATE TEMP TABLE IF NOT EXISTS found_end (id uuid PRIMARY KEY, node uuid) ON COMMIT DROP`)
  const doubtful = await findDoubtful(bulk, scope)
  for (const end of ['from', 'to'] as const) {
    await detach(bulk, scope, end)
    await attach(bulk, scope, end, doubtful)
  }
  return countOpen(bulk)
}

const note = (records: string) => `INSERT INTO pg_temp.touched (pass, record_type, id, action, was, holds)
  SELECT 0, 'entitlement', id, 'changed', was, holds FROM ${records}`
const nodeTypes = nodeTables.map((table) => `'${table}'`).join(', ')

async function detach(bulk: BulkTx, scope: LinkScope, end: End): Promise<void> {
  const gone =
    scope === 'all'
      ? nodeTables
          .map((table) => `SELECT id FROM "${table}" WHERE org_id = $1 AND deleted_at IS NOT NULL`)
          .join(' UNION ALL ')
      : `SELECT id FROM pg_temp.touched WHERE record_type IN (${nodeTypes}) AND action = 'gone'`
  await bulk.client.query(
    `WITH loose AS (
       UPDATE entitlement e SET ${end}_id = NULL WHERE e.org_id = $1 AND e.${end}_id = ANY (ARRAY(${gone}))
       RETURNING e.id, old.from_id AS was, new.from_id AS holds
     ) ${note('loose')}`,
    [bulk.orgId],
  )
}

async function attach(bulk: BulkTx, scope: LinkScope, end: End, doubtful: readonly string[]): Promise<void> {
  const open = `e.org_id = $1 AND e.${end}_id IS NULL AND e.deleted_at IS NULL`
  const candidates =
    scope === 'all'
      ? `SELECT e.id FROM entitlement e WHERE ${open}`
      : `SELECT e.id FROM entitlement e WHERE ${open} AND e.${end}_ref = ANY (ARRAY(
           SELECT external_id FROM pg_temp.touched WHERE action IN ('created', 'revived') AND record_type IN (${nodeTypes})))
         UNION SELECT e.id FROM entitlement e WHERE ${open} AND e.${end}_ref = ANY (ARRAY(${movedSql(scope)}))
         UNION SELECT e.id FROM entitlement e WHERE ${open} AND e.id = ANY (ARRAY(
           SELECT id FROM pg_temp.touched WHERE record_type = 'entitlement' AND pass = 0))`
  const unsure = `SELECT e.id FROM entitlement e WHERE e.org_id = $1 AND e.deleted_at IS NULL AND e.${end}_ref = ANY ($2)
    AND e.${end}_id = ANY (ARRAY(${claimantsSql(aliasedTables, '$2')}))`
  const isSure = doubtful.length === 0
  const found = await bulk.client.query(
    `INSERT INTO pg_temp.found_end SELECT id, node FROM (
       SELECT e.id, e.${end}_id AS before, ${endSql('e', end, 'e.source_id')} AS node FROM entitlement e
       WHERE e.org_id = $1 AND e.id = ANY (ARRAY(${isSure ? candidates : `${candidates} UNION ${unsure}`}))
     ) found WHERE node IS DISTINCT FROM before`,
    isSure ? [bulk.orgId] : [bulk.orgId, doubtful],
  )
  if (found.rowCount === 0) return
  await bulk.client.query(
    `WITH tied AS (
       UPDATE entitlement e SET ${end}_id = f.node FROM pg_temp.found_end f WHERE e.org_id = $1 AND e.id = f.id
       RETURNING e.id, old.from_id AS was, new.from_id AS holds
     ) ${note('tied')}`,
    [bulk.orgId],
  )
  await bulk.client.query(`TRUNCATE pg_temp.found_end`)
}

async function countOpen(bulk: BulkTx): Promise<number> {
  const open = (end: End) => `SELECT id FROM entitlement WHERE org_id = $1 AND ${end}_id IS NULL AND deleted_at IS NULL`
  const { rows } = await bulk.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (${open('from')} UNION ${open('to')}) open`,
    [bulk.orgId],
  )
  return rows[0]?.n ?? 0
}

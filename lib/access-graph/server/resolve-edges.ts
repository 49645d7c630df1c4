import type { BulkTx } from '@/lib/platform/db/commit'
import { byLookups, type LinkScope } from '@/lib/platform/db/touched'

type End = 'from' | 'to'

const nodeTables = ['identity', 'human', 'role', 'resource', 'credential'] as const
type NodeTable = (typeof nodeTables)[number]

/**
 * SQL that finds the row that an edge points at: first in the edge's own source, then, for ids that are unique everywhere,
 * in any source of the organization ($1). A principal named as an identity may have turned out to be a person.
 */
export function endSql(edge: string, end: End, sourceId: string): string {
  const ref = `${edge}."${end}_ref"`
  const here = (table: NodeTable) =>
    `(SELECT n.id FROM "${table}" n WHERE n.org_id = $1 AND n.source_id = ${sourceId} AND n.external_id = ${ref} AND n.deleted_at IS NULL)`
  const anywhere = (table: NodeTable) =>
    `(SELECT (array_agg(n.id ORDER BY n.id))[1] FROM "${table}" n
      WHERE n.org_id = $1 AND n.external_id = ${ref} AND n.deleted_at IS NULL)`
  const byType = (find: (table: NodeTable) => string, tables: readonly NodeTable[]) => {
    const cases = tables.map((table) => {
      const found = table === 'identity' ? `coalesce(${find('identity')}, ${find('human')})` : find(table)
      return `WHEN '${table}' THEN ${found}`
    })
    return `CASE ${edge}."${end}_type" ${cases.join(' ')} END`
  }
  // No source names credentials by an id that is unique everywhere.
  const wide = nodeTables.filter((table) => table !== 'credential')
  return `coalesce(${byType(here, nodeTables)}, CASE WHEN ${edge}."${end}_global" THEN ${byType(anywhere, wide)} END)`
}

/**
 * After a merge: lets go of ends whose row is gone and finds those that have arrived, for what this transaction touched or
 * for all edges of the organization. Returns how many live edges still have an end that nothing defines.
 */
export async function resolveEdges(bulk: BulkTx, scope: LinkScope): Promise<number> {
  for (const end of ['from', 'to'] as const) {
    for (const table of nodeTables) await detach(bulk, scope, end, table)
    await attach(bulk, scope, end)
  }
  return countOpen(bulk)
}

const note = (records: string) => `INSERT INTO pg_temp.touched (pass, record_type, id, action, was, holds)
  SELECT 0, 'entitlement', id, 'changed', was, holds FROM ${records}`

async function detach(bulk: BulkTx, scope: LinkScope, end: End, table: NodeTable): Promise<void> {
  const gone =
    scope === 'all'
      ? `SELECT id FROM "${table}" WHERE org_id = $1 AND deleted_at IS NOT NULL`
      : `SELECT id FROM pg_temp.touched WHERE record_type = '${table}' AND action = 'gone'`
  await byLookups(bulk, () =>
    bulk.client.query(
      `WITH loose AS (
         UPDATE entitlement e SET ${end}_id = NULL FROM (${gone}) n WHERE e.org_id = $1 AND e.${end}_id = n.id
         RETURNING e.id, old.from_id AS was, new.from_id AS holds
       ) ${note('loose')}`,
      [bulk.orgId],
    ),
  )
}

async function attach(bulk: BulkTx, scope: LinkScope, end: End): Promise<void> {
  const open = `e.org_id = $1 AND e.${end}_id IS NULL AND e.deleted_at IS NULL`
  const candidates =
    scope === 'all'
      ? `SELECT e.id FROM entitlement e WHERE ${open}`
      : `SELECT e.id FROM (
           SELECT DISTINCT external_id FROM pg_temp.touched WHERE action IN ('created', 'revived')
             AND record_type IN (${nodeTables.map((table) => `'${table}'`).join(', ')})
         ) k JOIN entitlement e ON e.${end}_ref = k.external_id AND ${open}
         UNION SELECT e.id FROM pg_temp.touched k JOIN entitlement e ON e.id = k.id AND ${open}
         WHERE k.record_type = 'entitlement' AND k.pass = 0`
  await byLookups(bulk, () =>
    bulk.client.query(
      `WITH found AS (
         SELECT e.id, ${endSql('e', end, 'e.source_id')} AS node FROM (${candidates}) c
         JOIN entitlement e ON e.org_id = $1 AND e.id = c.id
       ), tied AS (
         UPDATE entitlement e SET ${end}_id = f.node FROM found f
         WHERE e.org_id = $1 AND e.id = f.id AND f.node IS NOT NULL
         RETURNING e.id, old.from_id AS was, new.from_id AS holds
       ) ${note('tied')}`,
      [bulk.orgId],
    ),
  )
}

async function countOpen(bulk: BulkTx): Promise<number> {
  const open = (end: End) => `SELECT id FROM entitlement WHERE org_id = $1 AND ${end}_id IS NULL AND deleted_at IS NULL`
  const { rows } = await bulk.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (${open('from')} UNION ${open('to')}) open`,
    [bulk.orgId],
  )
  return rows[0]?.n ?? 0
}

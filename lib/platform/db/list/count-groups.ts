import { Prisma } from '../generated/client'
import type { Counts, ListScope } from './list-rows'
import { conditionsOf, matchOf } from './matching'
import { wordConditions } from './search-rows'

export interface Group {
  /** null: the rows without a value. */
  value: string | null
  label: string | null
  count: number
}

const mostGroups = 1000

/**
 * The largest groups of what matches by a column that has an index of its own; `label` is a column that tells how people write
 * the group's value.
 */
export async function countGroups(
  { sql, orgId, table, query }: ListScope,
  column: string,
  label: string,
  counts: Counts,
): Promise<Group[]> {
  const conditions = [...conditionsOf(query), ...wordConditions(query.words)]
  const match = Prisma.join([matchOf(query, table, counts.ledger), ...conditions], ' AND ')
  const from = Prisma.raw(table.table)
  const value = Prisma.raw(column)
  return sql<Group>(Prisma.sql`
    SELECT g.value, (SELECT w.${Prisma.raw(label)} FROM ${from} w WHERE w.org_id = ${orgId}::uuid AND w.${value} = g.value LIMIT 1) AS label,
      g.count
    FROM (
      SELECT l.${value} AS value, count(*)::int AS count FROM ${from} l WHERE l.org_id = ${orgId}::uuid AND ${match}
      GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${mostGroups}
    ) g`)
}

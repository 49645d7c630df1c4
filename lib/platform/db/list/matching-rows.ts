import { Prisma } from '../generated/client'
import { type ListScope, ledgerOf } from './list-rows'
import { conditionsOf, matchOf } from './matching'

/** More than any organization has. */
const everyRow = 100_000_000

/** The ids (`id`) of all rows that match, in no order, as a query for use inside another statement. */
export async function matchingRows(scope: ListScope): Promise<Prisma.Sql> {
  const { orgId, table, query } = scope
  const id = Prisma.raw(`l.${table.id}`)
  const where = [
    Prisma.sql`l.org_id = ${orgId}::uuid`,
    matchOf(query, table, await ledgerOf(scope)),
    ...conditionsOf(query),
  ]
  if (query.words.length > 0) {
    const found = Prisma.sql`SELECT id FROM ${Prisma.raw(table.search)}(${query.words}::text[], NULL, ${everyRow}::int)`
    where.push(Prisma.sql`${id} IN (${found})`)
  }
  return Prisma.sql`SELECT ${id} AS id FROM ${Prisma.raw(table.table)} l WHERE ${Prisma.join(where, ' AND ')}`
}

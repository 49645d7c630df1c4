import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import type { Combo, ListTable } from './list-table'

/** Combinations never change, so what is known once is known for good; organizations not asked for lately are forgotten. */
const keptDictionaries = 200
const dictionaries = new Map<string, Map<string, Combo>>()

/** Eight bytes as text: a key that costs no arithmetic. */
export type ComboKey = string

function keyOf(id: string): ComboKey {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(id))
  return bytes.toString('latin1')
}

interface ComboRow {
  id: string
  [dimension: string]: string | number | boolean | null
}

/** What these combinations stand for. Asks the database only for those that this process has not met. */
export async function lookUpCombos(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  keys: Iterable<ComboKey>,
): Promise<ReadonlyMap<ComboKey, Combo>> {
  const name = `${table.combos}:${orgId}`
  const known = dictionaries.get(name) ?? new Map<ComboKey, Combo>()
  dictionaries.delete(name)
  dictionaries.set(name, known)
  const oldest = dictionaries.size > keptDictionaries ? dictionaries.keys().next().value : undefined
  if (oldest !== undefined) dictionaries.delete(oldest)
  const missing: string[] = []
  for (const key of keys) if (!known.has(key)) missing.push(Buffer.from(key, 'latin1').readBigInt64BE().toString())
  if (missing.length > 0) {
    const columns = Prisma.raw(table.dimensions.join(', '))
    const rows = await sql<ComboRow>(Prisma.sql`
      SELECT DISTINCT ON (id) id::text, ${columns} FROM ${Prisma.raw(table.combos)}
      WHERE org_id = ${orgId}::uuid AND id = ANY (${missing}::bigint[])`)
    for (const { id, ...dimensions } of rows) known.set(keyOf(id), { id, dimensions })
  }
  return known
}

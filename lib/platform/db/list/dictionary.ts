import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import { codeBits, type DimensionValue, type ListTable } from './list-table'

/** Eight bytes as text: a key that costs no arithmetic. */
export type ComboKey = string

/** The values of one dimension, each with a small number, and the number of every combination's. */
export interface Column {
  values: DimensionValue[]
  numbers: number[]
}

/** All combinations that this process has met of one organization and table. It only grows, so numbers stay. */
export interface Dictionary {
  index: Map<ComboKey, number>
  /** 64-bit, as decimal text. */
  ids: string[]
  columns: Record<string, Column>
  /** The part of the number above the closed dimensions. */
  origin: Column
  /** For each origin a combination that has it. */
  firsts: number[]
}

/** Combinations never change, so what is known once is known for good; organizations not asked for lately are forgotten. */
const keptDictionaries = 200
interface Kept {
  dictionary: Dictionary
  numbering: Map<string, Map<DimensionValue, number>>
}
const dictionaries = new Map<string, Kept>()

function keyOf(id: string): ComboKey {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(id))
  return bytes.toString('latin1')
}

interface ComboRow {
  id: string
  [dimension: string]: DimensionValue
}

function open(name: string, table: ListTable): Kept {
  const column = (): Column => ({ values: [], numbers: [] })
  const found: Kept = dictionaries.get(name) ?? {
    dictionary: {
      index: new Map(),
      ids: [],
      columns: Object.fromEntries(table.dimensions.map((dimension) => [dimension, column()])),
      origin: column(),
      firsts: [],
    },
    numbering: new Map(),
  }
  dictionaries.delete(name)
  dictionaries.set(name, found)
  const oldest = dictionaries.size > keptDictionaries ? dictionaries.keys().next().value : undefined
  if (oldest !== undefined) dictionaries.delete(oldest)
  return found
}

/** The dictionary with at least these combinations. Asks the database only for those that this process has not met. */
export async function lookUpCombos(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  keys: Iterable<ComboKey>,
): Promise<Dictionary> {
  const { dictionary, numbering } = open(`${table.combos}:${orgId}`, table)
  const missing: string[] = []
  for (const key of keys) {
    if (!dictionary.index.has(key)) missing.push(Buffer.from(key, 'latin1').readBigInt64BE().toString())
  }
  if (missing.length === 0) return dictionary
  const columns = Prisma.raw(table.dimensions.join(', '))
  const rows = await sql<ComboRow>(Prisma.sql`
    SELECT DISTINCT ON (id) id::text, ${columns} FROM ${Prisma.raw(table.combos)}
    WHERE org_id = ${orgId}::uuid AND id = ANY (${missing}::bigint[])`)
  const put = (name: string, column: Column, at: number, value: DimensionValue) => {
    const numbers = numbering.get(name) ?? new Map<DimensionValue, number>()
    numbering.set(name, numbers)
    const number = numbers.get(value) ?? column.values.push(value) - 1
    numbers.set(value, number)
    column.numbers[at] = number
  }
  for (const { id, ...dimensions } of rows) {
    const key = keyOf(id)
    // Two requests may have asked for the same.
    if (dictionary.index.has(key)) continue
    const at = dictionary.ids.push(id) - 1
    dictionary.index.set(key, at)
    for (const [name, column] of Object.entries(dictionary.columns)) put(name, column, at, dimensions[name] ?? null)
    put('', dictionary.origin, at, (BigInt(id) >> BigInt(codeBits)).toString())
    dictionary.firsts[dictionary.origin.numbers[at] ?? 0] ??= at
  }
  return dictionary
}

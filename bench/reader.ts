import pg from 'pg'
import type { RunQuery } from '../lib/platform/db/client'

/** Runs the list engine's SQL on one connection of its own, and can tell what it ran. */
export interface BenchReader {
  sql: RunQuery
  client: pg.Client
  /** Statements since the last call. */
  taken: () => { text: string; values: unknown[] }[]
  end: () => Promise<void>
}

/**
 * `app`: as the application, under row-level security. `superuser`: the same statements without it, as a measure of its cost.
 */
export async function openReader(url: string, orgId: string, as: 'app' | 'superuser'): Promise<BenchReader> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  if (as === 'app') await client.query(`SET ROLE bailiwick_app`)
  await client.query(`SELECT set_config('app.current_org', $1, false)`, [orgId])
  let statements: { text: string; values: unknown[] }[] = []
  return {
    client,
    sql: async ({ text, values }) => {
      statements.push({ text, values })
      return (await client.query({ text, values })).rows
    },
    taken: () => {
      const all = statements
      statements = []
      return all
    },
    end: () => client.end(),
  }
}

/** How many sequential scans of tables the plan of a statement holds. */
export async function countSeqScans(
  { client }: BenchReader,
  statement: { text: string; values: unknown[] },
): Promise<string[]> {
  const { rows } = await client.query({ text: `EXPLAIN (FORMAT JSON) ${statement.text}`, values: statement.values })
  const found: string[] = []
  const walk = (node: Record<string, unknown>) => {
    if (node['Node Type'] === 'Seq Scan') found.push(String(node['Relation Name']))
    for (const child of (node.Plans as Record<string, unknown>[] | undefined) ?? []) walk(child)
  }
  for (const { Plan } of rows[0]?.['QUERY PLAN'] ?? []) walk(Plan)
  return found
}

import type { BulkTx } from './commit'

/**
 * The temporary table `touched`: one row for each record of the catalogue that this transaction's merges made appear
 * (`created`, `revived`), `changed` or `gone`, so that what depends on them is worked out for them alone. `was` and `holds`
 * are the id that the row was tied to and the one that it is tied to now: a credential's identity, an edge's origin.
 */
export async function openTouched(bulk: BulkTx): Promise<void> {
  if (passes.has(bulk)) return
  passes.set(bulk, 0)
  await bulk.client.query(
    `CREATE TEMP TABLE touched (pass integer NOT NULL, record_type text NOT NULL, id uuid NOT NULL, source_id uuid,
       external_id text, action text NOT NULL, label text, was uuid, holds uuid, before jsonb, after jsonb) ON COMMIT DROP`,
  )
}

const passes = new WeakMap<BulkTx, number>()

/** The number of the merge that begins; its rows in `touched` carry it. */
export function nextPass(bulk: BulkTx): number {
  const pass = (passes.get(bulk) ?? 0) + 1
  passes.set(bulk, pass)
  return pass
}

/** What a later step is limited to: what this transaction touched, or everything the organization has. */
export type LinkScope = 'touched' | 'all'

/**
 * Runs statements by index look-ups. The planner knows nothing of rows that this very transaction wrote and takes the
 * tables for what they were at their last analysis; each of these statements is about a few rows of a large table, or so
 * many that looking each up is as good as any other way.
 */
export function byLookups<T>(bulk: BulkTx, work: () => Promise<T>): Promise<T> {
  return without(bulk, ['seqscan', 'hashjoin', 'mergejoin', 'material'], work)
}

/** Runs statements over all rows of an organization by hashing them, for the same reason. */
export function byHashing<T>(bulk: BulkTx, work: () => Promise<T>): Promise<T> {
  return without(bulk, ['nestloop', 'mergejoin'], work)
}

async function without<T>(bulk: BulkTx, ways: readonly string[], work: () => Promise<T>): Promise<T> {
  const turn = (state: 'on' | 'off') =>
    bulk.client.query(ways.map((way) => `SET LOCAL enable_${way} = ${state}`).join('; '))
  await turn('off')
  const result = await work()
  await turn('on')
  return result
}

/**
 * Tells the planner how large the catalogue's tables have become, where they have grown by much since it looked, with what this
 * transaction wrote. Costs next to nothing where they have not.
 */
export async function analyzeGrown(bulk: BulkTx): Promise<void> {
  await bulk.client.query('SELECT analyze_grown()')
}

/**
 * Memory and planning for bulk statements; for the rest of this transaction. Checks of foreign keys keep their plans for as long
 * as the connection lives: those that were made when a table held next to nothing would go through all of it for each new row.
 */
export async function settleForBulk(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `DISCARD PLANS; SET LOCAL work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL gin_pending_list_limit = '64MB'`,
  )
}

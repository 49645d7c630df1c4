import { gunzipSync, gzipSync } from 'node:zlib'
import type { IdentityRights } from '@/lib/connectors/live-contract'
import type { BulkTx } from '@/lib/platform/db/commit'
import { readSpooled, type Spool, type SpooledBytes } from '@/lib/platform/files/spool'

const rowsAtOnce = 5000

interface Row {
  external_id: string
  rotate: 'yes' | 'no' | 'unknown'
  revoke: 'yes' | 'no' | 'unknown'
  why: string | null
}

const word = (right: boolean | 'unknown') => (right === 'unknown' ? 'unknown' : right ? 'yes' : 'no')

/** Takes what a connection may do with each identity to disk. */
export class RightsPacker {
  readonly #blocks: SpooledBytes[] = []
  #open: Row[] = []

  constructor(private readonly spool: Spool) {}

  add({ identity, rotate, revoke, why }: IdentityRights): void {
    this.#open.push({ external_id: identity, rotate: word(rotate), revoke: word(revoke), why: why ?? null })
    if (this.#open.length >= rowsAtOnce) this.end()
  }

  end(): void {
    if (this.#open.length === 0) return
    this.#blocks.push(this.spool.append(gzipSync(JSON.stringify(this.#open), { level: 1 })))
    this.#open = []
  }

  /** Packs of rows as JSON, one at a time. */
  *packs(): Generator<string> {
    for (const block of this.#blocks) yield gunzipSync(readSpooled(block)).toString('utf8')
  }
}

/** Brings what a connection may do up to what its sync found. After a read in part nothing is taken back. */
export async function writeRights(
  bulk: BulkTx,
  liveId: string,
  { identityRights, isComplete }: { identityRights: RightsPacker; isComplete: boolean },
): Promise<void> {
  await bulk.client.query(`CREATE TEMP TABLE seen_right (external_id text) ON COMMIT DROP`)
  for (const rows of identityRights.packs()) {
    await bulk.client.query(
      `WITH given AS (
         SELECT DISTINCT ON (external_id) * FROM jsonb_to_recordset($3::jsonb) AS r(external_id text, rotate text, revoke text, why text)
       ), seen AS (INSERT INTO seen_right SELECT external_id FROM given)
       INSERT INTO live_right AS l (org_id, live_connection_id, external_id, rotate, revoke, why)
       SELECT $1, $2, external_id, rotate, revoke, why FROM given
       ON CONFLICT (org_id, live_connection_id, external_id) DO UPDATE
         SET rotate = excluded.rotate, revoke = excluded.revoke, why = excluded.why
         WHERE (l.rotate, l.revoke, l.why) IS DISTINCT FROM (excluded.rotate, excluded.revoke, excluded.why)`,
      [bulk.orgId, liveId, rows],
    )
  }
  if (!isComplete) return
  await bulk.client.query(
    `DELETE FROM live_right l WHERE org_id = $1 AND live_connection_id = $2
       AND NOT EXISTS (SELECT FROM seen_right s WHERE s.external_id = l.external_id)`,
    [bulk.orgId, liveId],
  )
}

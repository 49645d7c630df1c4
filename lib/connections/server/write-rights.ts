import { gunzipSync, gzipSync } from 'node:zlib'
import type { IdentityRights } from '@/lib/connectors/live-contract'
import { copyText, escapeText } from '@/lib/platform/db/bulk-stage'
import type { BulkTx } from '@/lib/platform/db/commit'
import { byHashing } from '@/lib/platform/db/touched'
import { readSpooled, type Spool, type SpooledBytes } from '@/lib/platform/files/spool'

const charactersAtOnce = 256 * 1024

const word = (right: boolean | 'unknown') => (right === 'unknown' ? 'unknown' : right ? 'yes' : 'no')

/** Takes what a connection may do with each identity to disk, as lines of COPY. */
export class RightsPacker {
  readonly #blocks: SpooledBytes[] = []
  #open = ''

  constructor(private readonly spool: Spool) {}

  add({ identity, rotate, revoke, why }: IdentityRights): void {
    const reason = why === undefined ? '\\N' : escapeText(why)
    this.#open += `${escapeText(identity)}\t${word(rotate)}\t${word(revoke)}\t${reason}\n`
    if (this.#open.length >= charactersAtOnce) this.end()
  }

  end(): void {
    if (this.#open === '') return
    this.#blocks.push(this.spool.append(gzipSync(this.#open, { level: 1 })))
    this.#open = ''
  }

  /** Packs of lines, one at a time. */
  *packs(): Generator<Uint8Array> {
    for (const block of this.#blocks) yield gunzipSync(readSpooled(block))
  }
}

/**
 * Brings what a connection may do up to what its sync found. After a read in part nothing is taken back, and after one of changes
 * only what it may do with identities that are gone.
 */
export async function writeRights(
  bulk: BulkTx,
  liveId: string,
  { identityRights, isComplete }: { identityRights: RightsPacker; isComplete: boolean },
  changesOf?: { connectionId: string },
): Promise<void> {
  await bulk.client.query(
    `CREATE TEMP TABLE seen_right (external_id text NOT NULL, rotate text NOT NULL, revoke text NOT NULL, why text) ON COMMIT DROP`,
  )
  await copyText(bulk, 'seen_right', identityRights.packs())
  await byHashing(bulk, async () => {
    // All that are there are compared at once; of what is said twice, one counts.
    await bulk.client.query(
      `INSERT INTO live_right AS l (org_id, live_connection_id, external_id, rotate, revoke, why)
       SELECT DISTINCT ON (s.external_id) $1::uuid, $2::uuid, s.* FROM pg_temp.seen_right s LEFT JOIN (
         SELECT * FROM live_right WHERE org_id = $1 AND live_connection_id = $2
       ) k ON k.external_id = s.external_id
       WHERE (k.rotate, k.revoke, k.why) IS DISTINCT FROM (s.rotate, s.revoke, s.why)
       ON CONFLICT (org_id, live_connection_id, external_id) DO UPDATE
         SET rotate = excluded.rotate, revoke = excluded.revoke, why = excluded.why`,
      [bulk.orgId, liveId],
    )
    if (changesOf)
      await bulk.client.query(
        `DELETE FROM live_right l WHERE org_id = $1 AND live_connection_id = $2 AND NOT EXISTS (
           SELECT FROM presence p WHERE p.org_id = $1 AND p.connection_id = $3 AND p.record_type = 'identity'
             AND p.external_id = l.external_id)`,
        [bulk.orgId, liveId, changesOf.connectionId],
      )
    if (!isComplete || changesOf) return
    await bulk.client.query(
      `DELETE FROM live_right l WHERE org_id = $1 AND live_connection_id = $2
         AND NOT EXISTS (SELECT FROM pg_temp.seen_right s WHERE s.external_id = l.external_id)`,
      [bulk.orgId, liveId],
    )
  })
}

import { gunzipSync, gzipSync } from 'node:zlib'
import type { MarkFound } from '@/lib/connectors/live-connector'
import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'

/** Where a connection's source was when it was last read. */
export interface KeptMark {
  /** Null while nothing was kept for this connection. */
  epoch: string | null
  mark: string | null
  /** Why there is none. */
  lost: string | null
  /** When the last reading of everything began that ended complete. */
  readAllAt: Date | null
}

export async function findMark(ctx: Context, liveId: string): Promise<KeptMark> {
  const row = await ctx.db.liveMark.findUnique({ where: { orgId_liveId: { orgId: ctx.tenant.orgId, liveId } } })
  if (!row) return { epoch: null, mark: null, lost: null, readAllAt: null }
  const { epoch, mark, lost, readAllAt } = row
  return { epoch, lost, readAllAt, mark: mark === null ? null : gunzipSync(mark).toString('utf8') }
}

/**
 * Keeps the mark that a merge belongs to, in its transaction. Does nothing where the mark was thrown away since the sync began: what
 * it read may be of other settings.
 */
export async function keepMark(
  bulk: BulkTx,
  liveId: string,
  { before, found, readAllAt }: { before: KeptMark; found: MarkFound; readAllAt: Date | null },
): Promise<void> {
  const { mark, lost } = packed(found)
  const values = [bulk.orgId, liveId, mark, lost, readAllAt]
  if (before.epoch === null)
    await bulk.client.query(
      `INSERT INTO live_mark (org_id, live_connection_id, mark, lost, read_all_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (org_id, live_connection_id) DO NOTHING`,
      values,
    )
  else
    await bulk.client.query(
      `UPDATE live_mark SET mark = $3, lost = $4, read_all_at = coalesce($5, read_all_at), held_run_id = NULL, held_mark = NULL
       WHERE org_id = $1 AND live_connection_id = $2 AND epoch = $6`,
      [...values, before.epoch],
    )
}

const packed = (found: MarkFound) => ({
  mark: 'mark' in found ? gzipSync(found.mark, { level: 6 }) : null,
  lost: 'cannot' in found ? found.cannot : null,
})

/** Puts the mark of a reading of everything aside that a person has to see before it is merged. */
export async function holdMark(
  tx: Tx,
  { orgId, liveId, runId }: { orgId: string; liveId: string; runId: string },
  { before, found }: { before: KeptMark; found: MarkFound | null },
): Promise<void> {
  if (before.epoch === null) return
  const held = found === null ? null : packed(found).mark
  await tx.liveMark.updateMany({
    where: { orgId, liveId, epoch: before.epoch },
    data: held === null ? { heldRunId: null, heldMark: null } : { heldRunId: runId, heldMark: held },
  })
}

/**
 * Takes the mark that belongs to a reading which is merged now that a person has seen it. Without one the former is thrown away: what
 * the source told since would be compared with what the inventory does not hold any more.
 */
export async function takeHeldMark(bulk: BulkTx, liveId: string, run: { id: string; readAt: Date }): Promise<void> {
  await bulk.client.query(
    `UPDATE live_mark SET mark = held.mark, held_run_id = NULL, held_mark = NULL,
       lost = CASE WHEN held.mark IS NULL THEN 'What was read waited for a person and was applied without a place to go on from.' END,
       read_all_at = CASE WHEN held.mark IS NULL THEN read_all_at ELSE $4 END
     FROM (SELECT CASE WHEN held_run_id = $3 THEN held_mark END AS mark FROM live_mark
       WHERE org_id = $1 AND live_connection_id = $2 FOR UPDATE) held
     WHERE org_id = $1 AND live_connection_id = $2`,
    [bulk.orgId, liveId, run.id, run.readAt],
  )
}

/** Throws the mark away: the next sync reads everything. */
export async function discardMark(
  tx: Tx,
  { orgId, id: liveId }: { orgId: string; id: string },
  why: string,
): Promise<void> {
  const fresh = { epoch: uuidv7(), mark: null, lost: why, heldRunId: null, heldMark: null }
  await tx.liveMark.upsert({
    where: { orgId_liveId: { orgId, liveId } },
    create: { orgId, liveId, ...fresh },
    update: fresh,
    select: { liveId: true },
  })
}

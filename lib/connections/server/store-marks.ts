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
  const mark = 'mark' in found ? gzipSync(found.mark, { level: 6 }) : null
  const lost = 'cannot' in found ? found.cannot : null
  const values = [bulk.orgId, liveId, mark, lost, readAllAt]
  if (before.epoch === null)
    await bulk.client.query(
      `INSERT INTO live_mark (org_id, live_connection_id, mark, lost, read_all_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (org_id, live_connection_id) DO NOTHING`,
      values,
    )
  else
    await bulk.client.query(
      `UPDATE live_mark SET mark = $3, lost = $4, read_all_at = coalesce($5, read_all_at)
       WHERE org_id = $1 AND live_connection_id = $2 AND epoch = $6`,
      [...values, before.epoch],
    )
}

/** Throws the mark away: the next sync reads everything. */
export async function discardMark(
  tx: Tx,
  { orgId, id: liveId }: { orgId: string; id: string },
  why: string,
): Promise<void> {
  const fresh = { epoch: uuidv7(), mark: null, lost: why }
  await tx.liveMark.upsert({
    where: { orgId_liveId: { orgId, liveId } },
    create: { orgId, liveId, ...fresh },
    update: fresh,
    select: { liveId: true },
  })
}

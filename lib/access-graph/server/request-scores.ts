import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { enqueue } from '@/lib/platform/jobs/boss'
import { refreshScoresJob } from './jobs'

/** A job carries a few ids; more than these are not worth it. */
const mostIds = 500

/**
 * Asks for the organization's scores to be worked out anew, in the caller's transaction: every change of the graph ends with
 * it. Who forgets it is found by the worker within a minute.
 * @param changedIds the rows that the change touched, when it can be told: where edges that came or went begin (and where they end,
 * of one resource that belongs to another), and resources that count as something else. Without them everybody is scored.
 */
export async function requestScores(tx: Tx | BulkTx, orgId: string, changedIds?: readonly string[]): Promise<void> {
  const changed = changedIds && changedIds.length <= mostIds ? changedIds.join(',') : ''
  await enqueue(tx, refreshScoresJob, { orgId, changed })
}

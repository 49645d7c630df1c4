import type { BulkTx } from '@/lib/platform/db/commit'
import { countOwnGone } from './store-tombstones'

/**
 * Of what a merge has just marked gone, how much was deleted at the source by runs of this organization: that is no sign of a broken
 * reading. To be asked within the merge's transaction.
 */
export function findRemoved(bulk: BulkTx): Promise<{ identity: number; credential: number }> {
  return countOwnGone(bulk)
}

import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { insteadMark } from '../rules'
import { closeEvent } from './store'

/**
 * An event waits for nobody any more: whoever was told of it finds it read, and e-mails about it that are still on their way are not
 * sent. In the transaction of what settled it.
 */
export function markSettled(tx: Tx | BulkTx, orgId: string, dedupeKey: string): Promise<void> {
  return closeEvent(tx, orgId, dedupeKey, insteadMark)
}

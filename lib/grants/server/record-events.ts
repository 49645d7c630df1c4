import type { Tx } from '@/lib/platform/db/commit'
import { type NewEvent, writeEvents } from './store'

/** Adds lines to a grant's history without moving it on: what happened around it. */
export const recordEvents = (
  tx: Tx,
  grant: { orgId: string; id: string },
  events: readonly NewEvent[],
): Promise<void> => writeEvents(tx, grant, events)

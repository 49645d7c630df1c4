import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { grantTarget, overrunOf } from '../rules'
import { overrunAfterSeconds } from '../values'
import { findRevokers, notifyOverrun } from './notify-grant'
import { type FoundGrant, readClock, writeGrant } from './store'

/** When a right should have been gone: its end, or the moment at which somebody ended it earlier. */
export const dueEnd = ({ endsAt, endAskedAt }: Pick<FoundGrant, 'endsAt' | 'endAskedAt'>): Date | null =>
  endsAt !== null && (endAskedAt === null || endsAt < endAskedAt) ? endsAt : endAskedAt

/** Something that was tried at the source did not come about. Past its end that is an overrun: counted, and told to those who can act. */
export async function recordFailure(
  ctx: Context,
  permit: Permit,
  grant: FoundGrant,
  lease: string,
  says: string,
): Promise<void> {
  const target = grantTarget(grant)
  const past = grant.state === 'ending' ? overrunOf(dueEnd(grant), await readClock(ctx)) : 0
  const isOver = past >= overrunAfterSeconds
  const isNew = isOver && grant.overrunSeconds === 0
  const people = isNew ? await findRevokers(ctx, target) : []
  const line = isNew
    ? { what: 'overrun', says: `It has outlived its end by ${past} seconds: ${says}` }
    : { what: 'failed', says }
  const change = { tries: { increment: 1 }, problem: says, ...(isOver ? { overrunSeconds: past } : {}) }
  const after = { grantId: grant.id, overrunSeconds: isOver ? past : 0 }
  await ctx.commit(
    permit,
    { action: isNew ? 'grant.overrun' : 'grant.try', target, reason: says, after },
    async (tx) => {
      await writeGrant(tx, grant, { states: [grant.state], lease, seen: grant.eventCount }, change, [line])
      if (isNew) await notifyOverrun(tx, grant, people, says)
    },
  )
}

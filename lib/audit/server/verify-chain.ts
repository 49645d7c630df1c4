import { type BadLink, chainStart, checkEnd, checkLink } from '@/lib/platform/audit/check-chain'
import { readCheckpoints } from '@/lib/platform/audit/checkpoint'
import type { Context } from '@/lib/platform/context'
import { type Reader, readerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import type { ChainReport } from '../schema'
import { trailTarget } from './list-events'
import { readChain, readHead } from './store'

/** Recomputes an organization's whole chain and says whether it is what was written. Audited itself. @throws AppError `forbidden` */
export async function verifyChain(ctx: Context): Promise<ChainReport> {
  const permit = await ctx.authorize('verify', trailTarget)
  const report = await reportOn(ctx.db, ctx.tenant.orgId)
  await ctx.commit(permit, { action: 'audit.verify', target: trailTarget, after: report }, async () => {})
  return report
}

/** The same for the command line, which acts for no member and leaves no trace. */
export function verifyChainOf(orgId: string): Promise<ChainReport> {
  return reportOn(readerFor(tenantOf(orgId)), orgId)
}

async function reportOn(db: Reader, orgId: string): Promise<ChainReport> {
  const checkpoints = await readCheckpoints(orgId)
  const wanted = new Set(checkpoints.map((checkpoint) => checkpoint?.seq))
  // The head is read first: events appended while the chain is walked are after it and do no harm.
  const head = await readHead(db, orgId)
  const hashAt = new Map<number, string>()
  let end = chainStart
  let events = 0
  let firstBad: BadLink | null = null
  for await (const { event, actorKey } of readChain(db, orgId)) {
    firstBad ??= checkLink(end, event, actorKey)
    if (firstBad) break
    end = { seq: event.seq, hash: event.hash }
    if (wanted.has(event.seq) || event.seq === head?.seq) hashAt.set(event.seq, event.hash)
    events += 1
  }
  const grown = head !== null && end.seq > head.seq && hashAt.get(head.seq) === head.hash
  // The very first event may have come while the chain was walked, and its head with it.
  const known = grown ? end : (head ?? (await readHead(db, orgId)))
  firstBad ??= checkEnd(end, known, checkpoints, hashAt)
  return {
    isIntact: firstBad === null,
    events,
    checkpoints: checkpoints.length,
    lastSeq: end.seq,
    lastHash: end.hash,
    firstBad,
    verifiedAt: new Date().toISOString(),
  }
}

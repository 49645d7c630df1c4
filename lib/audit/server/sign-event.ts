import { type Checkpoint, publicKeyText, readCheckpoints, writeCheckpoint } from '@/lib/platform/audit/checkpoint'
import type { AuditEvent } from '@/lib/platform/audit/event'
import type { Context } from '@/lib/platform/context'
import { findEvents } from './store'

/** An event with what shows, away from the installation, that it stands in its chain. */
export interface SignedEvent {
  event: AuditEvent
  checkpoint: Checkpoint
  publicKey: string
}

/**
 * Signs an event of the organization's chain as a checkpoint of its own, kept with the others. For use cases that hand out what the
 * event says; they have asked whether the caller may have it.
 * @param id what `after` says under `key`
 */
export async function signEvent(
  ctx: Context,
  { target, action, key, id }: { target: { kind: string; id: string }; action: string; key: string; id: string },
): Promise<SignedEvent> {
  const filter = { action, targetKind: target.kind, targetId: target.id }
  const events = await findEvents(ctx, {}, filter, { before: null, limit: 100 })
  const event = events.find(({ after }) => (after as Record<string, unknown> | null)?.[key] === id)
  if (!event) throw new Error('the event is not in the chain')
  const { orgId, seq, hash } = event
  const checkpoint = await writeCheckpoint({ orgId, seq, hash }, new Date())
  return { event, checkpoint, publicKey: publicKeyText() }
}

/** The key that signs checkpoints here, and when each of these events was signed as one, of those that were. */
export async function readSignatures(
  ctx: Context,
  events: readonly AuditEvent[],
): Promise<{ publicKey: string; signedAt: Map<number, string> }> {
  const hashes = new Map(events.map(({ seq, hash }) => [seq, hash]))
  const signedAt = new Map<number, string>()
  for (const checkpoint of await readCheckpoints(ctx.tenant.orgId))
    if (checkpoint && hashes.get(checkpoint.seq) === checkpoint.hash) signedAt.set(checkpoint.seq, checkpoint.at)
  return { publicKey: publicKeyText(), signedAt }
}

/** The events of one target by these actions and those below them, oldest first. At most 20,000 of each. */
export async function readTrail(
  ctx: Context,
  target: { kind: string; id: string },
  actions: readonly string[],
): Promise<AuditEvent[]> {
  const found: AuditEvent[] = []
  const [most, size] = [20, 1000]
  for (const action of actions) {
    const filter = { action, targetKind: target.kind, targetId: target.id }
    let before: number | null = null
    for (let pages = 0; pages < most; pages += 1) {
      const page: AuditEvent[] = await findEvents(ctx, {}, filter, { before, limit: size })
      found.push(...page)
      before = page.at(-1)?.seq ?? null
      if (page.length < size || before === null) break
    }
  }
  return found.sort((a, b) => a.seq - b.seq)
}

import { type AuditEvent, firstPrevHash, hashEvent } from './event'

/** What does not hold, and where. `id` is the event's, unless it is not there. */
export interface BadLink {
  seq: number
  id: string | null
  problem: 'altered' | 'missing' | 'unlinked' | 'truncated' | 'rewritten' | 'forged_checkpoint'
  detail: string
}

/** Where a walk along a chain stands. */
export interface ChainPosition {
  seq: number
  hash: string
}

export const chainStart: ChainPosition = { seq: 0, hash: firstPrevHash }

/** Checks that an event follows the one before it and is as it was written. Null when it does. */
export function checkLink(before: ChainPosition, event: AuditEvent, actorKey: string): BadLink | null {
  const bad = (seq: number, problem: BadLink['problem'], detail: string): BadLink => ({
    seq,
    id: event.id,
    problem,
    detail,
  })
  if (event.seq !== before.seq + 1) {
    return {
      ...bad(before.seq + 1, 'missing', `event ${before.seq + 1} is missing; the next there is ${event.seq}`),
      id: null,
    }
  }
  if (event.prevHash !== before.hash) return bad(event.seq, 'unlinked', 'it does not follow from the event before it')
  if (hashEvent(event) !== event.hash || actorKey !== `${event.actor.kind}:${event.actor.id}`) {
    return bad(event.seq, 'altered', 'its content does not match its hash')
  }
  return null
}

/** Checks the end of a chain against the head that the database remembers and the signed checkpoints kept outside it. */
export function checkEnd(
  end: ChainPosition,
  head: ChainPosition | null,
  checkpoints: readonly (ChainPosition | null)[],
  hashAt: ReadonlyMap<number, string>,
): BadLink | null {
  const bad = (seq: number, problem: BadLink['problem'], detail: string): BadLink => ({
    seq,
    id: null,
    problem,
    detail,
  })
  if (checkpoints.includes(null)) return bad(0, 'forged_checkpoint', 'a checkpoint is not signed by this installation')
  for (const checkpoint of checkpoints) {
    if (!checkpoint || checkpoint.seq === 0) continue
    if (checkpoint.seq > end.seq) {
      return bad(end.seq + 1, 'truncated', `a signed checkpoint knows ${checkpoint.seq} events; there are ${end.seq}`)
    }
    if (hashAt.get(checkpoint.seq) !== checkpoint.hash) {
      return bad(checkpoint.seq, 'rewritten', 'a signed checkpoint knows another event in its place')
    }
  }
  if (!head && end.seq > 0) {
    return bad(end.seq + 1, 'truncated', `there are ${end.seq} events and no head to say that these are all`)
  }
  if (head && (head.seq !== end.seq || head.hash !== end.hash)) {
    return bad(Math.min(head.seq, end.seq) + 1, 'truncated', `the head knows ${head.seq} events; there are ${end.seq}`)
  }
  return null
}

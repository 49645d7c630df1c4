import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linkEvents } from './append'
import { chainStart, checkEnd, checkLink } from './check-chain'
import type { AuditEvent } from './event'

const orgId = '00000000-0000-7000-8000-000000000001'

function chainOf(payloads: unknown[]): AuditEvent[] {
  const drafts = payloads.map((after, n) => ({
    action: 'test',
    target: { kind: 'k', id: String(n), label: 'l' },
    after,
    actor: { kind: 'user' as const, id: 'u', label: 'U' },
    decisionId: null,
    requestId: null,
  }))
  return linkEvents(orgId, { seq: chainStart.seq, hash: chainStart.hash }, drafts, new Date('2026-01-01T00:00:00Z'))
}

function firstBad(events: AuditEvent[]) {
  let at = chainStart
  for (const event of events) {
    const bad = checkLink(at, event, `${event.actor.kind}:${event.actor.id}`)
    if (bad) return bad
    at = { seq: event.seq, hash: event.hash }
  }
  return null
}

describe('the chain', () => {
  it('holds for any payload, also after a trip through JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ withBigInt: false, withDate: true }), { maxLength: 8 }), (payloads) => {
        const events = chainOf(
          payloads.filter((payload) => typeof payload !== 'symbol' && typeof payload !== 'function'),
        )
        expect(firstBad(JSON.parse(JSON.stringify(events)))).toBeNull()
      }),
    )
  })

  it('does not hold when any text anywhere in any event is changed', () => {
    fc.assert(
      fc.property(
        fc.nat(9),
        fc.constantFrom('action', 'reason', 'decisionId', 'requestId', 'occurredAt', 'id', 'orgId'),
        (index, field) => {
          const events = chainOf(Array.from({ length: 10 }, (_, n) => ({ n })))
          const changed = events.map((event, n) =>
            n === index ? { ...event, [field]: `${event[field as 'action']}x` } : event,
          )
          expect(firstBad(changed)).toMatchObject({ seq: index + 1, problem: 'altered' })
        },
      ),
    )
  })

  it('ends where head and checkpoints say', () => {
    const end = { seq: 3, hash: 'c' }
    const hashes = new Map([
      [2, 'b'],
      [3, 'c'],
    ])
    expect(checkEnd(end, end, [{ seq: 2, hash: 'b' }], hashes)).toBeNull()
    expect(checkEnd(end, end, [{ seq: 2, hash: 'x' }], hashes)).toMatchObject({ seq: 2, problem: 'rewritten' })
    expect(checkEnd(end, end, [{ seq: 4, hash: 'd' }], hashes)).toMatchObject({ seq: 4, problem: 'truncated' })
    expect(checkEnd(end, { seq: 5, hash: 'e' }, [], hashes)).toMatchObject({ seq: 4, problem: 'truncated' })
    expect(checkEnd(end, null, [], hashes)).toMatchObject({ seq: 4, problem: 'truncated' })
    expect(checkEnd(chainStart, null, [], new Map())).toBeNull()
    expect(checkEnd(end, end, [null], hashes)).toMatchObject({ problem: 'forged_checkpoint' })
  })
})

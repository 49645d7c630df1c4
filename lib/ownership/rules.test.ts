import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answeringKeys,
  assignmentOf,
  confirmationOf,
  isBackupApart,
  type OwnershipLike,
  transferOf,
} from '@/lib/identities/rules'
import { type OwnerDuty, ownerDuties, ownershipStates } from '@/lib/identities/schema'
import {
  attestationOf,
  conflictOf,
  hintSources,
  type OwnerChangeState,
  openSteps,
  resolutionOf,
  sourceConfidence,
  sourceOfHint,
} from './rules'

interface Row extends OwnershipLike {
  ended: boolean
}

const keys = ['user:a', 'user:b', 'team:c', 'hint:d']
const operation = fc.oneof(
  fc.record({ op: fc.constant('suggest' as const), key: fc.constantFrom(...keys) }),
  fc.record({
    op: fc.constant('assign' as const),
    key: fc.constantFrom('user:a', 'user:b', 'team:c'),
    duty: fc.constantFrom<OwnerDuty>(...ownerDuties),
  }),
  fc.record({ op: fc.constant('confirm' as const), at: fc.nat(20) }),
  fc.record({ op: fc.constant('end' as const), at: fc.nat(20) }),
  fc.record({ op: fc.constant('choose' as const), at: fc.nat(20) }),
  fc.record({
    op: fc.constant('transfer' as const),
    at: fc.nat(20),
    key: fc.constantFrom('user:a', 'user:b', 'team:c'),
  }),
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

/** Carries out one decision as the use cases do: rows change state or end, none goes away. */
function apply(rows: readonly Row[], given: Operation): Row[] {
  const live = rows.filter(({ ended }) => !ended)
  const set = (id: string | undefined, change: Partial<Row>) =>
    rows.map((row) => (row.id === id ? { ...row, ...change } : row))
  const add = (all: readonly Row[], row: Omit<Row, 'id' | 'label' | 'ended'>): Row[] => [
    ...all,
    { ...row, id: String(all.length).padStart(3, '0'), label: row.ownerKey, ended: false },
  ]
  if (given.op === 'suggest') {
    const isKnown = live.some(({ ownerKey, duty }) => ownerKey === given.key && duty === 'technical')
    return isKnown ? [...rows] : add(rows, { ownerKey: given.key, duty: 'technical', state: 'suggested' })
  }
  if (given.op === 'assign') {
    if (!isBackupApart(live, given.key, given.duty)) return [...rows]
    const decision = assignmentOf(live, given.key, given.duty)
    if (decision.kind === 'accept') return set(decision.ownershipId, { state: 'assigned' })
    return decision.kind === 'create'
      ? add(rows, { ownerKey: given.key, duty: given.duty, state: 'assigned' })
      : [...rows]
  }
  const row = live[given.at % Math.max(1, live.length)]
  if (!row) return [...rows]
  if (given.op === 'end') return set(row.id, { ended: true })
  if (given.op === 'confirm') {
    return confirmationOf(live, row, undefined).kind === 'confirm' ? set(row.id, { state: 'confirmed' }) : [...rows]
  }
  if (given.op === 'choose') {
    const decision = resolutionOf(live, row.id)
    if (decision.kind !== 'resolve') return [...rows]
    const ends = new Set(decision.ends.map(({ id }) => id))
    return rows.map((each) =>
      ends.has(each.id) ? { ...each, ended: true } : each.id === row.id ? { ...each, state: 'confirmed' } : each,
    )
  }
  const decision = transferOf(live, row, given.key)
  if (decision.kind !== 'transfer') return [...rows]
  const without = set(row.id, { ended: true })
  const held = without.find(({ id }) => id === decision.mergesInto)
  if (!held) return add(without, { ownerKey: given.key, duty: row.duty, state: 'assigned' })
  return held.state === 'suggested'
    ? without.map((each) => (each === held ? { ...each, state: 'assigned' as const } : each))
    : without
}

describe('the states of an ownership', () => {
  it('never go back, never return from their end, and never hold twice', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        let rows: Row[] = []
        for (const each of operations) {
          const next = apply(rows, each)
          for (const [index, before] of rows.entries()) {
            const after = next[index]
            expect(after?.id).toBe(before.id)
            expect(after?.ownerKey).toBe(before.ownerKey)
            if (before.ended) expect(after).toEqual(before)
            expect(ownershipStates.indexOf(after?.state ?? 'suggested')).toBeGreaterThanOrEqual(
              ownershipStates.indexOf(before.state),
            )
          }
          const live = next.filter(({ ended }) => !ended).map(({ ownerKey, duty }) => `${ownerKey} ${duty}`)
          expect(new Set(live).size).toBe(live.length)
          expect(answeringKeys(next.filter(({ ended }) => !ended)).filter((key) => key.startsWith('hint:'))).toEqual([])
          rows = next
        }
      }),
      { numRuns: 100 },
    )
  })

  it('leave no disagreement after one claim was chosen', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 30 }), fc.nat(20), (operations, at) => {
        const rows = operations.reduce(apply, [] as Row[])
        const live = rows.filter(({ ended }) => !ended)
        const chosen = conflictOf(live)[at % Math.max(1, conflictOf(live).length)]
        if (!chosen || resolutionOf(live, chosen.id).kind !== 'resolve') return
        const after = apply(rows, { op: 'choose', at: live.indexOf(chosen) })
        expect(conflictOf(after.filter(({ ended }) => !ended))).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

describe('sources', () => {
  it('are told by how the hint says where it is from, and weigh by the table', () => {
    expect(
      ['tag:Owner', 'label:team', 'annotation:x/owner', 'column:Owner', 'name', 'namespace', 'repository owner'].map(
        sourceOfHint,
      ),
    ).toEqual(['tag', 'annotation', 'annotation', 'tag', 'name', 'name', 'name'])
    expect(hintSources.at(-1)?.prefix).toBe('')
    expect(sourceConfidence).toMatchObject({ manual: 100, tag: 70, annotation: 65, name: 40 })
  })
})

describe('attestation', () => {
  it('is due when the days are over, and asked for two weeks before', () => {
    const now = Date.UTC(2026, 0, 1)
    const ago = (days: number) => new Date(now - days * 86_400_000)
    expect([null, ago(180), ago(166), ago(165)].map((at) => attestationOf(at, 180, now))).toEqual([
      'never',
      'due',
      'soon',
      'fresh',
    ])
    expect([90, 89, 75].map((days) => attestationOf(ago(days), 90, now))).toEqual(['due', 'soon', 'fresh'])
  })
})

describe('what may still be done with a change in the background', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const steps = (status: OwnerChangeState, more: object = {}, undo: object = {}) =>
    openSteps(
      { status, isRestore: false, isCancelling: false, changed: 10, ...more },
      { until: new Date(now + 1000), isUndone: false, ...undo },
      now,
    )

  it('is to stop it while it is under way, once', () => {
    expect(steps('queued')).toEqual({ cancel: true, undo: false })
    expect(steps('running')).toEqual({ cancel: true, undo: false })
    expect(steps('running', { isCancelling: true })).toEqual({ cancel: false, undo: false })
  })

  it('is to take back what it changed, in time and once, however it ended', () => {
    for (const status of ['done', 'cancelled', 'failed'] as const) {
      expect(steps(status)).toEqual({ cancel: false, undo: true })
      expect(steps(status, { changed: 0 }).undo).toBe(false)
      expect(steps(status, {}, { isUndone: true }).undo).toBe(false)
      expect(steps(status, {}, { until: new Date(now) }).undo).toBe(false)
    }
  })

  it('is nothing when it takes another one back', () => {
    expect(steps('running', { isRestore: true })).toEqual({ cancel: false, undo: false })
    expect(steps('done', { isRestore: true })).toEqual({ cancel: false, undo: false })
  })
})

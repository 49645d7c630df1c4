import { describe, expect, it, vi } from 'vitest'
import type { DecideInput, DecideResult, UndoResult } from '@/lib/reviews/items'
import { createOutbox, type Job } from './outbox'

const left = { open: 0, drafted: 0, signed: 0, total: 0 }
const actOf = (item: number) => `00000000-0000-4000-8000-${String(item).padStart(12, '0')}`
const decision = (item: number): Job & { kind: 'decide' } => ({
  kind: 'decide',
  key: `d${item}`,
  input: { id: actOf(0), what: { items: [item] }, decision: 'certify' },
})

/** A server that remembers what it was told, in the order in which it was told, and fails when it is told to. */
function setUp(kept: string | null = null) {
  const heard: string[] = []
  const told: string[] = []
  let failure: Error | undefined
  let refused: number[] = []
  let store = kept
  const decide = async ({ what }: DecideInput): Promise<DecideResult> => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (failure) throw failure
    const item = what.items?.[0] ?? 0
    heard.push(`decide ${item}`)
    const isRefused = refused.includes(item)
    return { actId: isRefused ? null : actOf(item), decided: isRefused ? 0 : 1, refused: 0, refusals: [], left }
  }
  const undo = async (actId: string | undefined): Promise<UndoResult> => {
    heard.push(`undo ${actId === undefined ? 'the last' : Number(actId.slice(-12))}`)
    return { actId: actId ?? actOf(9), says: '', items: [], restored: 1, left }
  }
  let state = { waiting: kept === null ? 0 : 1, isStuck: false }
  const outbox = createOutbox({
    kept,
    keep: (text) => {
      store = text
    },
    decide,
    undo,
    onDecided: (job) => told.push(`decided ${job.key}`),
    onUndone: (_, result) => told.push(result ? 'undone' : 'nothing to undo'),
    onRefused: (job, error) => told.push(`refused ${job.key}: ${error.message}`),
    onChange: (waiting, stuck) => {
      state = { waiting, isStuck: stuck !== undefined }
    },
    isPassing: (error) => error.message === 'away',
  })
  return {
    outbox,
    heard,
    told,
    store: () => store,
    state: () => state,
    /** Nothing goes on: all was sent, or it stands still. */
    settled: () => vi.waitFor(() => expect(state.waiting === 0 || state.isStuck).toBe(true)),
    fail: (error: Error | undefined) => {
      failure = error
    },
    refuse: (items: number[]) => {
      refused = items
    },
  }
}

describe('the outbox of decisions', () => {
  it('sends one after the other, in order', async () => {
    const { outbox, heard, told, store, settled } = setUp()
    for (const item of [1, 2, 3]) outbox.add(decision(item))
    expect(JSON.parse(store() ?? '[]')).toHaveLength(3)
    await settled()
    expect(heard).toEqual(['decide 1', 'decide 2', 'decide 3'])
    expect(told).toEqual(['decided d1', 'decided d2', 'decided d3'])
    expect(store()).toBeNull()
  })

  it('takes back what was sent by its act, and what was not by not sending it', async () => {
    const { outbox, heard, settled } = setUp()
    outbox.add(decision(1))
    await settled()
    outbox.add({ kind: 'undo', key: 'u1', of: 'd1' })
    await settled()
    expect(heard).toEqual(['decide 1', 'undo 1'])
    outbox.add(decision(2))
    outbox.add(decision(3))
    expect(outbox.add({ kind: 'undo', key: 'u3', of: 'd3' })).toBe('dropped')
    await settled()
    expect(heard).toEqual(['decide 1', 'undo 1', 'decide 2'])
  })

  it('takes back nothing else when the decision was refused', async () => {
    const { outbox, heard, told, refuse, settled } = setUp()
    refuse([1])
    outbox.add(decision(1))
    await settled()
    outbox.add({ kind: 'undo', key: 'u1', of: 'd1' })
    await settled()
    expect(heard).toEqual(['decide 1'])
    expect(told).toEqual(['decided d1', 'nothing to undo'])
  })

  it('stands still when the server is away, keeps what waits, and goes on where it stood', async () => {
    const first = setUp()
    first.fail(new Error('away'))
    first.outbox.add(decision(1))
    first.outbox.add(decision(2))
    await first.settled()
    expect(first.state()).toEqual({ waiting: 2, isStuck: true })
    expect(first.heard).toEqual([])
    // A reload: another page reads what was kept.
    const second = setUp(first.store())
    await second.settled()
    expect(second.heard).toEqual(['decide 1', 'decide 2'])
    expect(second.store()).toBeNull()
    first.fail(undefined)
    first.outbox.retry()
    await vi.waitFor(() => expect(first.state()).toEqual({ waiting: 0, isStuck: false }))
  })

  it('goes on behind what the server refuses for good', async () => {
    const { outbox, heard, told, fail, settled } = setUp()
    fail(new Error('no'))
    outbox.add(decision(1))
    await settled()
    fail(undefined)
    outbox.add(decision(2))
    await settled()
    expect(told).toEqual(['refused d1: no', 'decided d2'])
    expect(heard).toEqual(['decide 2'])
  })

  it('leaves alone what it does not know', () => {
    expect(setUp('{').store()).toBe('{')
    expect(setUp('[{"kind":"undo"},3]').heard).toEqual([])
  })
})

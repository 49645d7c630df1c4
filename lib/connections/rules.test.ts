import { describe, expect, it } from 'vitest'
import { findFormat } from '@/lib/connectors/registry'
import {
  addChanges,
  changesAnything,
  goneProblem,
  isStalled,
  needsColumns,
  needsConsent,
  paceOf,
  planReading,
  statesBefore,
  vanishedShare,
} from './rules'
import { type ChangeCounts, csvColumnLabels } from './schema'

const part = (counts: Partial<ChangeCounts>): ChangeCounts => ({
  new: 0,
  changed: 0,
  gone: 0,
  unchanged: 0,
  samples: { new: [], changed: [], gone: [] },
  ...counts,
})

describe('vanishedShare', () => {
  it('is the largest share of what was known, over identities and credentials', () => {
    expect(
      vanishedShare({
        identity: part({ gone: 1, unchanged: 8, changed: 1 }),
        credential: part({ gone: 3, unchanged: 3 }),
      }),
    ).toBe(0.5)
  })
  it('is nothing for a first import and for kinds that nobody rotates or revokes', () => {
    expect(vanishedShare({ identity: part({ new: 100 }), entitlement: part({ gone: 100 }) })).toBe(0)
  })
  it('asks above a fifth, for any one file', () => {
    expect(needsConsent([{ changes: { identity: part({ gone: 2, unchanged: 8 }) } }])).toBe(false)
    // What we deleted there ourselves counts neither way.
    const half = [
      { changes: { identity: part({ gone: 2, unchanged: 2 }), credential: part({ gone: 2, unchanged: 2 }) } },
    ]
    expect(needsConsent(half)).toBe(true)
    expect(needsConsent(half, { identity: 2, credential: 2 })).toBe(false)
    expect(needsConsent(half, { identity: 2, credential: 1 })).toBe(true)
    expect(needsConsent([{ changes: {} }, { changes: { identity: part({ gone: 3, unchanged: 8 }) } }])).toBe(true)
  })
})

describe('needsColumns', () => {
  const refused = { error: 'nothing to import', header: ['bot', 'where'] }
  it('is a refused CSV whose name is no column of it', () => {
    expect(needsColumns({ ...refused, columns: {} })).toBe(true)
    expect(needsColumns({ ...refused, columns: { name: 'robot' } })).toBe(true)
    expect(needsColumns({ ...refused, columns: { name: 'bot' } })).toBe(false)
    expect(needsColumns({ ...refused, error: null, columns: null })).toBe(false)
    expect(needsColumns({ error: 'is a picture', header: null, columns: null })).toBe(false)
  })
})

describe('addChanges', () => {
  it('adds numbers and keeps at most 20 names', () => {
    const names = Array.from({ length: 15 }, (_, n) => `n${n}`)
    const one = { identity: part({ new: 15, samples: { new: names, changed: [], gone: [] } }) }
    const sum = addChanges([one, one, {}])
    expect(sum.identity).toMatchObject({ new: 30 })
    expect(sum.identity?.samples.new).toHaveLength(20)
    expect(changesAnything(sum)).toBe(true)
    expect(changesAnything({ identity: part({ unchanged: 3 }) })).toBe(false)
  })
})

describe('states', () => {
  it('can only be applied after a preview or a failure, and never twice', () => {
    expect(statesBefore('queued')).toEqual(['previewed', 'failed'])
    expect(statesBefore('applied')).toEqual(['applying'])
  })
})

describe('consent', () => {
  const going = (gone: number) => [{ changes: { identity: part({ gone, unchanged: 10 - gone }) } }]
  it('is to the number that the preview showed, and to no more', () => {
    expect(goneProblem(going(2), { given: false, previewed: going(2) })).toBeNull()
    expect(goneProblem(going(3), { given: false, previewed: going(3) })).toMatch(/20 %/)
    expect(goneProblem(going(3), { given: true, previewed: going(3) })).toBeNull()
    expect(goneProblem(going(10), { given: true, previewed: going(3) })).toMatch(/10 identities.*said 3/)
  })
})

describe('a run under way', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const run = { status: 'applying', createdAt: at(0), startedAt: at(10), progress: { updatedAt: at(12) } }
  it('is stalled after five minutes without a sign of the worker', () => {
    expect(isStalled(run, at(17))).toBe(false)
    expect(isStalled(run, at(18))).toBe(true)
    expect(isStalled({ ...run, progress: null }, at(16))).toBe(true)
    expect(isStalled({ ...run, status: 'queued', startedAt: null, progress: null }, at(6))).toBe(true)
  })
  it('is never stalled when it has ended or not begun', () => {
    for (const status of ['previewed', 'applied', 'failed', 'discarded'])
      expect(isStalled({ ...run, status }, at(999))).toBe(false)
  })
})

describe('the mapping step', () => {
  it('names every target of the CSV connector', () => {
    expect(Object.keys(csvColumnLabels)).toEqual(findFormat('csv')?.columns?.targets)
  })
})

describe('the pace of an import', () => {
  const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000).toISOString()
  it('follows from what was done since it began', () => {
    const progress = { done: 30_000, total: 90_000, startedAt: at(0), updatedAt: at(10) }
    expect(paceOf(progress)).toEqual({ perSecond: 3000, secondsLeft: 20 })
  })
  it('is not guessed before anything is done, nor when all is', () => {
    expect(paceOf({ done: 0, total: 10, startedAt: at(0), updatedAt: at(5) })).toBeNull()
    expect(paceOf({ done: 5, total: 10, startedAt: at(5), updatedAt: at(5) })).toBeNull()
    expect(paceOf({ done: 10, total: 10, startedAt: at(0), updatedAt: at(5) })).toBeNull()
  })
})

describe('what a sync reads', () => {
  const now = new Date('2026-11-23T12:00:00Z')
  const kept = { mark: 'm', lost: null, readAllAt: new Date('2026-11-23T00:00:00Z') }
  const plan = (more: Partial<Parameters<typeof planReading>[0]>) =>
    planReading({ why: null, wantsAll: false, kept, ...more }, now)

  it('is what changed, where nothing speaks against it', () => {
    expect(plan({})).toEqual({ reads: 'changes', because: 'The source tells what changed.' })
  })

  it('is everything for one reason, which is told', () => {
    const dayOld = { ...kept, readAllAt: new Date('2026-11-22T12:00:00Z') }
    const reasons = [
      plan({ why: 'It keeps no times.', wantsAll: true }),
      plan({ wantsAll: true }),
      plan({ kept: { mark: null, lost: null, readAllAt: null } }),
      plan({ kept: { ...kept, mark: null, lost: 'Its settings were changed.' } }),
      plan({ kept: dayOld }),
    ]
    expect(reasons.map(({ reads }) => reads)).toEqual(['all', 'all', 'all', 'all', 'all'])
    expect(reasons.map(({ because }) => because)).toEqual([
      ...['It keeps no times.', 'Somebody asked for it.', 'It was not read to its end before.'],
      ...['Its settings were changed.', 'Everything is read again after 24 hours.'],
    ])
    expect(plan({ kept: { ...dayOld, readAllAt: new Date('2026-11-22T12:00:01Z') } }).reads).toBe('changes')
  })
})

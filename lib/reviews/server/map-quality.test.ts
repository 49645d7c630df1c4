import { describe, expect, it } from 'vitest'
import type { Measures } from '../remedies'
import { QualityRules } from '../templates'
import { flagsOf, sayFlag } from './map-quality'

const rules = QualityRules.parse({})
const careful: Measures = {
  ...{ decisions: 40, bulkDecisions: 0, medianSeconds: 30, p10Seconds: 10, p90Seconds: 90, certifiedPercent: 70 },
  ...{
    openedPercent: 90,
    nearDeadlinePercent: 10,
    identicalNotesPercent: 20,
    notes: 10,
    notIndependent: 0,
    reversedIn30Days: 0,
  },
}

describe('flags', () => {
  it('are none for a careful reviewer', () => expect(flagsOf(careful, rules)).toEqual([]))

  it.each([
    [{ medianSeconds: 1 }, 'too_fast'],
    [{ certifiedPercent: 100 }, 'approves_all'],
    [{ openedPercent: 5 }, 'evidence_unopened'],
    [{ nearDeadlinePercent: 90 }, 'near_deadline'],
    [{ identicalNotesPercent: 100 }, 'identical_notes'],
    [{ notIndependent: 1 }, 'not_independent'],
    [{ reversedIn30Days: 2 }, 'reversed'],
  ] as const)('tell %j', (over, flag) => {
    const measures = { ...careful, ...over }
    expect(flagsOf(measures, rules)).toEqual([flag])
    expect(sayFlag(flag, measures)).toMatch(/\d/)
  })

  it('say nothing of few decisions, nor of what was not measured', () => {
    expect(
      flagsOf({ ...careful, decisions: 5, medianSeconds: 0.1, certifiedPercent: 100, openedPercent: 0 }, rules),
    ).toEqual([])
    expect(flagsOf({ ...careful, medianSeconds: null, openedPercent: null, nearDeadlinePercent: null }, rules)).toEqual(
      [],
    )
    expect(flagsOf({ ...careful, bulkDecisions: 39, medianSeconds: 0.1 }, rules)).toEqual([])
  })
})

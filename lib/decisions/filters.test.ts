import { describe, expect, it } from 'vitest'
import { toFilter } from './filters'

const nothing = { subject: '', resource: null, action: null, reason: null, caller: null, outcome: null, since: null }

describe('toFilter', () => {
  it('sends nothing that is not set', () => expect(toFilter({ ...nothing, subject: '  ' }, new Date())).toEqual({}))

  it('counts relative times from the minute, so that a page asks the same question for a minute', () => {
    const now = new Date('2026-03-29T01:30:45.678Z')
    expect(toFilter({ ...nothing, since: '15m', outcome: 'denied', subject: ' svc ' }, now)).toEqual({
      ...{ from: '2026-03-29T01:15:00.000Z', outcome: 'denied', subject: 'svc' },
    })
  })
})

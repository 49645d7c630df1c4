import { describe, expect, it } from 'vitest'
import { hoursInWords } from './blast-words'
import { noChanges, parseChanges, printChanges, withChange } from './what-if-address'
import { lifetimesOf } from './what-if-lifetimes'

const hourMs = 3_600_000
const now = Date.parse('2026-11-23T20:40:30.000Z')
const id = '0198f0a2-7c1e-7b3a-8f00-00ff10ab0001'

describe('the lives that a credential can be given', () => {
  it('last as long as they say, at any time of day, also a minute later and by the address', () => {
    for (const hour of [0, 8, 23.9]) {
      const at = now + hour * hourMs
      const [, week] = lifetimesOf(at, null, undefined)
      const changes = withChange(noChanges, { kind: 'shorten', id, expiresAt: week?.at ?? '' })
      const ends = Date.parse(parseChanges(printChanges(changes))?.shorten[0]?.expiresAt ?? '')
      for (const later of [0, 60_000]) expect(hoursInWords((ends - at - later) / hourMs)).toBe('7 days')
    }
  })

  it('end before the credential does', () => {
    expect(lifetimesOf(now, null, undefined).map(({ days }) => days)).toEqual([1, 7, 30, 90])
    expect(lifetimesOf(now, '2026-11-30T20:40:30.000Z', undefined).map(({ days }) => days)).toEqual([1])
    expect(lifetimesOf(now, '2026-11-30T20:40:31.000Z', undefined).map(({ days }) => days)).toEqual([1, 7])
  })

  it('know again the one that was chosen a while ago, and no other', () => {
    const chosen = '2026-11-30T20:10:00.000Z'
    expect(lifetimesOf(now, null, chosen).map(({ at }) => at === chosen)).toEqual([false, true, false, false])
    expect(lifetimesOf(now, null, '2026-11-30T00:00:00.000Z').filter(({ at }) => at.endsWith('00:00:00.000Z'))).toEqual(
      [],
    )
  })
})

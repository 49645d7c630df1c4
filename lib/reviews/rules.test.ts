import { describe, expect, it } from 'vitest'
import { conflictsOf, type Directory, deadlinesOf, endOfDay, instantIn, resolveReviewers } from './rules'

const at = (text: string) => Date.parse(text)
const shown = (ms: number) => new Date(ms).toISOString()

describe('the end of a day', () => {
  it.each([
    ['a plain day', '2026-11-23T10:00:00Z', 14, 'Europe/Berlin', '2026-12-07T22:59:59.999Z'],
    ['over the day of 23 hours', '2027-03-27T12:00:00Z', 1, 'Europe/Berlin', '2027-03-28T21:59:59.999Z'],
    ['over the day of 25 hours', '2026-10-24T12:00:00Z', 1, 'Europe/Berlin', '2026-10-25T22:59:59.999Z'],
    ['a midnight that is skipped', '2026-09-04T12:00:00Z', 1, 'America/Santiago', '2026-09-06T03:59:59.999Z'],
    ['a last hour that comes twice', '2026-04-03T12:00:00Z', 1, 'America/Santiago', '2026-04-05T03:59:59.999Z'],
    ['far east, already tomorrow', '2026-11-23T20:00:00Z', 1, 'Pacific/Auckland', '2026-11-25T10:59:59.999Z'],
    ['a quarter of an hour', '2026-11-23T00:00:00Z', 0, 'Asia/Kathmandu', '2026-11-23T18:14:59.999Z'],
  ])('%s', (_name, from, days, zone, end) => {
    expect(shown(endOfDay(at(from), days, zone))).toBe(end)
  })

  it('follows the clock of the place for each stage', () => {
    const stages = [
      { name: 'One', days: 7 },
      { name: 'Two', days: 7 },
    ]
    const found = deadlinesOf({ stages: stages as never, timeZone: 'Europe/Berlin' }, at('2026-10-18T10:00:00Z'))
    expect(found.map(({ atMs }) => shown(atMs))).toEqual(['2026-10-25T22:59:59.999Z', '2026-11-01T22:59:59.999Z'])
  })

  it('finds the instant of a local time, also of one that is skipped', () => {
    expect(shown(instantIn('2026-11-23T09:00:00', 'Europe/Berlin'))).toBe('2026-11-23T08:00:00.000Z')
    expect(shown(instantIn('2027-03-28T02:30:00', 'Europe/Berlin'))).toBe('2027-03-28T01:00:00.000Z')
  })
})

const person = (name: string) => ({ name })
const directory: Directory = {
  people: new Map(['ann', 'ben', 'cat', 'dan'].map((id) => [id, person(id)])),
  teams: new Map([
    ['pay', { name: 'Payments', members: ['ann', 'ben'], leads: ['ben'] }],
    ['solo', { name: 'Solo', members: ['cat'], leads: [] }],
    ['gone', { name: 'Gone', members: ['eve'], leads: ['eve'] }],
  ]),
  teamsOf: new Map([
    ['ann', ['pay']],
    ['ben', ['pay']],
  ]),
}
const stage = {
  reviewers: ['owner' as const, 'backup' as const, 'team_lead' as const],
  named: [],
  howMany: 'first' as const,
}
const rules = { fallback: 'user:dan', selfReview: 'never' as const, isFinal: true }
const owned = (of: Partial<Parameters<typeof resolveReviewers>[2]>) => ({
  ...{ owners: [], backups: [], soleOwnerIds: [], creatorIds: [], userIds: [], ...of },
})

describe('who reviews', () => {
  it('asks the owner, then the backup, then the lead, then the fallback', () => {
    const ask = (of: Parameters<typeof owned>[0]) => resolveReviewers(stage, rules, owned(of), directory)
    expect(ask({ owners: ['user:ann', 'user:cat'] }).chosen).toEqual([{ key: 'user:ann', way: 'owner' }])
    expect(ask({ owners: ['user:ann'], soleOwnerIds: ['ann'], backups: ['user:cat'] })).toEqual({
      chosen: [{ key: 'user:cat', way: 'backup' }],
      passed: ['owns_alone'],
    })
    expect(ask({ owners: ['user:ann'], soleOwnerIds: ['ann'] }).chosen).toEqual([{ key: 'user:ben', way: 'team_lead' }])
    expect(ask({}).chosen).toEqual([{ key: 'user:dan', way: 'fallback' }])
    expect(ask({ creatorIds: ['dan'] })).toEqual({ chosen: [], passed: ['created'] })
  })

  it('asks a team while one of it may, and nobody who has left', () => {
    const ask = (of: Parameters<typeof owned>[0]) =>
      resolveReviewers(stage, { ...rules, fallback: null }, owned(of), directory)
    expect(ask({ owners: ['team:pay'], creatorIds: ['ann'] }).chosen).toEqual([{ key: 'team:pay', way: 'owner' }])
    expect(ask({ owners: ['team:pay'], creatorIds: ['ann', 'ben'] }).chosen).toEqual([])
    expect(ask({ owners: ['team:gone', 'user:eve'] }).chosen).toEqual([])
    expect(ask({ owners: ['team:solo'], soleOwnerIds: ['cat'] }).chosen).toEqual([])
  })

  it('never gives back, also where owners may certify what is theirs', () => {
    const allowed = { ...rules, selfReview: 'allowed' as const }
    const mine = owned({ owners: ['user:ann'], soleOwnerIds: ['ann'] })
    expect(resolveReviewers(stage, allowed, mine, directory).chosen).toEqual([{ key: 'user:ann', way: 'owner' }])
    expect(resolveReviewers(stage, allowed, mine, directory, ['ann']).chosen).toEqual([
      { key: 'user:ben', way: 'team_lead' },
    ])
    expect(conflictsOf('ann', { ...mine, chainIds: ['ann'], actsForIds: ['ann'] })).toEqual([
      'owns_alone',
      'had_it_before',
      'acts_for_conflicted',
    ])
  })
})

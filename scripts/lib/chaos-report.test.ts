import { describe, expect, it } from 'vitest'
import { type Piece, reportChaos, zeros } from './chaos-report.mjs'

const piece = (change: Record<string, number> = {}, more: Partial<Piece> = {}): Piece => ({
  tally: {
    runs: 30,
    kills: 4,
    probes: 900,
    target_outage_s: 1.24,
    ...Object.fromEntries(zeros.map((name) => [name, 0])),
    ...change,
  },
  ...{
    recoveries: [1, 2],
    ends: { 'rotation done': 30 },
    killedAt: ['redis cut inside'],
    systems: 6,
    leftOut: [],
    seconds: 100,
  },
  ...more,
})

describe('the report on chaos', () => {
  it('adds pieces up, with the recoveries of all of them', () => {
    const { figures, isClean, lines } = reportChaos([
      piece(),
      piece({}, { recoveries: [3, 40], killedAt: ['ldap cut after'] }),
    ])
    expect(figures).toMatchObject({
      runs: 60,
      kills: 8,
      target_outage_s: 2.5,
      p95_recovery_s: 40,
      systems: 6,
      seconds: 200,
    })
    expect(isClean).toBe(true)
    expect(lines).toEqual([
      '  killed at 2 places: ldap cut after, redis cut inside',
      '  60 × rotation done',
      '60 runs on 6 systems in 200 s: 8 workers killed, 0 connections cut, 0 restarts of systems, 1800 logins judged: everything as it has to be',
    ])
  })

  it('is not clean where one of them has what must not be, or a figure was not taken', () => {
    for (const name of zeros) {
      expect(reportChaos([piece(), piece({ [name]: 1 })]).isClean).toBe(false)
      // As JSON writes what is no number.
      expect(reportChaos([piece(), piece({ [name]: null as unknown as number })]).isClean).toBe(false)
    }
    expect(reportChaos([piece({ stuck_runs: 2 })]).lines.at(-1)).toMatch(/logins judged: stuck_runs 2$/)
  })

  it('names a system that was left out, which is no fault only where it is taken as found', () => {
    const without = [piece({}, { systems: 5, leftOut: ['ldap'] })]
    expect(reportChaos(without).isClean).toBe(false)
    expect(reportChaos(without, { asFound: true }).isClean).toBe(true)
    expect(reportChaos(without).lines.at(-1)).toMatch(/; without ldap$/)
  })

  it('is not clean without a single run', () => {
    expect(reportChaos([]).isClean).toBe(false)
    expect(reportChaos([piece({ runs: 0 })]).isClean).toBe(false)
  })
})

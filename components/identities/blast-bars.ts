import { bandOf, type ScoreBand, scoreBands } from '@/lib/access-graph/score'

export interface BlastBar {
  from: number
  to: number
  value: number
  /** How many of them are in each band that the ten points touch, the lower band first. */
  parts: { band: ScoreBand; value: number }[]
}

const step = 10
const criticalFrom = scoreBands.find(({ band }) => band === 'critical')?.from ?? 100

/**
 * The distribution as bars of ten points each, the highest first. Critical begins in the midst of ten points: how many of those
 * are critical follows from how many are at all.
 */
export function blastBars(distribution: readonly number[], critical: number): BlastBar[] {
  let above = 0
  return distribution
    .map((value, index) => ({ value, from: index * step, to: (index + 1) * step }))
    .toReversed()
    .map((bar) => {
      const band = bandOf(bar.from)
      const isDivided = bar.from < criticalFrom && criticalFrom < bar.to
      const high = isDivided ? Math.min(bar.value, Math.max(0, critical - above)) : 0
      above += bar.value
      const parts = [{ band, value: bar.value - high }]
      return { ...bar, parts: isDivided ? [...parts, { band: 'critical' as const, value: high }] : parts }
    })
}

import type { Context } from '@/lib/platform/context'
import type { RevokeTime } from '../drills'
import { percentile } from '../engine/verdicts'
import { findMeasured, type MeasuredRow } from './store-drills'

export const measuredDays = 90

/**
 * How long cutting access took where it was measured, by connector and type of credential. Whoever may not see runs gets null.
 * @param connector only of this one
 */
export async function listRevokeTimes(ctx: Context, connector: string | null = null): Promise<RevokeTime[] | null> {
  const [may] = await ctx.can(['list'], [{ kind: 'lifecycle_run', id: 'any', label: 'runs', attr: {} }])
  if (may?.list !== true) return null
  const since = new Date(Date.now() - measuredDays * 86_400_000)
  const rows = await findMeasured(ctx, since, connector)
  const groups = new Map<string, MeasuredRow[]>()
  for (const row of rows) {
    const key = `${row.connector} ${row.credentialType}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()].flatMap(presentTimes).sort((a, b) => (a.connector < b.connector ? -1 : 1))
}

function presentTimes(rows: readonly MeasuredRow[]): RevokeTime[] {
  const [first] = rows
  if (!first) return []
  // What was never refused while it was tried took longer than all others.
  const seconds = rows.map((row) => row.seconds ?? Number.POSITIVE_INFINITY)
  const finite = (share: number) => {
    const value = percentile(seconds, share)
    return value === null || !Number.isFinite(value) ? null : value
  }
  return [
    {
      ...{ connector: first.connector, credentialType: first.credentialType },
      ...{ p50Seconds: finite(0.5), p95Seconds: finite(0.95) },
      drills: rows.filter(({ kind }) => kind === 'drill').length,
      revocations: rows.filter(({ kind }) => kind === 'revocation').length,
      leaked: rows.filter((row) => row.seconds === null).length,
      lastAt: new Date(Math.max(...rows.map(({ at }) => at.getTime()))).toISOString(),
    },
  ]
}

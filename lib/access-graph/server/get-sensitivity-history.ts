import type { Context } from '@/lib/platform/context'
import { sourceTarget } from '../rules'
import type { ById } from '../schema'
import { SensitivityHistory } from '../worth'
import { findResource } from './store'
import { listSensitivityChanges } from './store-sensitivity'

const mostChanges = 200

/**
 * How sensitive a resource is, who says so, and every change of it, latest first (at most 200).
 * @throws AppError `not_found`, `forbidden`
 */
export async function getSensitivityHistory(ctx: Context, { id }: ById): Promise<SensitivityHistory> {
  const row = await findResource(ctx, id)
  const target = sourceTarget(row.source)
  await ctx.authorize('read', target)
  const [changes, [may]] = await Promise.all([
    listSensitivityChanges(ctx, id, mostChanges),
    ctx.can(['classify'], [target]),
  ])
  return SensitivityHistory.parse({
    current: row.effectiveSensitivity,
    by: row.sensitivityBy ?? (row.effectiveSensitivity === null ? 'nobody' : 'source'),
    changes: changes.map((change) => ({ ...change, at: change.at.toISOString() })),
    can: { set: may?.classify === true && row.deletedAt === null },
  })
}

import type { Context } from '@/lib/platform/context'
import type { BlastSummary } from '../blast-radius'
import { presentKeptFigures } from './present-figures'
import { presentNode } from './present-steps'
import { resolveWholeSight } from './resolve-sight'
import { findGraphNodes } from './store-graph'
import { listScoreDays, listTopScores } from './store-summary'

const mostDays = 90
const mostTop = 10
const bands = 10

/**
 * The scores of the organization as they were last worked out: how they are distributed, the highest ones and how they went.
 * @throws AppError `forbidden` for who may not see every source and identity
 */
export async function getBlastSummary(ctx: Context): Promise<BlastSummary> {
  const sight = await resolveWholeSight(ctx)
  const [days, top] = await Promise.all([listScoreDays(ctx, mostDays), listTopScores(ctx, mostTop)])
  const nodes = await findGraphNodes(
    ctx,
    sight,
    top.map(({ id }) => id),
  )
  const last = days.at(-1)
  return {
    distribution: last?.distribution ?? new Array<number>(bands).fill(0),
    scored: last?.scored ?? 0,
    total: last?.total ?? 0,
    top: top.map(({ id, ownerLabel, ...kept }) => ({
      node: presentNode(nodes.get(id)),
      figures: presentKeptFigures(kept),
      ownerLabel,
    })),
    trend: days.map(({ day, total, mean, critical, scored }) => ({ day, total, mean, critical, scored })),
    asOf: last?.scoredAt.toISOString() ?? null,
  }
}

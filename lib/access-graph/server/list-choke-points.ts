import type { Context } from '@/lib/platform/context'
import type { ChokePoints } from '../blast-radius'
import type { ChokePointsQuery } from '../filters'
import { presentStamp, readSteps } from './present-steps'
import { resolveWholeSight } from './resolve-sight'
import { askGraph } from './serve-graph'

/** So many edges are weighed exactly: those by which most is reached. */
const candidates = 200

/**
 * The edges whose removal lowers the sum of all scores most. A secret that is stored is told by the step from its resource to
 * the credential.
 * @throws AppError `forbidden` for who may not see every source and identity
 */
export async function listChokePoints(ctx: Context, { top }: ChokePointsQuery): Promise<ChokePoints> {
  const sight = await resolveWholeSight(ctx)
  const told = await askGraph(ctx, { op: 'chokePoints', top, candidates })
  const { items, total, candidates: weighed } = told.answer
  const known = await readSteps(
    ctx,
    sight,
    items.map(({ step }) => [step]),
  )
  return {
    items: items.flatMap(({ step, ...effect }) => {
      const [told] = known.path([step])
      return told ? { step: told, ...effect } : []
    }),
    total,
    candidates: weighed,
    graph: presentStamp(told),
  }
}

import type { Context } from '@/lib/platform/context'
import type { ChokePoints } from '../blast-radius'
import type { ChokePointsQuery } from '../filters'
import { presentNode, presentStamp, readSteps, type Told } from './present-steps'
import { resolveWholeSight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findGraphNodes, findScores } from './store-graph'

/** So many edges are weighed exactly: those by which most is reached. */
const candidates = 200
/** So many of the nearest that use an edge are looked at for the one that reaches furthest. */
const nearest = 50

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
  const users = await findUsers(
    ctx,
    known,
    items.map(({ step }) => step.fromId),
  )
  const nodes = await findGraphNodes(ctx, sight, [...users.values()])
  return {
    items: items.flatMap(({ step, ...effect }) => {
      const [told] = known.path([step])
      const user = nodes.get(users.get(step.fromId) ?? '')
      return told ? [{ step: told, mostAffected: user ? presentNode(user) : null, ...effect }] : []
    }),
    total,
    candidates: weighed,
    graph: presentStamp(told),
  }
}

/** For each start of an edge the identity that uses it: itself, else of the nearest the one with the highest score. */
async function findUsers(ctx: Context, known: Told, startIds: readonly string[]): Promise<Map<string, string>> {
  const near = await Promise.all(
    [...new Set(startIds)].map(async (id) => {
      const type = known.row(id)?.type
      if (type === 'identity') return { id, ids: [id] }
      const page = { at: 0, limit: nearest }
      const found =
        type === 'resource'
          ? await askGraph(ctx, { op: 'reachers', resourceId: id, ...page })
          : await askGraph(ctx, { op: 'exposed', startId: id, ...page })
      return { id, ids: found.answer.items.map((item) => item.id) }
    }),
  )
  const scores = await findScores(
    ctx,
    near.flatMap(({ ids }) => ids),
  )
  const furthest = (ids: readonly string[]) =>
    ids.filter((id) => scores.has(id)).toSorted((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0))[0]
  return new Map(
    near.flatMap(({ id, ids }) => {
      const user = ids.length === 1 ? ids[0] : furthest(ids)
      return user ? [[id, user] as const] : []
    }),
  )
}

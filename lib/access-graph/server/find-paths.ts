import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { Paths, PathsQuery } from '../blast-radius'
import { type EngineHopKind, engineHopKinds } from '../engine/contract'
import { sourceTarget } from '../rules'
import { levels } from '../score'
import { presentNode, presentStamp, readSteps } from './present-steps'
import { resolveSight, type Sight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findGraphNodes, type GraphNodeRow } from './store-graph'

/**
 * The shortest paths from one node of the graph to another, at most `k`, by the kinds of edges that are asked for. From a
 * resource: by what the most that anybody holds on it opens.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when one of the two is not the caller's to see;
 * `invalid_input` for a kind that no edge has, and for two ends that are the same
 */
export async function findPaths(ctx: Context, { from, to, kinds, k }: PathsQuery): Promise<Paths> {
  if (from === to) throw refusal('to', 'Choose two different ends.')
  const wanted = kinds === undefined ? undefined : kindsOf(kinds)
  const sight = await resolveSight(ctx)
  const ends = await findGraphNodes(ctx, sight, [from, to])
  const [start, end] = [await readableEnd(ctx, ends.get(from)), await readableEnd(ctx, ends.get(to))]
  if (start.type === 'credential')
    throw refusal('from', 'A path begins with an identity, a person, a role or a resource.')
  if (end.type === 'credential') throw refusal('to', 'A path ends with an identity, a person, a role or a resource.')
  const told = await askGraph(ctx, { op: 'paths', fromId: from, toId: to, ...(wanted ? { kinds: wanted } : {}), k })
  const { paths, hasMore } = told.answer
  const known = await readSteps(
    ctx,
    nearerSight(sight, start),
    paths.map(({ steps }) => steps),
  )
  return {
    from: presentNode(start),
    to: presentNode(end),
    paths: paths.map(({ steps, level }) => ({ steps: known.path(steps), level: levels[level - 1] ?? null })),
    hasMore,
    graph: presentStamp(told),
  }
}

/** Whoever may read an identity is told what it does within its own source. */
function nearerSight(sight: Sight, start: GraphNodeRow): Sight {
  return start.type === 'identity' ? { ...sight, nearId: start.id } : sight
}

async function readableEnd(ctx: Context, row: GraphNodeRow | undefined): Promise<GraphNodeRow> {
  if (!row) throw new AppError('not_found', 'There is no such node in this organization.')
  const { sourceId, sourceName, system } = row
  if (row.type === 'identity') await resolveIdentity(ctx, row.id)
  else await ctx.authorize('read', sourceTarget({ id: sourceId, name: sourceName, system }))
  return { ...row, isSeen: true }
}

function kindsOf(text: string): EngineHopKind[] {
  const words = text.split(',').filter((word) => word !== '')
  const unknown = words.find((word) => !engineHopKinds.some((kind) => kind === word))
  if (unknown !== undefined) throw refusal('kinds', `No edge is of the kind “${unknown}”.`)
  if (words.length === 0) throw refusal('kinds', 'Name at least one kind.')
  return words as EngineHopKind[]
}

function refusal(field: string, message: string): AppError {
  return new AppError('invalid_input', message, { fields: { [field]: message } })
}

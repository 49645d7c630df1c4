import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import type { Picture, PictureNode, PictureQuery } from '../blast-radius'
import type { GraphAnswers } from '../engine/requests'
import { levels } from '../score'
import { presentStamp, readSteps, type Told } from './present-steps'
import { resolveSight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { type HeldCredential, listLiveCredentials } from './store-graph'

/** The most credentials that are drawn one by one unless their group is expanded. */
const mostCredentials = 12

/**
 * The picture of what an identity reaches, from its credentials by identities and roles to resources. What is too much to draw
 * is grouped by layer, system and kind, with counts; `expand` draws groups apart.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getPicture(
  ctx: Context,
  { id, expand = '', cap }: PictureQuery & { id: string },
): Promise<Picture> {
  await resolveIdentity(ctx, id)
  const groups = expand.split(',').filter((group) => group !== '')
  const [sight, held] = await Promise.all([resolveSight(ctx, id), listLiveCredentials(ctx, id, cap)])
  const credentials = drawCredentials(held, groups, Math.trunc(cap / 4))
  const told = await askGraph(ctx, {
    op: 'picture',
    startId: id,
    expand: groups.filter((group) => !group.startsWith('group:credential:')),
    cap: cap - credentials.length,
  })
  const { nodes, edges, drawn, total } = told.answer
  const known = await readSteps(
    ctx,
    sight,
    [],
    nodes.flatMap((node) => node.id ?? []),
  )
  const heldTotal = held[0]?.total ?? 0
  return {
    nodes: [...credentials, ...nodes.map((node) => presentPictureNode(known, node))],
    edges: [
      ...credentials.map(({ id: from, count }) => ({
        from,
        to: id,
        kind: 'authenticates_as' as const,
        isUsed: held.some((one) => one.lastUsedAt !== null && (count > 1 || one.id === from)),
        level: null,
        count,
      })),
      ...edges.map((edge) => ({ ...edge, level: levels[edge.level - 1] ?? null })),
    ],
    drawn: drawn + heldTotal,
    total: total + heldTotal,
    graph: presentStamp(told),
  }
}

/** The identity's own live credentials: one by one when they are few or their group is expanded, else all as one. */
function drawCredentials(held: readonly HeldCredential[], expanded: readonly string[], room: number): PictureNode[] {
  const [first] = held
  if (!first) return []
  const plain = { layer: 'credential' as const, depth: 0, kind: 'credential', sensitivity: null, level: null }
  const one = ({ id, name, system }: HeldCredential) => ({ ...plain, id, name, system, count: 1 })
  const key = `group:credential:${first.system}:credential`
  const most = expanded.includes(key) ? room : Math.min(mostCredentials, room)
  if (first.total <= most) return held.map(one)
  return [{ ...plain, id: key, name: `${first.total} credentials`, system: first.system, count: first.total }]
}

function presentPictureNode(
  known: Told,
  { key, id, layer, depth, system, level, count }: GraphAnswers['picture']['nodes'][number],
): PictureNode {
  const plain = { id: key, layer, depth, system, count, level: levels[level - 1] ?? null }
  if (id === null) {
    const kind = key.split(':').slice(3).join(':')
    return { ...plain, name: `${count} × ${kind.replaceAll('_', ' ')}`, kind, sensitivity: null }
  }
  const row = known.row(id)
  return {
    ...plain,
    name: known.node(id).name,
    // As the graph groups people.
    kind: row?.type === 'human' ? 'person' : (row?.kind ?? null),
    system: row?.system ?? system,
    sensitivity: (row?.sensitivity as PictureNode['sensitivity']) ?? null,
  }
}

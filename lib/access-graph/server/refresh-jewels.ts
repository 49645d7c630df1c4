import type { Context } from '@/lib/platform/context'
import type { RawStep } from '../engine/requests'
import { askGraph } from './serve-graph'
import { findNodes } from './store'
import { findJewelReach, type JewelFinding, type JewelStep, listSeenJewels, type SeenJewelRow } from './store-scores'

/** Who reaches a jewel is asked for in pages of so many. */
const pageLength = 1000

export interface JewelNews {
  jewelId: string
  version: string
  findings: JewelFinding[]
}

const unknownName = 'unknown'

interface Reacher {
  level: number
  path: RawStep[]
}

/**
 * Compares who reaches each crown jewel now with who did when it was last looked at. The first look finds everybody and is no
 * change. Who reaches it at the same level by another way is found too, so that the way that is kept is one that there is. Jewels
 * that nothing changed for are told too: they were looked at.
 */
export async function refreshJewels(ctx: Context, version: bigint): Promise<JewelNews[]> {
  const jewels = (await listSeenJewels(ctx)).filter((jewel) => jewel.seenVersion !== version)
  const news: JewelNews[] = []
  for (const jewel of jewels) news.push(await lookAt(ctx, jewel))
  return news
}

async function lookAt(ctx: Context, jewel: SeenJewelRow): Promise<JewelNews> {
  const [before, { reachers, version }] = await Promise.all([findJewelReach(ctx, jewel.id), findReachers(ctx, jewel)])
  const ids = [...new Set([...before.keys(), ...reachers.keys()])]
  const isOther = (id: string) => before.get(id)?.level !== reachers.get(id)?.level
  const stayed = ids.filter((id) => !isOther(id))
  const ends = await findNodes(ctx, [
    ...new Set(stayed.flatMap((id) => reachers.get(id)?.path ?? []).map(({ toId }) => toId)),
  ])
  const endOf = (id: string) => ends.get(id)?.name ?? unknownName
  const byOtherWay = stayed.filter((id) => !isSameWay(before.get(id)?.path, reachers.get(id)?.path ?? [], endOf))
  const changed = [...ids.filter(isOther), ...byOtherWay]
  const steps = changed.flatMap((id) => reachers.get(id)?.path ?? [])
  const nodes = await findNodes(ctx, [...changed, ...steps.flatMap(({ fromId, toId }) => [fromId, toId])])
  const nameOf = (id: string) => nodes.get(id)?.name ?? unknownName
  const findings = changed.map((identityId): JewelFinding => {
    const [was, now] = [before.get(identityId), reachers.get(identityId)]
    const path = now ? byNames(identityId, now.path, nameOf) : ((was?.path ?? []) as JewelStep[])
    return {
      identityId,
      name: nameOf(identityId),
      before: was?.level ?? null,
      after: now?.level ?? null,
      path,
      isFirst: jewel.seenVersion === null,
    }
  })
  return { jewelId: jewel.id, version, findings }
}

/** Whether a path that was kept says what the steps say, but for the name of who begins it. */
function isSameWay(kept: unknown, steps: readonly RawStep[], nameOf: (id: string) => string): boolean {
  if (!Array.isArray(kept) || kept.length !== steps.length + 1) return false
  const [, ...rest] = kept as JewelStep[]
  return steps.every(({ kind, toId }, no) => rest[no]?.kind === kind && rest[no].name === nameOf(toId))
}

/** A path that can be read when its nodes have gone: where it begins, then what each step leads to. */
function byNames(startId: string, steps: readonly RawStep[], nameOf: (id: string) => string): JewelStep[] {
  return [{ kind: 'start', name: nameOf(startId) }, ...steps.map(({ kind, toId }) => ({ kind, name: nameOf(toId) }))]
}

/** Everybody who reaches or can become it, with the level; 0 of an identity. */
async function findReachers(ctx: Context, { nodeId, nodeType }: SeenJewelRow) {
  const reachers = new Map<string, Reacher>()
  let version = ''
  for (let at = 0, total = 1; at < total; at += pageLength) {
    const page = { at, limit: pageLength }
    const told =
      nodeType === 'resource'
        ? await askGraph(ctx, { op: 'reachers', resourceId: nodeId, ...page })
        : await askGraph(ctx, { op: 'exposed', startId: nodeId, ...page })
    if (version !== '' && told.version !== version) {
      // The graph has changed between two pages: what was found belongs to no state of it.
      reachers.clear()
      at = -pageLength
      version = ''
      total = 1
      continue
    }
    version = told.version
    total = told.answer.total
    for (const item of told.answer.items)
      reachers.set(item.id, { level: 'level' in item ? (item.level as number) : 0, path: item.path })
  }
  return { reachers, version }
}

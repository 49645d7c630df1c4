import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { ReachedResource } from '../blast-parts'
import type { ReachedPage, ReachedQuery } from '../blast-radius'
import type { RequestOf } from '../engine/requests'
import { privilegeOfLevel, unseenName } from '../rules'
import { levels, sensitivityClasses } from '../score'
import { presentStamp, readSteps, type Told } from './present-steps'
import { resolveSight, type Sight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findNamedIds, type GraphNodeRow } from './store-graph'

/** The most rows whose name may have the text that is looked for. */
const mostNamed = 50_000

/**
 * One page of the resources that an identity reaches, each with the shortest path at its privilege. A resource that the caller
 * may not know by name is there without it.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for a text that too many names have
 */
export async function listReached(ctx: Context, { id, ...query }: ReachedQuery & { id: string }): Promise<ReachedPage> {
  await resolveIdentity(ctx, id)
  const sight = await resolveSight(ctx, id)
  const { at, limit } = query
  const asked = await reachedRequest(ctx, sight, id, query)
  const told = await askGraph(ctx, { ...asked, at, limit })
  const { items, total } = told.answer
  const paths = items.map(({ path }) => path)
  const ids = items.map((item) => item.id)
  const known = await readSteps(ctx, sight, paths, ids)
  return {
    items: items.map(({ id: resourceId, level, path }) => ({
      ...presentReached(known, resourceId, level),
      path: known.path(path),
    })),
    total,
    at,
    graph: presentStamp(told),
  }
}

/** A list's filter and order as the graph is asked for them. */
export async function reachedRequest(
  ctx: Context,
  sight: Sight,
  startId: string,
  { system, level, sensitivity, q, sort, dir }: Omit<ReachedQuery, 'at' | 'limit'>,
): Promise<Omit<RequestOf<'reached'>, 'at' | 'limit'>> {
  return {
    op: 'reached',
    startId,
    ...(system === undefined ? {} : { system }),
    ...(level === undefined ? {} : { level: levels.indexOf(level) + 1 }),
    ...(sensitivity === undefined ? {} : { sensitivity: sensitivityClasses.indexOf(sensitivity) }),
    ...(q === undefined ? {} : { onlyIds: await namedIds(ctx, sight, ['resource'], q) }),
    sort,
    dir,
  }
}

/** @throws AppError `invalid_input` when more have the text than one answer can look at */
export async function namedIds(
  ctx: Context,
  sight: Sight,
  types: readonly GraphNodeRow['type'][],
  q: string,
): Promise<string[]> {
  const ids = await findNamedIds(ctx, sight, types, q, mostNamed + 1)
  if (ids.length <= mostNamed) return ids
  const message = 'Too many names have this in them. Write more of the name.'
  throw new AppError('invalid_input', message, { fields: { q: message } })
}

/** The contract form of a reached resource, without its path. */
export function presentReached(known: Told, id: string, level: number): Omit<ReachedResource, 'path'> {
  const row = known.row(id)
  const { name, externalId } = known.node(id)
  return {
    id,
    name: row ? name : unseenName,
    externalId,
    kind: row?.kind ?? 'unknown',
    system: row?.system ?? 'unknown',
    environment: row?.environment ?? null,
    sensitivity: (row?.sensitivity as ReachedResource['sensitivity']) ?? null,
    privilege: privilegeOfLevel(level),
  }
}

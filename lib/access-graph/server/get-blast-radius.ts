import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import { readRevokeTime } from '@/lib/lifecycle/server/read-revoke-time'
import type { Context } from '@/lib/platform/context'
import { BlastRadius } from '../blast-radius'
import type { ById } from '../schema'
import { presentFigures } from './present-figures'
import { presentStamp } from './present-steps'
import { askGraph } from './serve-graph'
import { countCaveats } from './store-caveats'
import { listLiveCredentials } from './store-graph'

/**
 * What an identity can reach, alter and for how long, in figures.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when the identity is not the caller's to see
 */
export async function getBlastRadius(ctx: Context, { id }: ById): Promise<BlastRadius> {
  const identity = await resolveIdentity(ctx, id)
  const [told, own, caveats, afterDetection] = await Promise.all([
    askGraph(ctx, { op: 'reach', startId: id }),
    listLiveCredentials(ctx, id, 1),
    countCaveats(ctx, id),
    readRevokeTime(ctx, id),
  ])
  const { figures, isLive, bySystem, exposedTo, identityCount, resourceCount } = told.answer
  const others = Math.max(1, identityCount - (isLive ? 1 : 0))
  return BlastRadius.parse({
    identity: { type: 'identity', id, name: identity.name, externalId: identity.externalId, kind: identity.kind },
    isLive,
    figures: presentFigures(figures, own, told.builtAt),
    impact: resourceCount === 0 ? 0 : Math.min(1, figures.resources / resourceCount),
    exposure: Math.min(1, exposedTo / others),
    exposedTo,
    matrix: bySystem
      .map(({ system, counts }) => ({ system, counts, total: counts.reduce((sum, count) => sum + count, 0) }))
      .sort((a, b) => b.total - a.total || a.system.localeCompare(b.system)),
    caveats: caveats.found,
    truncated: caveats.isCut,
    afterDetection,
    graph: presentStamp(told),
  })
}

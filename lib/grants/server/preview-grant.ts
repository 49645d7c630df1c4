import { findAble } from '@/lib/notifications/server/find-able'
import type { Context } from '@/lib/platform/context'
import { anyGrant, proposedFor } from '../rules'
import { type GrantPreview, PreviewGrantInput } from '../schema'
import { tierBounds } from '../values'
import { mayBePreapproved } from './find-preapproval'
import { requesterOf, resolveRequest, targetOf } from './resolve-request'
import { findUsedSeconds } from './store'

/**
 * What a request would give, what not, what it would add to the blast radius, and who would have to agree. Changes nothing.
 * @throws AppError `not_found`, `forbidden`
 */
export async function previewGrant(ctx: Context, input: PreviewGrantInput): Promise<GrantPreview> {
  const request = await resolveRequest(ctx, PreviewGrantInput.parse(input))
  await ctx.authorize('request', targetOf(request))
  const [used, isPreapprovable, approvers] = await Promise.all([
    findUsedSeconds(
      ctx,
      request.rights.map(({ nodeId }) => nodeId),
    ),
    mayBePreapproved(ctx, request),
    findAble(ctx, 'approve', targetOf(request)),
  ])
  const { tier, subject } = request
  const proposed = proposedFor(tier, used)
  return {
    ...{ mode: request.mode, rights: request.rights, problem: request.problem, impact: request.impact },
    replaces: request.replaces.map(({ entitlementId, name, isRole, scopes, isKept, taken, says }) => ({
      ...{ entitlementId, name, isRole, scopes, isKept, taken, says },
    })),
    ...{ tier, tierSays: request.tierSays, listHash: request.listHash },
    subject: { kind: subject.kind, id: subject.id, name: subject.name },
    needed: tierBounds[tier].needed,
    longestSeconds: tierBounds[tier].seconds,
    proposedSeconds: proposed.seconds,
    proposedSays: proposed.says,
    approverCount: approvers.length,
    isPreapprovable,
  }
}

/** Whether the caller may ask for anything at all: for themselves. */
export async function mayRequest(ctx: Context): Promise<boolean> {
  if (ctx.actor.kind === 'job') return false
  const { id, name, keys } = requesterOf(ctx)
  const own = { name, keys: [`user:${id}`], requesterId: id, requesterKeys: keys }
  const [may] = await ctx.can(['request'], [anyGrant('new', own)])
  return may?.request === true
}

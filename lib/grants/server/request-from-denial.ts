import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { grantTarget } from '../rules'
import { AccessRequestInput, type AccessTask, type ById } from '../schema'
import type { GrantState } from '../values'
import { previewGrant } from './preview-grant'
import { requestGrant } from './request-grant'
import { resolveDenial } from './resolve-denial'
import { requesterOf } from './resolve-request'
import { type FoundGrant, findGrant, readClock } from './store'

/**
 * Asks for what a denial of the decision point offered: exactly that action on exactly that, for whom it was denied. A key asks in its
 * owner's name, who then cannot agree to it.
 * @throws AppError `invalid_input` for a token that is none, `precondition_failed` for a denial too old, `forbidden`, `conflict`
 */
export async function requestFromDenial(ctx: Context, input: AccessRequestInput): Promise<AccessTask> {
  const { denial, requested_access: access, justification } = AccessRequestInput.parse(input)
  const { granteeId, isPerson, nodeId, action } = resolveDenial(ctx.tenant.orgId, denial.binding_token)
  if (isPerson && requesterOf(ctx).id !== granteeId)
    throw new AppError('forbidden', 'It was denied to somebody else, who has to ask for it themselves.')
  const wanted = {
    identityId: isPerson ? null : granteeId,
    mode: 'runtime' as const,
    rights: [{ nodeId, scopes: [action] }],
  }
  const { listHash, proposedSeconds } = await previewGrant(ctx, wanted)
  const until = access.requested_until
  const now = await readClock(ctx)
  const seconds = until === undefined ? proposedSeconds : Math.ceil((Date.parse(until) - now.getTime()) / 1000)
  const { id } = await requestGrant(ctx, {
    ...{ ...wanted, listHash, seconds, task: justification, uses: access.uses ?? null },
  })
  return presentTask(await findGrant(ctx, id))
}

/** How a request stands, as the profile words it. @throws AppError `not_found`, `forbidden` */
export async function getAccessRequest(ctx: Context, { id }: ById): Promise<AccessTask> {
  const grant = await findGrant(ctx, id)
  await ctx.authorize('read', grantTarget(grant))
  return presentTask(grant)
}

const statuses: Record<GrantState, AccessTask['task']['status']> = {
  ...{ requested: 'pending', approved: 'pending', activating: 'pending' },
  ...{ active: 'approved', ending: 'approved', ended: 'approved' },
  ...{ denied: 'denied', lapsed: 'expired', withdrawn: 'cancelled', refused: 'failed' },
}

function presentTask(grant: FoundGrant): AccessTask {
  const { id, state, lapsesAt, startedAt, endsAt, decidedAt, usesLeft } = grant
  const status = startedAt === null && state === 'ended' ? 'cancelled' : statuses[state as GrantState]
  const base = env().PUBLIC_URL
  return {
    task: {
      ...{ id, status, expires_at: lapsesAt.toISOString() },
      status_endpoint: `${base}/api/v1/access-requests/${id}`,
      links: { form: `${base}/grants/${id}` },
    },
    result:
      status === 'approved' && endsAt !== null
        ? {
            mode: 'reevaluate',
            approval: {
              ...{ id, approved_at: (decidedAt ?? startedAt ?? lapsesAt).toISOString() },
              ...{ approved_until: endsAt.toISOString(), uses_left: usesLeft },
              state: state === 'active' ? 'active' : 'over',
            },
          }
        : null,
  }
}

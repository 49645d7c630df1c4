import type { Context } from '@/lib/platform/context'
import { grantTarget } from '../rules'
import type { Grant, GrantImpact } from '../schema'
import type { ReplacementState } from '../values'
import { readMoments } from './read-moments'
import { type FoundGrant, readClock } from './store'

const actions = ['approve', 'deny', 'withdraw', 'activate', 'release', 'revoke'] as const
type Act = (typeof actions)[number]

/** In which states somebody may do this at all; whether this one may is the policy's. */
const statesOf: Record<Act, readonly string[]> = {
  approve: ['requested'],
  deny: ['requested', 'approved'],
  withdraw: ['requested', 'approved'],
  activate: ['approved'],
  release: ['activating', 'active'],
  revoke: ['approved', 'activating', 'active'],
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** Grants as the contract shows them; never anything that is secret. */
export async function presentGrants(ctx: Context, grants: readonly FoundGrant[]): Promise<Grant[]> {
  const moments = await readMoments(ctx, grants)
  const targets = grants.map((grant, at) => grantTarget(grant, moments[at]))
  const [may, now] = await Promise.all([ctx.can(actions, targets), readClock(ctx)])
  const actorId = ctx.actor.kind === 'user' ? ctx.actor.id : null
  return grants.map((grant, at) => {
    const can = (act: Act) => may[at]?.[act] === true && statesOf[act].includes(grant.state)
    const hasSpoken = grant.approvals.some(({ userId }) => userId === actorId)
    return {
      ...plain(grant),
      now: now.toISOString(),
      can: {
        approve: can('approve') && !hasSpoken,
        deny: can('deny') && !hasSpoken,
        withdraw: can('withdraw'),
        activate: can('activate'),
        release: can('release'),
        revoke: can('revoke'),
      },
    }
  })
}

function plain(grant: FoundGrant): Omit<Grant, 'now' | 'can'> {
  const { uses, usesLeft } = grant
  const { id, task, ticket, seconds, needed, listHash, parentId, endNote, overrunSeconds, problem } = grant
  const { incidentId, endedByIncident, preapproved, breakGlass } = grant
  return {
    ...{ uses, usesLeft },
    ...{ id, task, ticket, seconds, needed, listHash, parentId, endNote, overrunSeconds, problem },
    ...{ incidentId, endedByIncident, preapproved, breakGlass },
    mode: grant.mode as Grant['mode'],
    state: grant.state as Grant['state'],
    tier: grant.tier as Grant['tier'],
    endReason: grant.endReason as Grant['endReason'],
    proof: grant.proof as Grant['proof'],
    subject: { kind: grant.subjectKind as Grant['subject']['kind'], id: grant.subjectId, name: grant.subjectName },
    requester: { id: grant.requesterId, name: grant.requesterName },
    impact: grant.impact as unknown as GrantImpact,
    rights: grant.rights.map((right) => ({
      ...{ no: right.no, nodeId: right.nodeId, name: right.name, ref: right.ref, scopes: right.scopes },
      ...{ privilege: right.privilege, says: right.says, heldAt: iso(right.heldAt), goneAt: iso(right.goneAt) },
      nodeType: right.nodeType as Grant['rights'][number]['nodeType'],
      state: right.state as Grant['rights'][number]['state'],
    })),
    approvals: grant.approvals.map(({ userId, name, verdict, isOutside, note, at }) => ({
      ...{ userId, name, isOutside, note, at: at.toISOString() },
      verdict: verdict as 'approved' | 'denied',
    })),
    replaces: grant.replacements.map(
      ({ entitlementId, edgeKind, name, scopes, isKept, taken, says, state, goneAt }) => ({
        ...{ entitlementId, name, scopes, isKept, taken, says, goneAt: iso(goneAt) },
        isRole: edgeKind === 'member_of',
        state: state as ReplacementState,
      }),
    ),
    requestedAt: grant.requestedAt.toISOString(),
    lapsesAt: grant.lapsesAt.toISOString(),
    decidedAt: iso(grant.decidedAt),
    startedAt: iso(grant.startedAt),
    endsAt: iso(grant.endsAt),
    endedAt: iso(grant.endedAt),
  }
}

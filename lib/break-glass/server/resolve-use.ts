import type { RightOutcome } from '@/lib/grants/schema'
import type { Emergency } from '@/lib/grants/server/create-emergency'
import { noImpact, rightsOf, roleHashOf, roleRightOf, roleRowOf, rowOf } from '@/lib/grants/server/map-request'
import { findApprovers } from '@/lib/grants/server/notify-grant'
import { roleTargetOf } from '@/lib/grants/server/request-role'
import { type Requester, requesterOf, resolveRequest, targetOf } from '@/lib/grants/server/resolve-request'
import { roleTiers } from '@/lib/grants/values'
import { reaches } from '@/lib/incidents/rules'
import { type OpenIncident, readOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import type { Context, Target } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { exceptionOf, exceptionSays } from '../rules'
import type { PreviewUseInput, UsePreview } from '../schema'
import type { Exception } from '../values'
import { countOpenOf, type FoundUse, findOverdue, findPeople } from './store'

/** A use that is about to be made, with everything that follows from it at this moment. */
export interface ResolvedUse {
  requester: Requester
  subject: { kind: 'user' | 'identity'; id: string; name: string; keys: string[] }
  role: UsePreview['role']
  outcomes: RightOutcome[]
  /** Of the grant's row, and its rights. */
  row: Emergency['row']
  rights: Emergency['rights']
  impact: UsePreview['impact']
  problem: string | null
  listHash: string
  /** Who would have to agree in the ordinary way. */
  skipped: { id: string; name: string }[]
  exception: Exception | null
  exceptionSays: string | null
  overdue: FoundUse[]
  /** Open incidents that reach it. */
  incidents: OpenIncident[]
  /** Of the incident that it is for: of the worst severity, and begun after the oldest overdue review fell due. */
  isNewWorst: boolean
}

/**
 * What breaking the glass would come to: what is given, whose word is not waited for, and whether one second person has to agree.
 * @throws AppError `not_found`, `forbidden` also for a program; `invalid_input` for neither a role nor a right, or both
 */
export async function resolveUse(ctx: Context, input: Required<PreviewUseInput>): Promise<ResolvedUse> {
  const { role, identityId, mode, rights, incidentId } = input
  const requester = requesterOf(ctx)
  if ((role === null) === (rights.length === 0))
    throw new AppError('invalid_input', 'Say what is needed: a role here, or rights of an account.', {
      fields: { rights: role === null ? 'Name at least one.' : 'goes without a role' },
    })
  const what = role === null ? await wantedRights(ctx, { identityId, mode, rights }) : wantedRole(ctx, requester, role)
  const [approvers, overdue, own, open] = await Promise.all([
    findApprovers(ctx, what.target),
    findOverdue(ctx),
    countOpenOf(ctx, requester.id),
    readOpenIncidents(ctx),
  ])
  const incidents = open.filter((each) => what.places.some((place) => reaches(each, place)))
  const cause = incidents.find(({ id }) => id === incidentId)
  if (incidentId !== null && !cause)
    throw new AppError('invalid_input', 'This incident is not open, or does not reach what is needed.', {
      fields: { incidentId: 'is over, or about something else' },
    })
  const exception = exceptionOf({ own, overdue: overdue.length })
  const oldest = overdue[0]?.reviewDueAt ?? null
  const { target: _target, places: _places, ...told } = what
  return {
    ...told,
    ...{ requester, role, overdue, incidents, exception },
    skipped: await findPeople(ctx, approvers),
    exceptionSays: exception === null ? null : exceptionSays[exception],
    isNewWorst: cause?.severity === 'sev1' && oldest !== null && cause.declaredAt > oldest,
  }
}

async function wantedRights(
  ctx: Context,
  wanted: { identityId: string | null; mode: 'provisioned' | 'runtime'; rights: Required<PreviewUseInput>['rights'] },
) {
  const request = await resolveRequest(ctx, wanted, { isEmergency: true })
  const { subject, rights, impact, problem, listHash, places } = request
  return {
    ...{ subject, impact, problem, listHash, places, outcomes: rights },
    ...{ row: rowOf(request), rights: rightsOf(request), target: targetOf(request) as Target },
  }
}

function wantedRole(ctx: Context, requester: Requester, role: 'security' | 'admin') {
  const { orgId } = ctx.tenant
  const { actor } = ctx
  const listHash = roleHashOf(orgId, role)
  const hasIt = actor.kind === 'user' && (actor.role === role || (actor.grantedRoles ?? []).includes(role))
  return {
    subject: { kind: 'user' as const, id: requester.id, name: requester.name, keys: [`user:${requester.id}`] },
    ...{ impact: noImpact, listHash, places: [{ sourceId: null, environment: null }], outcomes: [] },
    problem: hasIt ? `You have the role ${role} already.` : null,
    row: { ...roleRowOf(requester), mode: 'console', tier: roleTiers[role], listHash },
    rights: [roleRightOf(orgId, role)],
    target: roleTargetOf(requester, role) as Target,
  }
}

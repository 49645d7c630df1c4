import { reaches } from '@/lib/incidents/rules'
import { readOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { type GrantDetail, RequestGrantInput } from '../schema'
import { activationSeconds, pendingSeconds, tierBounds } from '../values'
import { findPreapproval } from './find-preapproval'
import { presentDetail } from './list-grants'
import { rightsOf, rowOf } from './map-request'
import { findApprovers, notifyWaiting } from './notify-grant'
import { type ResolvedRequest, resolveRequest, targetOf } from './resolve-request'
import { findGrant, insertGrant, readClock } from './store'
import { insertReplacements } from './store-replacements'

/**
 * Asks for a right for one task. Nothing is given before somebody else has agreed and it is activated; what nobody decides on lapses.
 * @throws AppError `not_found`, `forbidden`; `precondition_failed` when the list is not the one that was previewed;
 * `invalid_input` for a time beyond the bound, `conflict` for what cannot be given
 */
export async function requestGrant(ctx: Context, input: RequestGrantInput): Promise<GrantDetail> {
  const { task, ticket, seconds, listHash, parentId, uses, incidentId, ...wanted } = RequestGrantInput.parse(input)
  const request = await resolveRequest(ctx, wanted)
  const id = uuidv7()
  const target = targetOf(request, id)
  const permit = await ctx.authorize('request', target)
  if (request.listHash !== listHash)
    throw new AppError('precondition_failed', 'This is not what was previewed. Look at it again.')
  if (request.problem !== null) throw new AppError('conflict', request.problem)
  const { seconds: longest, needed } = tierBounds[request.tier]
  if (seconds > longest)
    throw new AppError('invalid_input', 'This is longer than allowed for what it gives.', {
      fields: { seconds: `Choose at most ${longest / 3600} hours. ${request.tierSays}` },
    })
  if (uses !== null && request.mode !== 'runtime')
    throw new AppError('invalid_input', 'Only what the decision point looks at can be counted.', {
      fields: { uses: 'is for what only the decision point looks at' },
    })
  if (parentId !== null) {
    const parent = await findGrant(ctx, parentId)
    if (parent.subjectId !== request.subject.id)
      throw new AppError('invalid_input', 'The grant that this follows on is to somebody else.', {
        fields: { parentId: 'must be of the same account' },
      })
  }
  if (incidentId !== null) await demandIncident(ctx, incidentId, request)
  const { orgId } = ctx.tenant
  const { subject, requester, mode, tier } = request
  const preapproved = await findPreapproval(ctx, request, { seconds, ticket })
  const [now, approvers] = await Promise.all([readClock(ctx), preapproved === null ? findApprovers(ctx, target) : []])
  const lapsesAt = new Date(now.getTime() + (preapproved === null ? pendingSeconds : activationSeconds) * 1000)
  const after = {
    grantId: id,
    subject: subject.name,
    mode,
    seconds,
    uses,
    ticket,
    incidentId,
    ...(preapproved === null ? {} : { preapproved }),
    rights: rightsOf(request).map(({ ref, scopes }) => ({ ref, scopes })),
    ...(request.replaces.length > 0 ? { replaces: request.replaces.map(({ ref, scopes }) => ({ ref, scopes })) } : {}),
  }
  await ctx.commit(permit, { action: 'grant.request', target, reason: task, after }, async (tx) => {
    await insertGrant(
      tx,
      {
        ...{
          orgId,
          id,
          mode,
          task,
          ticket,
          tier,
          seconds,
          needed,
          listHash,
          parentId,
          incidentId,
          lapsesAt,
          wakeAt: lapsesAt,
          ...(preapproved === null ? {} : { preapproved, state: 'approved', decidedAt: now }),
        },
        ...rowOf(request),
        ...{ uses, usesLeft: uses, replaces: request.replaces.length > 0 },
      },
      rightsOf(request),
      {
        ...{ what: 'requested', by: requester.name },
        says: `${requester.name} asked for it: ${task}${preapproved === null ? '' : ` A policy had agreed beforehand (decision ${preapproved}): it weighs little, is short, and has a ticket.`}`,
      },
    )
    await insertReplacements(tx, { orgId, id }, request.replaces)
    if (preapproved === null)
      await notifyWaiting(tx, orgId, { id, subject: subject.name, asker: requester.name, task, to: approvers })
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}

/** What is asked for an incident must be where it reaches. @throws AppError `invalid_input` for one that is over or elsewhere */
async function demandIncident(ctx: Context, incidentId: string, { places }: ResolvedRequest): Promise<void> {
  const incident = (await readOpenIncidents(ctx)).find(({ id }) => id === incidentId)
  if (!incident)
    throw new AppError('invalid_input', 'This incident is not open, so nothing can be asked for it.', {
      fields: { incidentId: 'is no open incident' },
    })
  if (!places.some((place) => reaches(incident, place)))
    throw new AppError('invalid_input', 'The incident does not reach what is asked for.', {
      fields: { incidentId: 'is about other systems or environments' },
    })
}

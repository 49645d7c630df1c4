import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { anyGrant, grantTarget } from '../rules'
import { type ClosedTicket, CloseTicketInput, EndGrantInput, type GrantDetail } from '../schema'
import type { EndReason } from '../values'
import { grantJob } from './jobs'
import { presentDetail } from './list-grants'
import { notifyDecided } from './notify-grant'
import { requesterOf } from './resolve-request'
import { type FoundGrant, findGrant, findGrants, readClock, writeGrant } from './store'

const given = ['activating', 'active']

/** Gives back what one needs no more. @throws AppError `not_found`, `forbidden`, `conflict` when it is not active (any more) */
export async function releaseGrant(ctx: Context, input: EndGrantInput): Promise<GrantDetail> {
  const { id, reason } = EndGrantInput.parse(input)
  const grant = await findGrant(ctx, id)
  await end(ctx, grant, {
    act: 'release',
    endReason: 'released',
    note: reason,
    says: `${ctx.actor.name} gave it back: ${reason}`,
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}

/** Ends somebody's grant now. @throws AppError `not_found`, `forbidden`, `conflict` when there is nothing to end (any more) */
export async function revokeGrant(ctx: Context, input: EndGrantInput): Promise<GrantDetail> {
  const { id, reason } = EndGrantInput.parse(input)
  const grant = await findGrant(ctx, id)
  await end(ctx, grant, {
    act: 'revoke',
    endReason: 'revoked',
    note: reason,
    says: `${ctx.actor.name} ended it: ${reason}`,
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}

/** Ends every grant that was given for a ticket, as the ticket is closed; what waits for it is ended too. @throws AppError `forbidden` */
export async function closeTicket(ctx: Context, input: CloseTicketInput): Promise<ClosedTicket> {
  const { ticket, reason } = CloseTicketInput.parse(input)
  const { id, name, keys } = requesterOf(ctx)
  await ctx.authorize('revoke', anyGrant(`ticket ${ticket}`, { name, keys: [], requesterId: id, requesterKeys: keys }))
  const found = await findGrants(ctx, { ticket, state: { in: ['approved', ...given] } }, 500)
  const ended: string[] = []
  for (const grant of found) {
    await end(ctx, grant, {
      act: 'revoke',
      endReason: 'ticket_closed',
      note: reason,
      says: `Ticket ${ticket} was closed: ${reason}`,
    })
    ended.push(grant.id)
  }
  return { ticket, ended }
}

/**
 * Ends what the policies no longer allow while an incident is open, or after it, by the worker.
 * @throws AppError `conflict` when it is not open any more
 */
export function endByIncident(
  ctx: Context,
  grant: FoundGrant,
  { incidentId, round, note }: { incidentId: string; round: number; note: string },
): Promise<void> {
  return end(ctx, grant, {
    ...{ act: 'carry_out', endReason: 'incident', note, says: note },
    also: { endedByIncident: incidentId, endedInRound: round },
  })
}

interface Ending {
  act: 'release' | 'revoke' | 'carry_out'
  endReason: EndReason
  note: string
  says: string
  /** What ended it, for the incident's own page. */
  also?: { endedByIncident: string; endedInRound: number }
}

/**
 * What is given stops counting in the transaction in which it is said: the decision point sees no active grant from then on. What was
 * given at the source is taken there by the worker.
 */
async function end(
  ctx: Context,
  grant: FoundGrant,
  { act, endReason, note, says, also = undefined }: Ending,
): Promise<void> {
  const target = grantTarget(grant)
  const permit = await ctx.authorize(act, target)
  const isBegun = given.includes(grant.state)
  if (!isBegun && !(act !== 'release' && grant.state === 'approved'))
    throw new AppError('conflict', 'It is not active, so there is nothing to end.')
  const now = await readClock(ctx)
  const { orgId } = ctx.tenant
  const { id } = grant
  const by = ctx.actor.name
  await ctx.commit(
    permit,
    {
      action: act === 'carry_out' ? 'grant.end_for_incident' : `grant.${act}`,
      ...{ target, reason: note, after: { grantId: id, endReason, ...also } },
    },
    async (tx) => {
      if (!isBegun) {
        const line = { what: 'denied', says: `${says} It had not begun.`, by }
        await writeGrant(
          tx,
          grant,
          { states: ['approved'] },
          { state: 'denied', endNote: note, wakeAt: null, ...also },
          [line],
        )
        await notifyDecided(tx, grant, { says: 'ended before it began', by: ctx.actor.id })
        return
      }
      const change = { state: 'ending', endReason, endNote: note, endAskedAt: now, wakeAt: now, tries: 0, ...also }
      await writeGrant(tx, grant, { states: given }, change, [{ what: 'ending', says, by }])
      await enqueue(tx, grantJob, { orgId, grantId: id })
      if (also) await notifyDecided(tx, grant, { says: 'ended by an incident', by: null })
    },
  )
}

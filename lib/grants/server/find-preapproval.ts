import { reaches } from '@/lib/incidents/rules'
import { readOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import type { Context } from '@/lib/platform/context'
import { preapprovedSeconds } from '../values'
import { type ResolvedRequest, targetOf } from './resolve-request'

/** What a policy that agrees beforehand looks at, beside what a request comes to. */
interface Bounds {
  seconds: number
  ticket: string | null
}

async function boundedTarget(ctx: Context, request: ResolvedRequest, { seconds, ticket }: Bounds) {
  const target = targetOf(request)
  const open = await readOpenIncidents(ctx)
  return {
    ...target,
    attr: {
      ...target.attr,
      ...{ seconds, hasTicket: ticket !== null, forAccount: request.subject.kind === 'identity' },
      replaces: request.replaces.length > 0,
      inIncident: open.some((incident) => request.places.some((place) => reaches(incident, place))),
    },
  }
}

/** The decision by which a policy agrees to this beforehand, so that nobody has to; null = it does not. */
export async function findPreapproval(ctx: Context, request: ResolvedRequest, bounds: Bounds): Promise<string | null> {
  const target = await boundedTarget(ctx, request, bounds)
  const [may] = await ctx.can(['preapprove'], [target])
  return may?.preapprove === true ? (await ctx.authorize('preapprove', target)).decisionId : null
}

/** Whether it would, with a ticket and for no longer than it allows. */
export async function mayBePreapproved(ctx: Context, request: ResolvedRequest): Promise<boolean> {
  const [may] = await ctx.can(
    ['preapprove'],
    [await boundedTarget(ctx, request, { seconds: preapprovedSeconds, ticket: 'any' })],
  )
  return may?.preapprove === true
}

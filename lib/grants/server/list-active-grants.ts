import type { Context } from '@/lib/platform/context'
import { findGrants, readClock } from './store'

/** A grant as the decision point takes it into account. */
export interface ActiveGrant {
  id: string
  mode: 'provisioned' | 'runtime'
  task: string
  ticket: string | null
  tier: string
  endsAt: string
  rights: { nodeType: string; nodeId: string; ref: string; name: string; actions: string[] }[]
}

/**
 * The grants of a subject that hold at this moment by the database's clock: a user or an identity by its id. One that was ended is not
 * among them from the moment on at which somebody said so, whatever the source is at. For the decision point, whose own permit covers
 * it: nothing else may show these to anybody.
 */
export async function listActiveGrants(ctx: Context, subjectId: string): Promise<ActiveGrant[]> {
  const now = await readClock(ctx)
  const found = await findGrants(ctx, { subjectId, state: 'active', endsAt: { gt: now } }, 200)
  return found.map(({ id, mode, task, ticket, tier, endsAt, rights }) => ({
    ...{ id, mode: mode as ActiveGrant['mode'], task, ticket, tier },
    endsAt: (endsAt ?? now).toISOString(),
    rights: rights.map(({ nodeType, nodeId, ref, name, scopes }) => ({ nodeType, nodeId, ref, name, actions: scopes })),
  }))
}

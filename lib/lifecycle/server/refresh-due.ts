import { identityScope } from '@/lib/identities/server/list-identities'
import type { Context } from '@/lib/platform/context'
import { matchingRows } from '@/lib/platform/db/list/matching-rows'
import { PolicyFilter } from '../policies'
import { policyTarget, rulesOf } from './present-policy'
import { findDueState, writeDue } from './store-due'
import { findPolicies } from './store-policies'

/** What depends on the clock alone ("not used for 90 days") is looked at so often. */
const everyMs = 3_600_000

/**
 * Works out anew what each active policy covers and when that is due, if the inventory or a policy has changed since. May be
 * called at any time and by several at once. Answers how many lines changed; null = nothing had to be done.
 */
export async function refreshDue(ctx: Context): Promise<number | null> {
  const now = new Date()
  const state = await findDueState(ctx)
  const isFresh = state.refreshedAt !== null && now.getTime() - state.refreshedAt.getTime() < everyMs
  if (isFresh && state.seen === state.now) return null
  const active = await findPolicies(ctx, { isActive: true })
  if (active.length === 0 && state.refreshedAt === null) return null
  const permit = await ctx.authorize('apply', policyTarget({ id: 'all', name: 'every rotation policy' }))
  const policies = await Promise.all(
    active.map(async (row) => ({
      id: row.id,
      version: row.version,
      rules: rulesOf(row),
      matching: await matchingRows(await identityScope(ctx, PolicyFilter.parse(row.filter), now)),
    })),
  )
  return ctx.commitPart(permit, (bulk) => writeDue(bulk, policies, now, state.now))
}

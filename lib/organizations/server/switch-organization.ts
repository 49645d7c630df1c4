import { resolveMemberships } from '@/lib/platform/auth/resolve-session'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { setActiveOrganization } from '@/lib/users/server/set-active-organization'
import { organizationTarget } from '../rules'
import { type MyOrganization, SwitchOrganizationInput } from '../schema'
import { findOrganization } from './store'

/**
 * Lets the caller's session work in another of their organizations from its next request on.
 * @throws AppError `not_found` for an organization that the caller is not an active member of; `precondition_failed` for
 * one that insists on single sign-on when the session began with a password
 */
export async function switchOrganization(ctx: Context, given: SwitchOrganizationInput): Promise<MyOrganization> {
  const input = SwitchOrganizationInput.parse(given)
  const { actor } = ctx
  const current = await findOrganization(ctx)
  const permit = await ctx.authorize('switch', organizationTarget(current))
  if (actor.kind !== 'user') throw new AppError('forbidden', 'Only a signed-in person can switch.')
  const found = (await resolveMemberships(actor.id)).find(({ orgId }) => orgId === input.id)
  if (!found) throw new AppError('not_found', 'There is no such organization.')
  if (found.orgId !== current.id) await setActiveOrganization(ctx, permit, actor, found.orgId)
  return { id: found.orgId, name: found.name, slug: found.slug, role: found.role, isCurrent: true }
}

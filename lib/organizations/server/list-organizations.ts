import { resolveMemberships } from '@/lib/platform/auth/resolve-session'
import type { Context } from '@/lib/platform/context'
import { organizationTarget } from '../rules'
import type { MyOrganizationList } from '../schema'
import { findOrganization } from './store'

/** The organizations that the caller may work in. A key, bound to one organization, sees that one only. */
export async function listOrganizations(ctx: Context): Promise<MyOrganizationList> {
  const current = await findOrganization(ctx)
  await ctx.authorize('list', organizationTarget(current))
  if (ctx.actor.kind === 'job') return { items: [] }
  const { kind } = ctx.actor
  const memberships = await resolveMemberships(ctx.actor.kind === 'user' ? ctx.actor.id : ctx.actor.ownerId)
  const usable = memberships.filter(({ orgId }) => kind === 'user' || orgId === current.id)
  return {
    items: usable.map(({ orgId, name, slug, role }) => ({
      id: orgId,
      name,
      slug,
      role,
      isCurrent: orgId === current.id,
    })),
  }
}

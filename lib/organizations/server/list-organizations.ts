import type { Context } from '@/lib/platform/context'
import { organizationTarget } from '../rules'
import type { MyOrganizationList } from '../schema'
import { findOrganization, membershipsOf } from './store'

/** The organizations that the caller may work in. A key, bound to one organization, sees that one only. */
export async function listOrganizations(ctx: Context): Promise<MyOrganizationList> {
  const current = await findOrganization(ctx)
  await ctx.authorize('list', organizationTarget(current))
  if (ctx.actor.kind === 'job') return { items: [] }
  const memberships = await membershipsOf(ctx.actor.kind === 'user' ? ctx.actor.id : ctx.actor.ownerId)
  const usable = memberships.filter(
    ({ status, orgId }) => status === 'active' && (ctx.actor.kind === 'user' || orgId === current.id),
  )
  return {
    items: usable.map(({ orgId, orgName, orgSlug, role }) => ({
      id: orgId,
      name: orgName,
      slug: orgSlug,
      role,
      isCurrent: orgId === current.id,
    })),
  }
}

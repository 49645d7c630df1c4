import type { Context } from '@/lib/platform/context'
import { organizationTarget } from '../rules'
import type { Organization } from '../schema'
import { findOrganization, type OrganizationRow } from './store'

/** The organization that the caller works in. */
export async function getOrganization(ctx: Context): Promise<Organization> {
  const row = await findOrganization(ctx)
  await ctx.authorize('read', organizationTarget(row))
  return presentOrganization(ctx, row)
}

/** The contract form of a row, with what the caller may do. */
export async function presentOrganization(ctx: Context, row: OrganizationRow): Promise<Organization> {
  const [can] = await ctx.can(['update', 'create'], [organizationTarget(row)])
  const { id, name, slug, rotateAfterDays, staleAfterDays, attestAfterDays, passwordSignIn } = row
  return {
    id,
    name,
    slug,
    rotateAfterDays,
    staleAfterDays,
    attestAfterDays,
    passwordSignIn,
    createdAt: row.createdAt.toISOString(),
    can: { update: can?.update === true, create: can?.create === true },
  }
}

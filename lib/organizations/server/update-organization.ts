import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { changedFields, organizationTarget } from '../rules'
import { type Organization, UpdateOrganizationInput } from '../schema'
import { presentOrganization } from './get-organization'
import { findOrganization, writeOrganization } from './store'

/**
 * Changes the organization's name, its limits in days, or whether passwords are accepted.
 * @throws AppError `precondition_failed` when passwords would be switched off while there is no other way to sign in
 */
export async function updateOrganization(ctx: Context, given: UpdateOrganizationInput): Promise<Organization> {
  const input = UpdateOrganizationInput.parse(given)
  const row = await findOrganization(ctx)
  const permit = await ctx.authorize('update', organizationTarget(row))
  if (input.passwordSignIn === false && !env().OIDC_ISSUER) {
    throw new AppError(
      'precondition_failed',
      'Passwords are the only way to sign in here. Configure OpenID Connect first, or everybody would be locked out.',
    )
  }
  const changed = changedFields(row, input)
  if (Object.keys(changed.after).length === 0) return presentOrganization(ctx, row)
  const written = await ctx.commit(
    permit,
    { action: 'organization.update', target: organizationTarget(row), ...changed },
    (tx) => writeOrganization(tx, row.id, input),
  )
  return presentOrganization(ctx, written)
}

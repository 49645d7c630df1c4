import type { Context } from '@/lib/platform/context'
import { credentialTarget } from '../rules'
import { type ById, CredentialDetail } from '../schema'
import { presentCredential } from './list-credentials'
import { withStates } from './present-identities'
import { findAgePolicy, findCredential } from './store'

/**
 * One credential with all that is known of it; never the secret.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when it is not the caller's to see
 */
export async function getCredential(ctx: Context, { id }: ById): Promise<CredentialDetail> {
  const row = await findCredential(ctx, id)
  await ctx.authorize('read', credentialTarget({ ...row, identity: row.identity && withStates(row.identity) }))
  return CredentialDetail.parse({
    ...presentCredential(row),
    attributes: row.attributes,
    firstSeenAt: row.firstSeenAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    goneAt: row.deletedAt?.toISOString() ?? null,
    policy: await findAgePolicy(ctx),
  })
}

import type { SightingPage } from '@/lib/access-graph/schema'
import { listSightings } from '@/lib/access-graph/server/list-sightings'
import type { Context } from '@/lib/platform/context'
import { identityTarget } from '../rules'
import { withStates } from './present-identities'
import { findIdentity, listCredentialRows } from './store'

const mostCredentials = 500

/**
 * Where secrets of an identity were seen: those of its credentials, and those that it holds in some place (an environment
 * variable, a tag); at most 100, latest first. Places belong to sources: whoever may not see those is told of none.
 * @throws AppError `not_found` for an id of another organization, `forbidden`
 */
export async function listIdentitySightings(ctx: Context, { id }: { id: string }): Promise<SightingPage> {
  const identity = await findIdentity(ctx, id)
  await ctx.authorize('read', identityTarget(withStates(identity)))
  const where = { orgId: ctx.tenant.orgId, identityId: id }
  const credentials = await listCredentialRows(ctx.db, where, [], mostCredentials)
  return { items: await listSightings(ctx, credentials, [id]) }
}

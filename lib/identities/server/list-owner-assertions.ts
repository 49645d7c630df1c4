import { conflictOf } from '@/lib/ownership/rules'
import { OwnerTimeline } from '@/lib/ownership/schema'
import { findAttestDays } from '@/lib/ownership/server/find-attest-days'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { answeringKeys, identityTarget } from '../rules'
import type { ById } from '../schema'
import { presentOwnership } from './get-identity'
import { withStates } from './present-identities'
import { findIdentity, listAssertionRows } from './store'

const shown = 500

/**
 * Everything that was ever said about who answers for an identity, the latest first: by whom, from when, until when and why
 * it ended.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when it is not the caller's to see
 */
export async function listOwnerAssertions(ctx: Context, { id }: ById): Promise<OwnerTimeline> {
  const row = withStates(await findIdentity(ctx, id))
  const target = identityTarget(row)
  await ctx.authorize('read', target)
  const [rows, [can], attestEveryDays] = await Promise.all([
    listAssertionRows(ctx.db, id, shown + 1),
    ctx.can(['confirm_owner', 'release_owner'], [target]),
    findAttestDays(ctx),
  ])
  const own = new Set(ownerKeysOf(ctx.actor))
  const isOwner = answeringKeys(row.ownerships).some((key) => own.has(key))
  return OwnerTimeline.parse({
    items: rows.slice(0, shown).map((assertion) => ({
      ...presentOwnership(assertion),
      attestedBy: assertion.attestedBy,
      endedAt: assertion.endedAt?.toISOString() ?? null,
      endedReason: assertion.endedReason,
      endedBy: assertion.endedBy,
      endedNote: assertion.endedNote,
    })),
    hasMore: rows.length > shown,
    conflict: conflictOf(row.ownerships).map((claim) => claim.id),
    attestEveryDays,
    can: { confirmOwner: can?.confirm_owner === true, attest: isOwner && can?.release_owner === true },
    asOf: new Date().toISOString(),
  })
}

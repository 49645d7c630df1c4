import type { Context } from '@/lib/platform/context'
import { identityTarget, sortOwnerships } from '../rules'
import { type ById, IdentityDetail, type OwnerDuty, type OwnershipState } from '../schema'
import { presentCredential } from './list-credentials'
import { presentIdentities, withStates } from './present-identities'
import { findAgePolicy, findIdentity, findIdentityFacts, type IdentityRow, listCredentialRows } from './store'

const shownCredentials = 100

/**
 * One identity with its owners and credentials.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when it is not the caller's to see
 */
export async function getIdentity(ctx: Context, { id }: ById): Promise<IdentityDetail> {
  const row = await findIdentity(ctx, id)
  await ctx.authorize('read', identityTarget(withStates(row)))
  return presentIdentityDetail(ctx, row)
}

/** The contract form of one identity, read afresh. The caller must have been allowed to see it. */
export async function presentIdentityDetail(ctx: Context, row: IdentityRow): Promise<IdentityDetail> {
  const [[identity], facts, credentials, policy] = await Promise.all([
    presentIdentities(ctx, [row.id]),
    findIdentityFacts(ctx, row.id),
    listCredentialRows(ctx.db, { identityId: row.id }, [{ issuedAt: 'asc' }, { id: 'asc' }], shownCredentials),
    findAgePolicy(ctx),
  ])
  const heard = facts.source.connections.flatMap(({ appliedAt }) => (appliedAt ? [appliedAt.toISOString()] : []))
  const ownerships = facts.ownerships.map((ownership) => ({
    id: ownership.id,
    ownerKey: ownership.ownerKey,
    label: ownership.label,
    duty: ownership.duty as OwnerDuty,
    state: ownership.state as OwnershipState,
    evidence: ownership.evidence,
    confirmedAt: ownership.confirmedAt?.toISOString() ?? null,
    confirmedBy: ownership.confirmedBy,
    createdAt: ownership.createdAt.toISOString(),
  }))
  return IdentityDetail.parse({
    ...identity,
    description: facts.description,
    tags: facts.tags,
    attributes: facts.attributes,
    ownerHints: facts.ownerHints,
    ownerships: sortOwnerships(ownerships),
    credentials: credentials.map(presentCredential),
    credentialTotal: facts._count.credentials,
    createdAt: facts.issuedAt?.toISOString() ?? null,
    firstSeenAt: facts.firstSeenAt.toISOString(),
    updatedAt: facts.updatedAt.toISOString(),
    goneAt: row.deletedAt?.toISOString() ?? null,
    sourceAsOf: heard.toSorted().at(-1) ?? null,
    policy,
    asOf: new Date().toISOString(),
  })
}

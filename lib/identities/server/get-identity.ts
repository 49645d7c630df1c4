import { listLiveRights } from '@/lib/connections/server/list-live-rights'
import { listTellers, tellersOf } from '@/lib/connections/server/list-tellers'
import type { Context } from '@/lib/platform/context'
import { findingsOf } from '../findings'
import { identityTarget, sortOwnerships } from '../rules'
import {
  type AssertionSource,
  type ById,
  IdentityDetail,
  type OwnerDuty,
  type Ownership,
  type OwnershipState,
} from '../schema'
import { findFormerOwner } from './find-former-owner'
import { presentCredential } from './list-credentials'
import { presentIdentities, withStates } from './present-identities'
import { readEdits } from './read-edits'
import {
  findAgePolicy,
  findIdentity,
  findIdentityFacts,
  type IdentityRow,
  listCredentialRows,
  type OwnershipRow,
} from './store'

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

/** The contract form of an assertion. */
export function presentOwnership(row: OwnershipRow): Ownership {
  return {
    id: row.id,
    ownerKey: row.ownerKey,
    label: row.label,
    duty: row.duty as OwnerDuty,
    state: row.state as OwnershipState,
    evidence: row.evidence,
    source: row.source as AssertionSource,
    confidence: row.confidence,
    assertedAt: row.assertedAt.toISOString(),
    assertedBy: row.assertedBy,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    confirmedBy: row.confirmedBy,
    attestedAt: row.attestedAt?.toISOString() ?? null,
    validUntil: row.validUntil?.toISOString() ?? null,
  }
}

/** The contract form of one identity, read afresh. The caller must have been allowed to see it. */
export async function presentIdentityDetail(ctx: Context, row: IdentityRow): Promise<IdentityDetail> {
  const [[identity], facts, credentials, policy, [may]] = await Promise.all([
    presentIdentities(ctx, [row.id]),
    findIdentityFacts(ctx, row.id),
    listCredentialRows(ctx.db, { identityId: row.id }, [{ issuedAt: 'asc' }, { id: 'asc' }], shownCredentials),
    findAgePolicy(ctx),
    ctx.can(['update'], [identityTarget(withStates(row))]),
  ])
  const formerOwner = identity?.owner.state === 'left' ? await findFormerOwner(ctx, row.id) : null
  const record = { sourceId: facts.sourceId, externalId: row.externalId }
  const [tellers, liveRights] = await Promise.all([listTellers(ctx, 'identity', [record]), listLiveRights(ctx, record)])
  const { source, edited, shown } = readEdits(facts)
  const heard = facts.source.connections.flatMap(({ appliedAt }) => (appliedAt ? [appliedAt.toISOString()] : []))
  const now = new Date()
  return IdentityDetail.parse({
    ...identity,
    ...shown,
    version: facts.version,
    edited: {
      description: edited.description !== undefined,
      environment: edited.environment !== undefined,
      tags: Object.keys(edited.tags ?? {}),
    },
    sourceSays: source,
    findings: identity
      ? findingsOf({ ...identity, formerOwner, exclusions: shown.exclusions }, policy, now.getTime())
      : [],
    tellers: tellersOf(tellers, record),
    liveRights,
    attributes: facts.attributes,
    ownerHints: facts.ownerHints,
    ownerships: sortOwnerships(facts.ownerships.map(presentOwnership)),
    formerOwner,
    credentials: credentials.map(presentCredential),
    credentialTotal: facts._count.credentials,
    createdAt: facts.issuedAt?.toISOString() ?? null,
    firstSeenAt: facts.firstSeenAt.toISOString(),
    updatedAt: facts.updatedAt.toISOString(),
    goneAt: row.deletedAt?.toISOString() ?? null,
    sourceAsOf: heard.toSorted().at(-1) ?? null,
    policy,
    can: { ...identity?.can, update: may?.update === true },
    asOf: now.toISOString(),
  })
}

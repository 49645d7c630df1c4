import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { Edited, Exclusion } from '../edits'
import type { HistoryEntry } from '../history'
import type { AgePolicy, OwnerDuty, OwnershipState } from '../schema'

const ownershipColumns = { id: true, ownerKey: true, label: true, duty: true, state: true } as const
const sourceColumns = { id: true, system: true, name: true } as const

/** Assertions that hold now: not ended, and not past the day until which they were made. */
const live = (): Prisma.OwnershipWhereInput => ({
  endedAt: null,
  OR: [{ validUntil: null }, { validUntil: { gt: new Date() } }],
})

const identityColumns = () =>
  ({
    id: true,
    kind: true,
    name: true,
    externalId: true,
    environment: true,
    status: true,
    lastUsedAt: true,
    neverUsed: true,
    deletedAt: true,
    ownerships: { where: live(), select: ownershipColumns },
  }) satisfies Prisma.IdentitySelect

const credentialColumns = () =>
  ({
    id: true,
    type: true,
    name: true,
    externalId: true,
    status: true,
    fingerprint: true,
    lastFour: true,
    issuedAt: true,
    expiresAt: true,
    neverExpires: true,
    lastUsedAt: true,
    neverUsed: true,
    rotatedAt: true,
    subjectRef: true,
    deletedAt: true,
    source: { select: sourceColumns },
    identity: {
      select: {
        ...{ id: true, kind: true, name: true, environment: true, exclusions: true },
        ownerships: { where: live(), select: ownershipColumns },
      },
    },
    human: { select: { id: true, name: true } },
  }) satisfies Prisma.CredentialSelect

export type IdentityRow = Prisma.IdentityGetPayload<{ select: ReturnType<typeof identityColumns> }>
export type CredentialRow = Prisma.CredentialGetPayload<{ select: ReturnType<typeof credentialColumns> }>

export type { OwnershipModel as OwnershipRow } from '@/lib/platform/db/generated/models'

export type CredentialWhere = Prisma.CredentialWhereInput

type Order = Record<string, 'asc' | 'desc'>[]

// Reading

export function listSources(db: Reader) {
  return db.source.findMany({ select: sourceColumns })
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findIdentity(ctx: Context, id: string): Promise<IdentityRow> {
  const row = await ctx.db.identity.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: identityColumns(),
  })
  if (!row) throw new AppError('not_found', 'There is no such identity in this organization.')
  return row
}

/** The rules from which any identity of the organization is excepted now. */
export async function findExceptedRules(ctx: Context, now: Date): Promise<Set<string>> {
  const rows = await ctx.sql<{ rule: string }>(Prisma.sql`
    SELECT DISTINCT e ->> 'rule' AS rule FROM identity i CROSS JOIN LATERAL jsonb_array_elements(i.exclusions) e
    WHERE i.org_id = ${ctx.tenant.orgId}::uuid AND i.exclusions <> '[]' AND (e ->> 'until')::timestamptz > ${now}`)
  return new Set(rows.map(({ rule }) => rule))
}

/** What the page of one identity shows beyond its row. */
export async function findIdentityFacts(ctx: Context, id: string) {
  return ctx.db.identity.findUniqueOrThrow({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: {
      sourceId: true,
      description: true,
      environment: true,
      tags: true,
      edited: true,
      criticality: true,
      exclusions: true,
      version: true,
      attributes: true,
      ownerHints: true,
      issuedAt: true,
      firstSeenAt: true,
      updatedAt: true,
      ownerships: { where: live() },
      source: { select: { connections: { select: { appliedAt: true } } } },
      _count: { select: { credentials: true } },
    },
  })
}

/** Where a page of an identity's credentials ended: gone or not, since when in use in ms (null: not known), and the id. */
export type HeldPosition = readonly [gone: number, fromMs: number | null, id: string]

export interface HeldRow {
  id: string
  gone: number
  from: Date | null
  whereService: string | null
  whereRegion: string | null
  nextId: string | null
  nextName: string | null
}

/** The credentials of an identity, those that are there first, the longest in use first. */
export function listHeldRows(ctx: Context, identityId: string, after: HeldPosition | null, limit: number) {
  const gone = Prisma.sql`(c.deleted_at IS NOT NULL)::int`
  const from = Prisma.sql`coalesce(c.age_from, 'infinity')`
  const since =
    after?.[1] == null ? Prisma.sql`'infinity'::timestamptz` : Prisma.sql`${new Date(after[1])}::timestamptz`
  const isAfter = after
    ? Prisma.sql`AND (${gone}, ${from}, c.id) > (${after[0]}::int, ${since}, ${after[2]}::uuid)`
    : Prisma.empty
  return ctx.sql<HeldRow>(Prisma.sql`
    SELECT c.id, ${gone} AS gone, c.age_from AS from, c.attributes->>'lastUsedService' AS "whereService",
      c.attributes->>'lastUsedRegion' AS "whereRegion", n.id AS "nextId", n.name AS "nextName"
    FROM credential c LEFT JOIN LATERAL (
      SELECT n.id, n.name FROM credential n
      WHERE n.org_id = c.org_id AND n.identity_id = c.identity_id AND n.type = c.type AND n.age_from > c.age_from
      ORDER BY n.age_from, n.id LIMIT 1
    ) n ON c.status = 'superseded'
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.identity_id = ${identityId}::uuid ${isAfter}
    ORDER BY gone, ${from}, c.id LIMIT ${limit}`)
}

export interface ChangeRow {
  id: string
  at: Date
  runId: string | null
  before: HistoryEntry['before']
  after: HistoryEntry['after']
}

/** What syncs changed about an identity, latest first; `keys`: only changes of one of these columns. */
export function listChangeRows(
  ctx: Context,
  identityId: string,
  { before, keys, limit }: { before: { at: Date; id: string | null } | null; keys: string[] | null; limit: number },
): Promise<ChangeRow[]> {
  const isBefore = before
    ? Prisma.sql`AND (at < ${before.at} OR (at = ${before.at} AND (${before.id}::uuid IS NULL OR id < ${before.id}::uuid)))`
    : Prisma.empty
  const isOf = keys ? Prisma.sql`AND (before ?| ${keys}::text[] OR after ?| ${keys}::text[])` : Prisma.empty
  return ctx.sql<ChangeRow>(Prisma.sql`
    SELECT id, at, run_id AS "runId", before, after FROM identity_change
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND identity_id = ${identityId}::uuid ${isBefore} ${isOf}
    ORDER BY at DESC, id DESC LIMIT ${limit}`)
}

/** What was ever said about who answers for an identity, the latest first. */
export function listAssertionRows(db: Reader, identityId: string, take: number) {
  return db.ownership.findMany({ where: { identityId }, orderBy: [{ assertedAt: 'desc' }, { id: 'desc' }], take })
}

export function listCredentialRows(db: Reader, where: CredentialWhere, orderBy: Order, take: number) {
  return db.credential.findMany({ where, orderBy, take, select: credentialColumns() })
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findCredential(ctx: Context, id: string) {
  const row = await ctx.db.credential.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: { ...credentialColumns(), attributes: true, firstSeenAt: true, updatedAt: true },
  })
  if (!row) throw new AppError('not_found', 'There is no such credential in this organization.')
  return row
}

/** A leaked key, as far as it may be kept. */
export interface LeakedKey {
  fingerprints: readonly string[]
  /** The name by which its system calls it. */
  publicId: string | null
  lastFour: string | null
}

/** More would be no answer to whose it is. */
const mostLeaked = 1000

/** The ids of credentials that could be the key; each part is asked of an index of its own. */
export async function findLeakedIds(ctx: Context, { fingerprints, publicId, lastFour }: LeakedKey): Promise<string[]> {
  const org = ctx.tenant.orgId
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT id FROM credential
      WHERE org_id = ${org}::uuid AND fingerprint = ANY (${[...fingerprints]}::text[])
    UNION SELECT id FROM credential
      WHERE org_id = ${org}::uuid AND name_key = lower(${publicId}::text) AND name = ${publicId}
    UNION SELECT c.id FROM source s JOIN credential c ON c.org_id = s.org_id AND c.source_id = s.id
      WHERE s.org_id = ${org}::uuid AND c.external_id = ${publicId}
    UNION (SELECT id FROM credential WHERE org_id = ${org}::uuid AND last_four = ${lastFour} LIMIT ${mostLeaked})
    LIMIT ${mostLeaked}`
  return rows.map(({ id }) => id)
}

/** Rows of these ids that fulfil the condition, those that are still there first. */
export function listLeakedRows(db: Reader, ids: readonly string[], where: CredentialWhere, take: number) {
  return db.credential.findMany({
    where: { AND: [{ id: { in: [...ids] } }, where] },
    orderBy: [{ deletedAt: { sort: 'desc', nulls: 'first' } }, { id: 'asc' }],
    take,
    select: credentialColumns(),
  })
}

/** The organization's rules for age and use, in days. */
export function findAgePolicy(ctx: Context): Promise<AgePolicy> {
  return ctx.db.organization.findUniqueOrThrow({
    where: { id: ctx.tenant.orgId },
    select: { rotateAfterDays: true, staleAfterDays: true },
  })
}

/** The name of a person or team that can own: an active member or a team of the organization, else undefined. */
export async function findOwnerLabel(ctx: Context, ownerKey: string): Promise<string | undefined> {
  const [kind, id = ''] = ownerKey.split(':')
  if (kind === 'team') {
    const team = await ctx.db.team.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
    return team?.name
  }
  const membership = await ctx.db.membership.findFirst({
    where: { userId: id, status: 'active', user: { is: { status: 'active' } } },
    select: { user: { select: { name: true } } },
  })
  return membership?.user.name
}

// Writing. Each change of an ownership ends with `refreshListing` in the same transaction.

/**
 * Writes what people say of an identity, if it is still as they saw it.
 * @throws AppError `precondition_failed` when somebody else edited it in the meantime
 */
export async function updateEdits(
  tx: Tx,
  key: { orgId: string; id: string; version: number },
  data: { edited: Edited; criticality: string | null; exclusions: Exclusion[] },
): Promise<void> {
  const { count } = await tx.identity.updateMany({ where: key, data: { ...data, version: { increment: 1 } } })
  if (count === 0) throw staleEdit()
}

export function staleEdit(): AppError {
  return new AppError(
    'precondition_failed',
    'Somebody else edited this identity after you opened it. Nothing of yours was saved; look at both, then decide.',
  )
}

interface OwnershipKey {
  ownerKey?: string
  orgId: string
  identityId: string
  id: string
}

export async function insertOwnership(
  tx: Tx,
  row: {
    orgId: string
    identityId: string
    ownerKey: string
    label: string
    duty: OwnerDuty
    state: OwnershipState
    evidence: string | null
    assertedBy: string
    validUntil?: Date | null
  },
): Promise<void> {
  const { count } = await tx.ownership.createMany({ data: [row], skipDuplicates: true })
  if (count === 0) throw staleOwnership()
}

/** Changes a live row that is still in one of the expected states. */
export async function updateOwnership(
  tx: Tx,
  key: OwnershipKey,
  from: readonly OwnershipState[],
  data: Prisma.OwnershipUpdateManyMutationInput,
): Promise<void> {
  const { count } = await tx.ownership.updateMany({ where: { ...key, endedAt: null, state: { in: [...from] } }, data })
  if (count === 0) throw staleOwnership()
}

/** Ends a live row that is still in the expected state and still that owner's. The row stays: it is the history. */
export async function endOwnership(
  tx: Tx,
  key: OwnershipKey,
  expected: { state: OwnershipState; ownerKey: string },
  end: {
    endedReason: 'rejected' | 'removed' | 'transferred' | 'resolved'
    endedBy: string
    endedNote?: string | undefined
  },
): Promise<void> {
  const { count } = await tx.ownership.updateMany({
    where: { ...key, ...expected, endedAt: null },
    data: { endedAt: new Date(), endedReason: end.endedReason, endedBy: end.endedBy, endedNote: end.endedNote ?? null },
  })
  if (count === 0) throw staleOwnership()
}

function staleOwnership(): AppError {
  return new AppError('conflict', 'Someone changed this ownership in the meantime. Look at it again, then decide.')
}

/**
 * Forgets the hints that would suggest this owner again with the next import, because a person has decided. A hint
 * returns when the source changes the record. Matches as `suggestOwners` does.
 */
export async function forgetHint(tx: Tx, key: { orgId: string; identityId: string; ownerKey: string }): Promise<void> {
  await tx.$executeRaw`
    UPDATE identity i SET owner_hints = coalesce((
      SELECT jsonb_agg(hint) FROM jsonb_array_elements(i.owner_hints) AS hint
      WHERE ${key.ownerKey} NOT IN (
        SELECT 'hint:' || lower(trim(hint->>'value'))
        UNION ALL SELECT 'user:' || u.id FROM user_account u WHERE u.email = lower(trim(hint->>'value'))
        UNION ALL SELECT 'team:' || t.id FROM team t WHERE t.org_id = i.org_id AND lower(t.name) = lower(trim(hint->>'value')))
    ), '[]'::jsonb)
    WHERE i.org_id = ${key.orgId}::uuid AND i.id = ${key.identityId}::uuid AND i.owner_hints <> '[]'::jsonb`
}

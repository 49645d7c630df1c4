import type { Context } from '@/lib/platform/context'
import { installationClient } from '@/lib/platform/db/client'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

const whole = {
  grant: {
    include: {
      rights: { orderBy: { no: 'asc' as const } },
      approvals: { orderBy: { at: 'asc' as const } },
      replacements: { orderBy: { no: 'asc' as const } },
    },
  },
} satisfies Prisma.BreakGlassUseInclude
export type FoundUse = Prisma.BreakGlassUseGetPayload<{ include: typeof whole }>

type Key = Pick<FoundUse, 'orgId' | 'id'>

/** @throws AppError `not_found` */
export async function findUse(ctx: Context, id: string): Promise<FoundUse> {
  const use = await ctx.db.breakGlassUse.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: whole,
  })
  if (!use) throw new AppError('not_found', 'There is no such use of break-glass in this organization.')
  return use
}

export function findUses(ctx: Context, where: Prisma.BreakGlassUseWhereInput, take: number): Promise<FoundUse[]> {
  return ctx.db.breakGlassUse.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId }] },
    include: whole,
    orderBy: { id: 'desc' },
    take,
  })
}

/** Reviews that nobody did in time, the oldest first. Those of drills keep nobody from acting. */
export function findOverdue(ctx: Context): Promise<FoundUse[]> {
  return ctx.db.breakGlassUse.findMany({
    where: { orgId: ctx.tenant.orgId, state: 'to_review', isDrill: false, reviewDueAt: { lte: new Date() } },
    include: whole,
    orderBy: { reviewDueAt: 'asc' },
    take: 20,
  })
}

/** How many uses of somebody's own have not been reviewed, of those that are no drill. */
export const countOpenOf = (ctx: Context, invokerId: string): Promise<number> =>
  ctx.db.breakGlassUse.count({
    where: {
      ...{ orgId: ctx.tenant.orgId, invokerId, isDrill: false },
      state: { in: ['waiting', 'invoked', 'active', 'to_review'] },
    },
  })

export interface Touched {
  identityId: string
  credentialId: string
  name: string
  why: string
}

/** What a use touched that is made anew afterwards: what its account signs in with, and every secret that it could read. At most 100. */
export function findTouched(ctx: Context, { id, grant }: FoundUse): Promise<Touched[]> {
  const { orgId } = ctx.tenant
  const own = grant.subjectKind === 'identity' ? grant.subjectId : null
  return ctx.sql<Touched>(Prisma.sql`
    WITH given AS (
      SELECT r.node_id AS resource FROM grant_right r WHERE r.org_id = ${orgId}::uuid AND r.grant_id = ${id}::uuid
        AND r.node_type = 'resource' AND r.privilege IN ('secret_read', 'admin') AND r.held_at IS NOT NULL
      UNION SELECT e.to_id FROM grant_right r JOIN entitlement e ON e.org_id = r.org_id AND e.from_id = r.node_id AND e.kind = 'grants'
        AND e.privilege IN ('secret_read', 'admin') AND e.deleted_at IS NULL
        WHERE r.org_id = ${orgId}::uuid AND r.grant_id = ${id}::uuid AND r.node_type = 'role' AND r.held_at IS NOT NULL
    ), touched AS (
      SELECT c.id, c.identity_id, c.name, 'It signed in with this while it had more than usual.' AS why, 1 AS rank
      FROM credential c WHERE c.org_id = ${orgId}::uuid AND c.identity_id = ${own}::uuid AND c.deleted_at IS NULL
      UNION ALL
      SELECT c.id, c.identity_id, c.name, 'It could be read where it is kept: ' || t.name, 2
      FROM given g JOIN entitlement e ON e.org_id = ${orgId}::uuid AND e.from_id = g.resource AND e.kind = 'stores' AND e.deleted_at IS NULL
        JOIN credential c ON c.org_id = e.org_id AND c.id = e.to_id AND c.deleted_at IS NULL AND c.identity_id IS NOT NULL
        JOIN resource t ON t.org_id = e.org_id AND t.id = e.from_id
    )
    SELECT "identityId", "credentialId", name, why FROM (
      SELECT DISTINCT ON (id) identity_id AS "identityId", id AS "credentialId", name, why, rank FROM touched ORDER BY id, rank
    ) each ORDER BY rank, name LIMIT 100`)
}

export interface SecretRow extends Touched {
  no: number
  state: string
  says: string | null
  dueAt: Date
  doneAt: Date | null
  doneBy: string | null
  /** By what the inventory says of it since the end of the use. */
  madeAnewAt: Date | null
}

/** What uses touched, with whether the inventory shows it as made anew, or gone, since. */
export async function findSecrets(ctx: Context, useIds: readonly string[]): Promise<Map<string, SecretRow[]>> {
  const rows = await ctx.sql<SecretRow & { useId: string }>(Prisma.sql`
    SELECT s.use_id AS "useId", s.no, s.identity_id AS "identityId", s.credential_id AS "credentialId", s.name, s.why, s.state, s.says,
      s.due_at AS "dueAt", s.done_at AS "doneAt", s.done_by AS "doneBy",
      CASE WHEN c.rotated_at > u.ended_at THEN c.rotated_at WHEN c.deleted_at > u.ended_at THEN c.deleted_at END AS "madeAnewAt"
    FROM break_glass_secret s JOIN break_glass_use u ON u.org_id = s.org_id AND u.id = s.use_id
      LEFT JOIN credential c ON c.org_id = s.org_id AND c.id = s.credential_id
    WHERE s.org_id = ${ctx.tenant.orgId}::uuid AND s.use_id = ANY (${[...useIds]}::uuid[]) ORDER BY s.use_id, s.no`)
  const found = new Map<string, SecretRow[]>()
  for (const { useId, ...row } of rows) found.set(useId, [...(found.get(useId) ?? []), row])
  return found
}

export interface Deed {
  at: Date
  what: string
  target: string
  by: string
}

/** What somebody did in the console while a use of theirs was active: their events name it. */
export function findDeeds(ctx: Context, { id, invokerId, invokedAt }: FoundUse): Promise<Deed[]> {
  return ctx.sql<Deed>(Prisma.sql`
    SELECT occurred_at AS at, action AS what, target_label AS target, actor->>'label' AS by FROM audit_event
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND actor_key = ${`user:${invokerId}`} AND after->>'breakGlass' = ${id}
      AND occurred_at >= ${invokedAt} ORDER BY seq LIMIT 200`)
}

/** Answers of the decision point about its subject while it was active: each names it among the facts. */
export async function countDecisions(ctx: Context, { id, invokedAt, endedAt }: FoundUse): Promise<number> {
  const [row] = await ctx.sql<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS count FROM decision WHERE org_id = ${ctx.tenant.orgId}::uuid AND at >= ${invokedAt}
      AND at <= ${endedAt ?? new Date()} AND facts->'subject'->'live'->>'breakGlass' = ${id}`)
  return row?.count ?? 0
}

/** The names of people of the organization. */
export function findPeople(ctx: Context, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  return ctx.db.membership
    .findMany({
      where: { orgId: ctx.tenant.orgId, userId: { in: [...ids] } },
      select: { user: { select: { id: true, name: true } } },
      orderBy: { user: { name: 'asc' } },
    })
    .then((rows) => rows.map(({ user }) => user))
}

// Writes

export async function insertUse(tx: Tx, use: Prisma.BreakGlassUseUncheckedCreateInput): Promise<void> {
  await tx.breakGlassUse.create({ data: use, select: { id: true } })
}

/** Changes a use that is still so. Answers whether it was. */
export async function writeUse(
  tx: Tx,
  { orgId, id }: Key,
  where: Prisma.BreakGlassUseWhereInput,
  change: Prisma.BreakGlassUseUncheckedUpdateManyInput,
): Promise<boolean> {
  const { count } = await tx.breakGlassUse.updateMany({ where: { AND: [where, { orgId, id }] }, data: change })
  return count > 0
}

export async function insertSecrets(
  tx: Tx,
  { orgId, id }: Key,
  dueAt: Date,
  touched: readonly Touched[],
): Promise<void> {
  await tx.breakGlassSecret.createMany({
    data: touched.map((each, at) => ({ orgId, useId: id, no: at + 1, dueAt, ...each })),
  })
}

/** Somebody says what became of something that was touched. @throws AppError `conflict` when that was said already, or there is none */
export async function writeSecret(
  tx: Tx,
  { orgId, id, no }: Key & { no: number },
  change: { state: string; says: string; doneAt: Date; doneBy: string },
): Promise<void> {
  const { count } = await tx.breakGlassSecret.updateMany({
    where: { orgId, useId: id, no, state: 'due' },
    data: change,
  })
  if (count === 0) throw new AppError('conflict', 'This was settled already. Look at it again.')
}

/** Uses for which something is due, over all organizations. */
export async function findDueUses(): Promise<{ orgId: string; id: string }[]> {
  const rows = await installationClient().$queryRaw<
    { org_id: string; id: string }[]
  >`SELECT org_id, id FROM resolve_due_break_glass()`
  return rows.map(({ org_id: orgId, id }) => ({ orgId, id }))
}

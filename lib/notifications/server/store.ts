import type { Context } from '@/lib/platform/context'
import { installationClient, type Reader } from '@/lib/platform/db/client'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { NotificationModel } from '@/lib/platform/db/generated/models'
import { AppError } from '@/lib/platform/errors'
import type { Fact } from '../schema'

export type NotificationRow = NotificationModel

export async function findNotification(ctx: Context, id: string): Promise<NotificationRow> {
  const row = await ctx.db.notification.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!row) throw new AppError('not_found', 'There is no such notification.')
  return row
}

/** At most so many are looked at. */
export async function countUnread(db: Reader, where: object, most: number): Promise<number> {
  const rows = await db.notification.findMany({
    where: { AND: [where, { readAt: null }] },
    select: { id: true },
    take: most,
  })
  return rows.length
}

/** A person as they may be told: only active members are. */
export interface Recipient {
  userId: string
  name: string
  email: string
  ways: Record<string, string>
  timeZone: string | null
  hour: number | null
  weekday: number | null
}

/** Those of these people who are active members, with what they chose. */
export async function findRecipients(tx: Tx | BulkTx, orgId: string, ids: readonly string[]): Promise<Recipient[]> {
  if (ids.length === 0) return []
  const rows = await sqlOf(tx)(
    `SELECT m.user_id::text AS "userId", u.name, u.email, coalesce(c.ways, '{}'::jsonb) AS ways, c.time_zone AS "timeZone",
       c.hour, c.weekday
     FROM membership m JOIN user_account u ON u.id = m.user_id
     LEFT JOIN notification_choice c ON c.org_id = m.org_id AND c.user_id = m.user_id
     WHERE m.org_id = $1::uuid AND m.user_id = ANY($2::uuid[]) AND m.status = 'active' AND u.status = 'active'`,
    [orgId, [...ids]],
  )
  return rows as unknown as Recipient[]
}

/** How people are called, members or not any more. */
export async function findNames(tx: Tx | BulkTx, orgId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await sqlOf(tx)(
    `SELECT u.id::text AS id, u.name FROM membership m JOIN user_account u ON u.id = m.user_id
     WHERE m.org_id = $1::uuid AND m.user_id = ANY($2::uuid[])`,
    [orgId, [...ids]],
  )
  return new Map(rows.map(({ id, name }) => [String(id), String(name)]))
}

export interface NewNotification {
  orgId: string
  id: string
  userId: string
  kind: string
  subject: string
  facts: readonly Fact[]
  path: string
  dedupeKey: string
  fallback: readonly string[]
  digest: 'daily' | 'weekly' | null
  digestAt: Date | null
}

/** Whether it is new; one of the same event is counted instead, and stays as it was. */
export async function insertNotification(tx: Tx | BulkTx, row: NewNotification): Promise<boolean> {
  const written = await sqlOf(tx)(
    `INSERT INTO notification (org_id, id, user_id, kind, subject, facts, path, dedupe_key, fallback, digest, digest_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::text::jsonb, $7, $8, $9::uuid[], $10, $11::timestamptz)
     ON CONFLICT (org_id, user_id, dedupe_key) DO UPDATE SET times = notification.times + 1, last_at = now()
     RETURNING id::text AS id`,
    [
      ...[row.orgId, row.id, row.userId, row.kind, row.subject, JSON.stringify(row.facts), row.path, row.dedupeKey],
      ...[[...row.fallback], row.digest, row.digestAt?.toISOString() ?? null],
    ],
  )
  return written[0]?.id === row.id
}

/** Marks as read whoever was told of an event, themselves or in the place of somebody else. */
export async function closeEvent(tx: Tx | BulkTx, orgId: string, dedupeKey: string, mark: string): Promise<void> {
  await sqlOf(tx)(
    `UPDATE notification SET read_at = now(), digest = NULL, digest_at = NULL
     WHERE org_id = $1::uuid AND read_at IS NULL AND (dedupe_key = $2 OR starts_with(dedupe_key, $2 || $3))`,
    [orgId, dedupeKey, mark],
  )
}

export async function writeRead(tx: Tx, key: { orgId: string; id: string }, readAt: Date | null): Promise<void> {
  await tx.notification.updateMany({ where: key, data: { readAt } })
}

export async function writeAllRead(tx: Tx, key: { orgId: string; userId: string }, until: Date): Promise<number> {
  const { count } = await tx.notification.updateMany({
    where: { ...key, readAt: null, createdAt: { lte: until } },
    data: { readAt: new Date() },
  })
  return count
}

// Choices

export function findChoice(ctx: Context, userId: string) {
  return ctx.db.notificationChoice.findUnique({ where: { orgId_userId: { orgId: ctx.tenant.orgId, userId } } })
}

export interface Choice {
  ways: Record<string, string>
  timeZone: string
  hour: number
  weekday: number
}

export async function writeChoice(tx: Tx, key: { orgId: string; userId: string }, choice: Choice): Promise<void> {
  const data = { ...choice, updatedAt: new Date() }
  await tx.notificationChoice.upsert({ where: { orgId_userId: key }, create: { ...key, ...data }, update: data })
}

/** What waits for a digest waits for another one, or for none, after its reader has chosen anew. */
export async function writeDigests(
  tx: Tx,
  key: { orgId: string; userId: string },
  of: (kind: string) => { digest: string | null; digestAt: Date | null },
): Promise<void> {
  const waiting = await tx.notification.findMany({
    where: { ...key, digestAt: { not: null } },
    select: { kind: true },
    distinct: ['kind'],
  })
  for (const { kind } of waiting)
    await tx.notification.updateMany({ where: { ...key, kind, digestAt: { not: null } }, data: of(kind) })
}

// People by what they may do

export interface MemberOf {
  userId: string
  role: string
  teamIds: string[]
}

/** Active members of these roles, at most so many, oldest first. */
export async function findMembersOf(ctx: Context, roles: readonly string[], most: number): Promise<MemberOf[]> {
  const rows = await ctx.db.membership.findMany({
    where: { orgId: ctx.tenant.orgId, status: 'active', role: { in: [...roles] }, user: { status: 'active' } },
    select: { userId: true, role: true, teams: { select: { teamId: true } } },
    orderBy: { id: 'asc' },
    take: most,
  })
  return rows.map(({ userId, role, teams }) => ({ userId, role, teamIds: teams.map(({ teamId }) => teamId) }))
}

/** Mails whose time has come, of the whole installation: queued ones, and those whose worker is gone. */
export async function findDueMails(): Promise<{ orgId: string; id: string }[]> {
  const rows = await installationClient().$queryRaw<
    { org_id: string; id: string }[]
  >`SELECT org_id, id FROM resolve_due_mails()`
  return rows.map(({ org_id: orgId, id }) => ({ orgId, id }))
}

/** Organizations in which a digest is due, of the whole installation. */
export async function findDueDigests(): Promise<string[]> {
  const rows = await installationClient().$queryRaw<{ org_id: string }[]>`SELECT org_id FROM resolve_due_digests()`
  return rows.map((row) => row.org_id)
}

/** Takes what is due for digests, of at most so many notifications; what was read meanwhile is left out. */
export async function takeDigests(
  bulk: BulkTx,
  most: number,
): Promise<{ id: string; userId: string; digest: 'daily' | 'weekly' }[]> {
  const rows = await sqlOf(bulk)(
    `UPDATE notification n SET digest = NULL, digest_at = NULL
     FROM (SELECT id FROM notification WHERE org_id = $1::uuid AND digest_at <= now() ORDER BY user_id, id LIMIT $2 FOR UPDATE) due
     WHERE n.org_id = $1::uuid AND n.id = due.id
     RETURNING n.id::text AS id, n.user_id::text AS "userId", old.digest AS digest, n.read_at IS NULL AS "isUnread"`,
    [bulk.orgId, most],
  )
  return rows.filter(({ isUnread }) => isUnread) as never
}

export function findRows(
  ctx: Context,
  where: object,
  orderBy: Record<string, 'asc' | 'desc'>[],
  take: number,
): Promise<NotificationRow[]> {
  return ctx.db.notification.findMany({ where: { AND: [{ orgId: ctx.tenant.orgId }, where] }, orderBy, take })
}

/** Removes what was read, and e-mails that ended, so many days ago; at most so many of each. */
export async function removeOld(bulk: BulkTx, days: number, most: number): Promise<number> {
  const run = sqlOf(bulk)
  let removed = 0
  for (const [table, end] of [
    ['mail', 'ended_at'],
    ['notification', 'read_at'],
  ])
    removed += (
      await run(
        `DELETE FROM ${table} WHERE org_id = $1::uuid AND id IN (SELECT id FROM ${table} WHERE org_id = $1::uuid
           AND ${end} < now() - make_interval(days => $2) LIMIT $3) RETURNING 1`,
        [bulk.orgId, days, most],
      )
    ).length
  return removed
}

import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'

export type MailKind = 'at_once' | 'daily' | 'weekly'

/** One e-mail about these notifications. Answers its id. */
export async function insertMail(
  tx: Tx | BulkTx,
  row: { orgId: string; userId: string; kind: MailKind; notificationIds: readonly string[] },
): Promise<string> {
  const id = uuidv7()
  const run = sqlOf(tx)
  await run(`INSERT INTO mail (org_id, id, user_id, kind) VALUES ($1::uuid, $2::uuid, $3::uuid, $4)`, [
    row.orgId,
    id,
    row.userId,
    row.kind,
  ])
  await run(`INSERT INTO mail_item (org_id, mail_id, notification_id) SELECT $1::uuid, $2::uuid, unnest($3::uuid[])`, [
    row.orgId,
    id,
    [...row.notificationIds],
  ])
  return id
}

/** For so long a worker has a mail; then another takes it for abandoned. Longer than any try to send may last. */
export const leaseSeconds = 120

/**
 * Takes a mail whose time has come, for one try. False when somebody else has it, or it is not to be sent any more.
 */
export async function takeMail(bulk: BulkTx, id: string, lease: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE mail SET state = 'sending', lease = $3::uuid, attempts = attempts + 1, next_at = now() + make_interval(secs => $4)
     WHERE org_id = $1::uuid AND id = $2::uuid AND (state = 'queued' OR next_at <= now()) RETURNING id`,
    [bulk.orgId, id, lease, leaseSeconds],
  )
  return rows.length === 1
}

/** Puts a due mail's next look off for a while, for whoever queues it now; one whose worker is gone is free again. */
export async function touchMail(bulk: BulkTx, id: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE mail SET state = 'queued', lease = NULL, next_at = now() + interval '1 minute'
     WHERE org_id = $1::uuid AND id = $2::uuid AND next_at <= now() RETURNING id`,
    [bulk.orgId, id],
  )
  return rows.length === 1
}

const withReader = {
  member: { select: { status: true, user: { select: { name: true, email: true, status: true } } } },
  items: { select: { notification: true }, orderBy: { notificationId: 'asc' } },
} as const satisfies Prisma.MailInclude
export type FoundMail = Prisma.MailGetPayload<{ include: typeof withReader }>

export function findMail(ctx: Context, id: string): Promise<FoundMail | null> {
  return ctx.db.mail.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } }, include: withReader })
}

export function findOrganizationName(ctx: Context): Promise<{ name: string } | null> {
  return ctx.db.organization.findUnique({ where: { id: ctx.tenant.orgId }, select: { name: true } })
}

/** What came of a try, only while this worker has the mail. */
export async function writeMail(
  tx: Tx,
  key: { orgId: string; id: string; lease: string },
  data: {
    state: 'queued' | 'sent' | 'undelivered' | 'needless'
    nextAt: Date | null
    subject?: string
    address?: string
    code?: string | null
    says?: string | null
  },
): Promise<boolean> {
  const isOver = data.nextAt === null
  const { count } = await tx.mail.updateMany({
    where: { ...key, state: 'sending' },
    data: { ...data, lease: null, endedAt: isOver ? new Date() : null },
  })
  return count === 1
}

export async function writeToldInstead(tx: Tx, key: { orgId: string; id: string }, toldInstead: string): Promise<void> {
  await tx.mail.updateMany({ where: key, data: { toldInstead } })
}

const problem = { OR: [{ state: 'undelivered' }, { nextAt: { not: null }, says: { not: null } }] }

/** What did not arrive, or was refused for now, newest first. */
export function findProblems(ctx: Context, take: number, before: { at: Date; id: string } | undefined) {
  const after = before && {
    createdAt: { lte: before.at },
    OR: [{ createdAt: { lt: before.at } }, { id: { lt: before.id } }],
  }
  return ctx.db.mail.findMany({
    where: { AND: [{ orgId: ctx.tenant.orgId }, problem, ...(after ? [after] : [])] },
    include: {
      member: { select: { user: { select: { name: true, email: true } } } },
      items: { select: { notification: { select: { subject: true } } }, take: 1 },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take,
  })
}

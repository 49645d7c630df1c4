import type { Context } from '@/lib/platform/context'
import { installationClient, type Reader } from '@/lib/platform/db/client'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { MemberRole, UpdateOrganizationInput } from '../schema'

const withPerson = {
  user: { select: { name: true, email: true, status: true } },
  teams: { select: { team: { select: { id: true, name: true } } }, orderBy: { team: { name: 'asc' } } },
} as const satisfies Prisma.MembershipInclude

const withMembers = {
  members: {
    select: {
      isLead: true,
      membership: { select: { id: true, userId: true, status: true, user: { select: { name: true, email: true } } } },
    },
  },
} as const satisfies Prisma.TeamInclude

export type MembershipRow = Prisma.MembershipGetPayload<{ include: typeof withPerson }>
export type TeamRow = Prisma.TeamGetPayload<{ include: typeof withMembers }>
export type {
  InvitationModel as InvitationRow,
  OrganizationModel as OrganizationRow,
} from '@/lib/platform/db/generated/models'

interface Page {
  cursor?: string | undefined
  limit: number
}

/** One row more than the page holds, so that the caller sees whether there is a next one. */
function keyset(orgId: string, page: Page) {
  return {
    take: page.limit + 1,
    orderBy: { id: 'asc' as const },
    ...(page.cursor ? { cursor: { orgId_id: { orgId, id: page.cursor } }, skip: 1 } : {}),
  }
}

/** Cuts the extra row off and names the cursor of the next page. */
export function cutPage<T extends { id: string }>(rows: T[], limit: number): { rows: T[]; nextCursor: string | null } {
  if (rows.length <= limit) return { rows, nextCursor: null }
  const kept = rows.slice(0, limit)
  return { rows: kept, nextCursor: kept.at(-1)?.id ?? null }
}

/** An id for a row that the audit trail must name before the row is there. */
export async function newId(): Promise<string> {
  const [row] = await installationClient().$queryRaw<{ id: string }[]>`SELECT uuidv7()::text AS id`
  if (!row) throw new Error('the database made no id')
  return row.id
}

// The organization

export function findOrganization(ctx: Context) {
  return readOrganization(ctx.db, ctx.tenant.orgId)
}

export async function readOrganization(db: Reader, orgId: string) {
  const row = await db.organization.findUnique({ where: { id: orgId } })
  if (!row) throw new AppError('not_found', 'There is no such organization.')
  return row
}

/** The account of an e-mail address, whatever organizations it belongs to. */
export function findAccount(email: string) {
  return installationClient().userAccount.findUnique({ where: { email }, select: { id: true } })
}

export function writeOrganization(tx: Tx, orgId: string, input: UpdateOrganizationInput) {
  return tx.organization.update({ where: { id: orgId }, data: input })
}

/** False when another organization has the slug already. */
export async function insertOrganization(tx: Tx, row: { id: string; name: string; slug: string }): Promise<boolean> {
  const { count } = await tx.organization.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

// Members

export function listMembershipRows(db: Reader, orgId: string, where: object, page: Page): Promise<MembershipRow[]> {
  return db.membership.findMany({ where, include: withPerson, ...keyset(orgId, page) })
}

export async function findMembership(ctx: Context, id: string): Promise<MembershipRow> {
  const row = await ctx.db.membership.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: withPerson,
  })
  if (!row) throw new AppError('not_found', 'There is no such member.')
  return row
}

/** The caller's own membership. @throws AppError `forbidden` for a program, which is nobody's member */
export async function findOwnMembership(ctx: Context): Promise<MembershipRow> {
  const row =
    ctx.actor.kind === 'user'
      ? await ctx.db.membership.findFirst({ where: { userId: ctx.actor.id }, include: withPerson })
      : null
  if (!row) throw new AppError('forbidden', 'Only a person can leave an organization.')
  return row
}

/** False when the person is a member already. */
export async function insertMembership(
  tx: Tx,
  row: { orgId: string; userId: string; role: MemberRole },
): Promise<boolean> {
  const { count } = await tx.membership.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

/**
 * Changes a member's role or status if both still are as `before`, and, for a change that ends an administration, only
 * while another active administrator remains. The administrators are locked first, in one order, so that two who
 * demote each other at the same moment cannot both succeed.
 */
export async function writeMembership(
  tx: Tx | BulkTx,
  before: { orgId: string; id: string; role: string; status: string },
  change: { role?: string | undefined; status?: string | undefined },
  endsAdministration: boolean,
): Promise<boolean> {
  const run = sqlOf(tx)
  if (endsAdministration) {
    await run(
      `SELECT m.id FROM membership m
       WHERE m.org_id = $1::uuid AND m.role = 'admin' AND m.status = 'active' ORDER BY m.id FOR UPDATE`,
      [before.orgId],
    )
  }
  const written = await run(
    `UPDATE membership SET role = $3, status = $4
     WHERE org_id = $1::uuid AND id = $2::uuid AND role = $5 AND status = $6
       AND (NOT $7::boolean OR EXISTS (
         SELECT FROM membership other JOIN user_account u ON u.id = other.user_id AND u.status = 'active'
         WHERE other.org_id = $1::uuid AND other.id <> $2::uuid AND other.role = 'admin' AND other.status = 'active'))
     RETURNING id`,
    [
      before.orgId,
      before.id,
      change.role ?? before.role,
      change.status ?? before.status,
      before.role,
      before.status,
      endsAdministration,
    ],
  )
  return written.length === 1
}

/** Whether an active administrator remains without this one. */
export async function hasOtherAdmin(tx: Tx | BulkTx, without: { orgId: string; id: string }): Promise<boolean> {
  const found = await sqlOf(tx)(
    `SELECT 1 AS found FROM membership m JOIN user_account u ON u.id = m.user_id AND u.status = 'active'
     WHERE m.org_id = $1::uuid AND m.id <> $2::uuid AND m.role = 'admin' AND m.status = 'active' LIMIT 1`,
    [without.orgId, without.id],
  )
  return found.length > 0
}

/** Text for `LIKE`, in which nothing stands for anything else. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)
}

export function searchMembers(db: Reader, query: string, limit: number) {
  const text = { contains: literal(query), mode: 'insensitive' as const }
  return db.membership.findMany({
    where: { status: 'active', user: { status: 'active', OR: [{ name: text }, { email: text }] } },
    select: { userId: true, user: { select: { name: true, email: true } } },
    orderBy: { user: { name: 'asc' } },
    take: limit,
  })
}

export function searchTeams(db: Reader, query: string, limit: number) {
  return db.team.findMany({
    where: { name: { contains: literal(query), mode: 'insensitive' } },
    orderBy: { name: 'asc' },
    take: limit,
  })
}

// Teams

export function listTeamRows(db: Reader, orgId: string, where: object, page: Page): Promise<TeamRow[]> {
  return db.team.findMany({ where, include: withMembers, ...keyset(orgId, page) })
}

export async function findTeam(ctx: Context, id: string): Promise<TeamRow> {
  const row = await ctx.db.team.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: withMembers,
  })
  if (!row) throw new AppError('not_found', 'There is no such team.')
  return row
}

/** Which of these ids are members of the organization. */
export async function knownMemberIds(db: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await db.membership.findMany({ where: { id: { in: [...ids] } }, select: { id: true } })
  return rows.map((row) => row.id)
}

/** False when another team has the name already. */
export async function insertTeam(
  tx: Tx,
  row: { orgId: string; id: string; name: string; description: string | null },
  memberIds: readonly string[],
): Promise<boolean> {
  const { count } = await tx.team.createMany({ data: [row], skipDuplicates: true })
  if (count === 0) return false
  await tx.teamMember.createMany({
    data: memberIds.map((membershipId) => ({ orgId: row.orgId, teamId: row.id, membershipId })),
  })
  return true
}

/** False when another team has the name already or the team is gone. */
export async function writeTeam(
  tx: Tx,
  key: { orgId: string; id: string },
  change: { name: string; description: string | null },
): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE team SET name = ${change.name}, description = ${change.description}
    WHERE org_id = ${key.orgId}::uuid AND id = ${key.id}::uuid
      AND NOT EXISTS (SELECT FROM team t WHERE t.org_id = ${key.orgId}::uuid AND t.name = ${change.name} AND t.id <> ${key.id}::uuid)`
  return count === 1
}

export async function removeTeam(tx: BulkTx, key: { orgId: string; id: string }): Promise<boolean> {
  const removed = await sqlOf(tx)(`DELETE FROM team WHERE org_id = $1::uuid AND id = $2::uuid RETURNING id`, [
    key.orgId,
    key.id,
  ])
  return removed.length === 1
}

/** False when the person is in the team already. */
export async function insertTeamMember(
  tx: Tx,
  key: { orgId: string; teamId: string; membershipId: string },
): Promise<boolean> {
  const { count } = await tx.teamMember.createMany({ data: [key], skipDuplicates: true })
  return count === 1
}

/** Answers false when that member is not in the team any more. */
export async function setTeamLead(
  tx: Tx,
  key: { orgId: string; teamId: string; membershipId: string },
  isLead: boolean,
): Promise<boolean> {
  const { count } = await tx.teamMember.updateMany({ where: key, data: { isLead } })
  return count === 1
}

export async function removeTeamMember(
  tx: Tx,
  key: { orgId: string; teamId: string; membershipId: string },
): Promise<boolean> {
  const { count } = await tx.teamMember.deleteMany({ where: key })
  return count === 1
}

// Invitations

export function listInvitationRows(db: Reader, orgId: string, where: object, page: Page) {
  return db.invitation.findMany({ where, ...keyset(orgId, page) })
}

export async function findInvitation(ctx: Context, id: string) {
  const row = await ctx.db.invitation.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!row) throw new AppError('not_found', 'There is no such invitation.')
  return row
}

export function readInvitation(db: Reader, { orgId, id }: { orgId: string; id: string }) {
  return db.invitation.findUnique({ where: { orgId_id: { orgId, id } } })
}

export function findMembershipByEmail(db: Reader, email: string) {
  return db.membership.findFirst({ where: { user: { email } }, select: { id: true, status: true } })
}

export function findOpenInvitation(db: Reader, email: string, now: Date) {
  return db.invitation.findFirst({
    where: { email, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    select: { id: true },
  })
}

export function insertInvitation(
  tx: Tx,
  row: { orgId: string; email: string; role: MemberRole; tokenHash: string; invitedBy: string; expiresAt: Date },
) {
  return tx.invitation.create({ data: row })
}

/** Closes an open invitation one way or the other; false when it is not open any more. */
export async function closeInvitation(
  tx: Tx,
  key: { orgId: string; id: string },
  now: Date,
  as: 'acceptedAt' | 'revokedAt',
): Promise<boolean> {
  const { count } = await tx.invitation.updateMany({
    where: { ...key, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { [as]: now },
  })
  return count === 1
}

/** Whose invitation a link is, across organizations: the one thing that the holder of a link proves. */
export async function resolveInvitationHash(tokenHash: string): Promise<{ orgId: string; id: string } | undefined> {
  const [row] = await installationClient().$queryRaw<{ orgId: string; id: string }[]>`
    SELECT org_id AS "orgId", id FROM resolve_invitation(${tokenHash})`
  return row
}

import { randomUUID } from 'node:crypto'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import { installationClient, type Reader, readerFor } from '@/lib/platform/db/client'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { tenantOf } from '@/lib/platform/db/tenant'

// People. Their accounts stand above organizations, so no organization's row-level security hides or shows them.

export interface Account {
  id: string
  email: string
  name: string
  status: string
  passwordHash: string | null
}
const accountFields = { id: true, email: true, name: true, status: true, passwordHash: true } as const

export function findAccountByEmail(email: string): Promise<Account | null> {
  return installationClient().userAccount.findUnique({ where: { email }, select: accountFields })
}

export function findAccountById(id: string): Promise<Account | null> {
  return installationClient().userAccount.findUnique({ where: { id }, select: accountFields })
}

/** The new account's id; undefined when the address is taken. */
export async function insertAccount(row: {
  email: string
  name: string
  passwordHash: string | null
}): Promise<string | undefined> {
  const [made] = await installationClient().userAccount.createManyAndReturn({
    data: [row],
    skipDuplicates: true,
    select: { id: true },
  })
  return made?.id
}

export async function removeAccount(email: string): Promise<void> {
  await installationClient().userAccount.deleteMany({ where: { email } })
}

/** False when the password was changed by somebody else in between. */
export async function writePassword(tx: Tx, account: Account, passwordHash: string): Promise<boolean> {
  const { count } = await tx.userAccount.updateMany({
    where: { id: account.id, passwordHash: account.passwordHash },
    data: { passwordHash, updatedAt: new Date() },
  })
  return count === 1
}

/** False when the status is not the one that it is to be changed from. */
export async function writeAccountStatus(tx: Tx, id: string, from: string, to: string): Promise<boolean> {
  const { count } = await tx.userAccount.updateMany({
    where: { id, status: from },
    data: { status: to, updatedAt: new Date() },
  })
  return count === 1
}

/** A person's membership in the caller's organization, with what lists show of the person. */
export function findMember(db: Reader, who: { userId: string } | { id: string }) {
  return db.membership.findFirst({
    where: who,
    select: {
      id: true,
      role: true,
      status: true,
      userId: true,
      user: { select: { email: true, name: true, status: true } },
    },
  })
}

/**
 * Whether somebody else remains who is an active administrator. Locks the administrators' rows first, in one order, so
 * that two who disable each other at the same moment cannot both succeed.
 */
export async function hasOtherActiveAdmin(tx: Tx, orgId: string, userId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ userId: string; status: string }[]>`
    SELECT m.user_id AS "userId", u.status FROM membership m JOIN user_account u ON u.id = m.user_id
    WHERE m.org_id = ${orgId}::uuid AND m.role = 'admin' AND m.status = 'active' ORDER BY m.id FOR UPDATE`
  return rows.some((row) => row.userId !== userId && row.status === 'active')
}

// Links to an identity provider

export async function findLinkedAccount(issuer: string, subject: string): Promise<Account | undefined> {
  const link = await installationClient().oidcLink.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { user: { select: accountFields } },
  })
  return link?.user
}

/** What a first arrival by single sign-on did to an account. */
export interface Takeover {
  passwordRemoved: boolean
  endedSessions: number
}

/**
 * Links an account to a person of the identity provider and, in the same statement, removes the account's password and
 * ends every session of an account that had one. Undefined when this person of the provider is linked already.
 */
export async function insertLink(
  link: { issuer: string; subject: string; userId: string },
  tx?: Tx,
): Promise<Takeover | undefined> {
  const [row] = await (tx ?? installationClient()).$queryRaw<(Takeover & { inserted: boolean })[]>`
    WITH link AS (
      INSERT INTO oidc_link (issuer, subject, user_id) VALUES (${link.issuer}, ${link.subject}, ${link.userId}::uuid)
      ON CONFLICT DO NOTHING RETURNING user_id
    ), account AS (
      UPDATE user_account SET password_hash = NULL, updated_at = now()
      WHERE id = (SELECT user_id FROM link) AND password_hash IS NOT NULL RETURNING id
    ), ended AS (
      UPDATE session SET revoked_at = now()
      WHERE user_id = (SELECT id FROM account) AND revoked_at IS NULL RETURNING id
    )
    SELECT EXISTS (SELECT FROM link) AS inserted, EXISTS (SELECT FROM account) AS "passwordRemoved",
      (SELECT count(*)::int FROM ended) AS "endedSessions"`
  return row?.inserted ? { passwordRemoved: row.passwordRemoved, endedSessions: row.endedSessions } : undefined
}

/**
 * Whether any organization has an open invitation for this address. There is no question that crosses organizations for
 * this, so each is asked in its own right; asked only when an unknown person comes from the identity provider.
 */
export async function hasOpenInvitation(email: string, now: Date): Promise<boolean> {
  for (const { id } of await listOrganizations()) {
    const open = await readerFor(tenantOf(id)).invitation.findFirst({
      where: { email, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
      select: { id: true },
    })
    if (open) return true
  }
  return false
}

// Sessions

export interface NewSession {
  id: string
  userId: string
  activeOrgId: string | null
  method: string
  ip: string | null
  userAgent: string | null
  expiresAt: Date
}

export function newSessionId(): string {
  return randomUUID()
}

/** With `tx` when the session begins in an organization, whose audit trail then has it too. */
export async function insertSession(session: NewSession, tx?: Tx): Promise<void> {
  await (tx ?? installationClient()).session.createMany({ data: [session] })
}

export function findSession(id: string) {
  return installationClient().session.findUnique({ where: { id }, include: { user: { select: { email: true } } } })
}

/** The sessions of one person that hold, the latest first. */
export function listLiveSessions(
  userId: string,
  where: Prisma.SessionWhereInput,
  live: { now: Date; idleSince: Date },
) {
  return installationClient().session.findMany({
    where: {
      AND: [where, { userId, revokedAt: null, expiresAt: { gt: live.now }, lastSeenAt: { gt: live.idleSince } }],
    },
    include: { user: { select: { email: true } } },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'asc' }],
  })
}

/** How many of these sessions it ended; those that had ended before are not counted. */
export async function endSessions(where: Prisma.SessionWhereInput, tx?: Tx): Promise<number> {
  const { count } = await (tx ?? installationClient()).session.updateMany({
    where: { AND: [where, { revokedAt: null }] },
    data: { revokedAt: new Date() },
  })
  return count
}

/**
 * Notes that a session's person proved once more that it is they, or that this was used up.
 * @param since only where that was proved after this moment
 * @returns false when the session is over, or it was not
 */
export async function writeConfirmation(
  tx: Tx,
  sessionId: string,
  confirmedAt: Date | null,
  since?: Date,
): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null, ...(since ? { confirmedAt: { gt: since } } : {}) },
    data: { confirmedAt },
  })
  return count > 0
}

export async function writeActiveOrganization(tx: Tx, sessionId: string, orgId: string): Promise<boolean> {
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, revokedAt: null },
    data: { activeOrgId: orgId },
  })
  return count === 1
}

/** Removes sessions that were over or revoked before a moment. */
export async function removeEndedSessions(before: Date): Promise<number> {
  const { count } = await installationClient().session.deleteMany({
    where: { OR: [{ expiresAt: { lt: before } }, { revokedAt: { lt: before } }] },
  })
  return count
}

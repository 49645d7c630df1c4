import type { Role } from '@/lib/platform/context'
import { installationClient, readerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import type { SessionToken } from './session-token'
import { hasOidc, sessionIdleHours, touchEverySeconds } from './settings'

export type SignInMethod = 'password' | 'oidc'

/** An organization in which a person may work, with what they are there. */
export interface OrganizationAccess {
  orgId: string
  name: string
  slug: string
  membershipId: string
  role: Role
  /** Beside it, for a time. */
  grantedRoles: Role[]
  /** The use of break-glass that they are in the middle of; what they do meanwhile is marked with it. */
  breakGlassId: string | null
  teamIds: string[]
}

/** A person whose session holds at this moment. */
export interface SignedIn {
  sessionId: string
  userId: string
  name: string
  email: string
  method: SignInMethod
  /** Active memberships, by the organizations' names. */
  organizations: OrganizationAccess[]
  /** The one that this session works in; undefined when the person belongs to none that admits this session. */
  active: OrganizationAccess | undefined
}

interface Row {
  userId: string
  name: string
  email: string
  method: SignInMethod
  activeOrgId: string | null
  lastSeenAt: Date
  orgId: string | null
  orgName: string
  orgSlug: string
  membershipId: string
  role: Role
  grantedRoles: Role[] | null
  breakGlassId: string | null
  membershipStatus: string
  teamIds: string[]
}

/**
 * Reads session, person and memberships with one question and says who is signed in; undefined when the session is
 * revoked, idle or over, or the person is disabled. Asked at every request, so that a change of any of these has
 * effect at the next one.
 */
export async function resolveSession(token: SessionToken, now = new Date()): Promise<SignedIn | undefined> {
  const idleSince = new Date(now.getTime() - sessionIdleHours * 3_600_000)
  const rows = await installationClient().$queryRaw<Row[]>`
    SELECT u.id AS "userId", u.name, u.email, s.method, s.active_org_id AS "activeOrgId", s.last_seen_at AS "lastSeenAt",
      m.org_id AS "orgId", m.org_name AS "orgName", m.org_slug AS "orgSlug", m.membership_id AS "membershipId", m.role,
      m.status AS "membershipStatus", m.team_ids AS "teamIds",
      g.roles AS "grantedRoles", b.id AS "breakGlassId"
    FROM session s
    JOIN user_account u ON u.id = s.user_id AND u.status = 'active'
    LEFT JOIN LATERAL resolve_memberships(u.id) m ON m.status = 'active'
    LEFT JOIN LATERAL resolve_granted_roles(u.id) g ON g.org_id = m.org_id
    LEFT JOIN LATERAL resolve_break_glass(u.id) b ON b.org_id = m.org_id
    WHERE s.id = ${token.sessionId}::uuid AND s.user_id = ${token.userId}::uuid AND s.revoked_at IS NULL
      AND s.expires_at > ${now} AND s.last_seen_at > ${idleSince}`
  const [first] = rows
  if (!first) return undefined
  if (now.getTime() - first.lastSeenAt.getTime() > touchEverySeconds * 1000) await touchSession(token.sessionId, now)
  const organizations = rows.flatMap((row) => (row.orgId === null ? [] : [accessOf(row, row.orgId)]))
  const { userId, name, email, method } = first
  const active = await chooseActive(organizations, first.activeOrgId, method)
  return { sessionId: token.sessionId, userId, name, email, method, organizations, active }
}

/** The active memberships of a person, by the organizations' names. */
export async function resolveMemberships(userId: string): Promise<OrganizationAccess[]> {
  const rows = await installationClient().$queryRaw<(Row & { orgId: string })[]>`
    SELECT org_id AS "orgId", org_name AS "orgName", org_slug AS "orgSlug", membership_id AS "membershipId", role,
      team_ids AS "teamIds", NULL::text[] AS "grantedRoles", NULL::uuid AS "breakGlassId"
    FROM resolve_memberships(${userId}::uuid) WHERE status = 'active'`
  return rows.map((row) => accessOf(row, row.orgId))
}

function accessOf(row: Row, orgId: string): OrganizationAccess {
  const { orgName: name, orgSlug: slug, membershipId, role, teamIds } = row
  return {
    orgId,
    name,
    slug,
    membershipId,
    role,
    grantedRoles: row.grantedRoles ?? [],
    breakGlassId: row.breakGlassId,
    teamIds,
  }
}

/** The wanted organization while the person belongs to it, else the first one that admits this kind of sign-in. */
export async function chooseActive(
  organizations: readonly OrganizationAccess[],
  wantedOrgId: string | null,
  method: SignInMethod,
): Promise<OrganizationAccess | undefined> {
  const wanted = organizations.filter(({ orgId }) => orgId === wantedOrgId)
  for (const organization of new Set([...wanted, ...organizations])) {
    if (await admits(organization.orgId, method)) return organization
  }
  return undefined
}

/**
 * An organization may insist on single sign-on. It counts only while single sign-on is configured, as otherwise nobody
 * could come in to change it back.
 */
export async function admits(orgId: string, method: SignInMethod): Promise<boolean> {
  if (method !== 'password' || !hasOidc()) return true
  const organization = await readerFor(tenantOf(orgId)).organization.findUnique({
    where: { id: orgId },
    select: { passwordSignIn: true },
  })
  return organization?.passwordSignIn ?? false
}

async function touchSession(sessionId: string, now: Date): Promise<void> {
  // Only forward: of two requests at once the later one stands.
  await installationClient().session.updateMany({
    where: { id: sessionId, lastSeenAt: { lt: now } },
    data: { lastSeenAt: now },
  })
}

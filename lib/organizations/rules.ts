import type { Invitation, MemberRole } from './schema'

export const invitationLifetimeDays = 7
const dayMs = 86_400_000

/** When an invitation made at `nowMs` ends. */
export function invitationExpiry(nowMs: number): Date {
  return new Date(nowMs + invitationLifetimeDays * dayMs)
}

/** What has become of an invitation; acceptance and revocation stand whatever the clock says. */
export function invitationState(
  invitation: { expiresAt: Date; acceptedAt: Date | null; revokedAt: Date | null },
  nowMs: number,
): Invitation['state'] {
  if (invitation.acceptedAt) return 'accepted'
  if (invitation.revokedAt) return 'revoked'
  return invitation.expiresAt.getTime() <= nowMs ? 'expired' : 'open'
}

/** The address part of an organization: lower-case letters, digits and hyphens, at most 50 characters, never empty. */
export function slugFor(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '')
  return slug || 'organization'
}

/** Whether a change takes the last kind of power away that only an active administrator has. */
export function endsAdministration(
  before: { role: MemberRole; status: string },
  after: { role?: MemberRole | undefined; status?: string | undefined },
): boolean {
  const wasAdmin = before.role === 'admin' && before.status === 'active'
  const isAdmin = (after.role ?? before.role) === 'admin' && (after.status ?? before.status) === 'active'
  return wasAdmin && !isAdmin
}

/** What each role may do, in a sentence part, for selects and for the preview of a change. */
export const roleAbilities: Record<MemberRole, readonly string[]> = {
  admin: ['Everything, including members, settings and keys of others'],
  security: [
    'See all identities, credentials and the audit trail',
    'Import files',
    'Assign, confirm and transfer owners',
    'Make API keys',
  ],
  reviewer: ['See all identities, credentials and imports', 'Make API keys'],
  auditor: ['See everything, including settings and the audit trail', 'Verify the audit chain', 'Change nothing'],
  member: ['See the identities they own', 'Confirm or hand over those', 'Make API keys'],
}

/** What a person gains and loses by a change of role. */
export function roleChange(from: MemberRole, to: MemberRole): { gains: string[]; loses: string[] } {
  const before = roleAbilities[from]
  const after = roleAbilities[to]
  return {
    gains: after.filter((ability) => !before.includes(ability)),
    loses: before.filter((ability) => !after.includes(ability)),
  }
}

interface Labelled {
  id: string
}

/** Targets: what the decision point is told of each row. */
export function organizationTarget(organization: Labelled & { name: string }) {
  return { kind: 'organization' as const, id: organization.id, label: organization.name, attr: {} }
}

export function memberTarget(member: Labelled & { userId: string; email: string; role: string; status: string }) {
  const { id, email, userId, role, status } = member
  return { kind: 'member' as const, id, label: email, attr: { userId, role, status } }
}

export function teamTarget(team: Labelled & { name: string }) {
  return { kind: 'team' as const, id: team.id, label: team.name, attr: {} }
}

/** `inviteeId` is the account with the invited address, known only when it accepts. */
export function invitationTarget(
  invitation: Labelled & { email: string; role: string },
  inviteeId: string | null = null,
) {
  const { id, email, role } = invitation
  return { kind: 'invitation' as const, id, label: email, attr: { email, role, inviteeId } }
}

/** The part of `input` that differs from `row`, before and after, for the audit trail. */
export function changedFields<T extends object>(row: T, input: Partial<T>): { before: Partial<T>; after: Partial<T> } {
  const keys = (Object.keys(input) as (keyof T)[]).filter((key) => input[key] !== undefined && input[key] !== row[key])
  const pick = (from: Partial<T>) => Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<T>
  return { before: pick(row), after: pick(input) }
}

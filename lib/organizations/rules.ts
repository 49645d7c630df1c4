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

const abilities = {
  seeOwn: 'See own identities',
  seeAll: 'See all identities, credentials and imports',
  seeSettings: 'See members, teams, keys and settings',
  seeAudit: 'See and verify the audit trail',
  answerOwn: 'Confirm or hand over own identities',
  govern: 'Assign, confirm and transfer the owners of any identity',
  bringIn: 'Import files',
  makeKeys: 'Make own API keys',
  administer: 'Change members, teams, settings and keys of others',
}
type Ability = keyof typeof abilities

/** What goes without saying for whoever may do more. */
const included: Partial<Record<Ability, Ability>> = { seeAll: 'seeOwn', govern: 'answerOwn' }

const abilitiesOfRole: Record<MemberRole, readonly Ability[]> = {
  admin: ['seeAll', 'seeSettings', 'seeAudit', 'govern', 'bringIn', 'makeKeys', 'administer'],
  security: ['seeAll', 'seeSettings', 'seeAudit', 'govern', 'bringIn', 'makeKeys'],
  reviewer: ['seeAll', 'answerOwn', 'makeKeys'],
  auditor: ['seeAll', 'seeSettings', 'seeAudit'],
  member: ['seeOwn', 'answerOwn', 'makeKeys'],
}

/** What each role may do, in words: what `policies/console` decides. */
export function roleAbilities(role: MemberRole): string[] {
  return abilitiesOfRole[role].map((ability) => abilities[ability])
}

/** What a person gains and loses by a change of role, in words. */
export function roleChange(from: MemberRole, to: MemberRole): { gains: string[]; loses: string[] } {
  const lacking = (one: MemberRole, other: MemberRole) => {
    const held = new Set(abilitiesOfRole[other].flatMap((ability) => [ability, included[ability]]))
    return abilitiesOfRole[one].filter((ability) => !held.has(ability)).map((ability) => abilities[ability])
  }
  return { gains: lacking(to, from), loses: lacking(from, to) }
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

import { z } from 'zod'
import { departureChoice } from '../ownership/schema'
import { NewPassword } from '../users/schema'

/** From most to least powerful, as lists and selects show them. */
export const memberRoles = ['admin', 'security', 'reviewer', 'auditor', 'member'] as const
export const MemberRole = z.enum(memberRoles)
export type MemberRole = z.infer<typeof MemberRole>

const Name = z.string().trim().min(1, 'Give a name.').max(80, 'Use at most 80 characters.')
const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, 'Use at most 254 characters.')
  .pipe(z.email('Write an e-mail address, such as ana@example.com.'))
const Days = (what: string) =>
  z.int(`${what} is a whole number of days.`).min(1, 'At least 1 day.').max(3650, 'At most 3,650 days.')
/** Names one row of the organization. */
export const ById = z.strictObject({ id: z.uuid() })
const page = { nextCursor: z.string().nullable() }

/** Lists are short (people, teams), so a page holds plenty. `cursor` is the `nextCursor` of the page before. */
export const PageInput = z.strictObject({
  cursor: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})
export type PageInput = z.input<typeof PageInput>

// The organization

export const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  rotateAfterDays: z.int(),
  staleAfterDays: z.int(),
  attestAfterDays: z.int(),
  passwordSignIn: z.boolean(),
  createdAt: z.iso.datetime(),
  can: z.object({ update: z.boolean(), create: z.boolean() }),
})
export type Organization = z.infer<typeof Organization>

/** What a person fills in about it. */
export const OrganizationLimits = z.strictObject({
  name: Name,
  rotateAfterDays: Days('Rotation'),
  staleAfterDays: Days('Staleness'),
  attestAfterDays: Days('Attestation'),
})
export const UpdateOrganizationInput = OrganizationLimits.extend({ passwordSignIn: z.boolean() })
  .partial()
  .refine((input) => Object.keys(input).length > 0, 'Nothing to change.')
export type UpdateOrganizationInput = z.input<typeof UpdateOrganizationInput>

export const CreateOrganizationInput = z.strictObject({ name: Name })
export type CreateOrganizationInput = z.input<typeof CreateOrganizationInput>

export const SwitchOrganizationInput = ById
export type SwitchOrganizationInput = z.input<typeof SwitchOrganizationInput>

export const MyOrganization = z.object({
  id: z.uuid(),
  name: z.string(),
  slug: z.string(),
  role: MemberRole,
  /** The one that this session or key works in. */
  isCurrent: z.boolean(),
})
export type MyOrganization = z.infer<typeof MyOrganization>
export const MyOrganizationList = z.object({ items: z.array(MyOrganization) })
export type MyOrganizationList = z.infer<typeof MyOrganizationList>

// Members

export const Member = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: MemberRole,
  status: z.enum(['active', 'disabled']),
  teams: z.array(z.object({ id: z.uuid(), name: z.string() })),
  createdAt: z.iso.datetime(),
  isYou: z.boolean(),
  can: z.object({ changeRole: z.boolean(), disable: z.boolean() }),
})
export type Member = z.infer<typeof Member>
export const MemberList = z.object({ items: z.array(Member), ...page })
export type MemberList = z.infer<typeof MemberList>

export const GetMemberInput = ById
export type GetMemberInput = z.input<typeof GetMemberInput>

const memberChange = {
  role: MemberRole.optional(),
  status: z.enum(['active', 'disabled']).optional(),
  /** With `disabled`, when nobody else answers for some of what the member owns: who takes over, or why nobody does. */
  ...departureChoice,
}
const isOneDecision = (input: { role?: unknown; status?: unknown }) =>
  (input.role === undefined) !== (input.status === undefined)
const oneDecision = 'Give either a role or a status; both at once would be two decisions.'
export const MemberChange = z.strictObject(memberChange).refine(isOneDecision, oneDecision)
export const UpdateMemberInput = z.strictObject({ id: z.uuid(), ...memberChange }).refine(isOneDecision, oneDecision)
export type UpdateMemberInput = z.input<typeof UpdateMemberInput>

export const LeaveOrganizationInput = z.strictObject(departureChoice)
export type LeaveOrganizationInput = z.input<typeof LeaveOrganizationInput>

/** Who can own an identity: an active member or a team. */
export const OwnerCandidate = z.object({
  /** `user:<id>` or `team:<id>`. */
  key: z.string(),
  kind: z.enum(['user', 'team']),
  label: z.string(),
  /** The e-mail address of a person, the description of a team. */
  hint: z.string().nullable(),
})
export type OwnerCandidate = z.infer<typeof OwnerCandidate>
export const SearchOwnersInput = z.strictObject({
  query: z.string().trim().max(120).default(''),
  limit: z.coerce.number().int().min(1).max(50).default(20),
})
export type SearchOwnersInput = z.input<typeof SearchOwnersInput>
export const OwnerCandidateList = z.object({ items: z.array(OwnerCandidate) })
export type OwnerCandidateList = z.infer<typeof OwnerCandidateList>

// Teams

export const Team = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  members: z.array(
    z.object({
      ...{ id: z.uuid(), name: z.string(), email: z.string(), status: z.enum(['active', 'disabled']) },
      /** Is asked in reviews when neither owner nor backup can be. */
      isLead: z.boolean(),
    }),
  ),
  createdAt: z.iso.datetime(),
  can: z.object({ update: z.boolean(), delete: z.boolean() }),
})
export type Team = z.infer<typeof Team>
export const TeamList = z.object({ items: z.array(Team), ...page, can: z.object({ create: z.boolean() }) })
export type TeamList = z.infer<typeof TeamList>

const Description = z.string().trim().max(300, 'Use at most 300 characters.')
export const GetTeamInput = ById
export type GetTeamInput = z.input<typeof GetTeamInput>
export const CreateTeamInput = z.strictObject({
  name: Name,
  description: Description.optional(),
  memberIds: z.array(z.uuid()).max(200).default([]),
})
export type CreateTeamInput = z.input<typeof CreateTeamInput>
export const TeamChange = z.strictObject({ name: Name.optional(), description: Description.optional() })
export const UpdateTeamInput = TeamChange.extend({ id: z.uuid() })
export type UpdateTeamInput = z.input<typeof UpdateTeamInput>
/** As for a member who is disabled: who takes over what nobody else answers for, or why nobody does. */
export const DeleteTeamInput = ById.extend(departureChoice)
export type DeleteTeamInput = z.input<typeof DeleteTeamInput>
export const TeamMemberInput = z.strictObject({ id: z.uuid(), memberId: z.uuid() })
export type TeamMemberInput = z.input<typeof TeamMemberInput>
export const TeamMemberChange = z.strictObject({ isLead: z.boolean() })
export const UpdateTeamMemberInput = TeamMemberInput.extend(TeamMemberChange.shape)
export type UpdateTeamMemberInput = z.input<typeof UpdateTeamMemberInput>

// Invitations

export const invitationStates = ['open', 'accepted', 'revoked', 'expired'] as const
export const Invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  role: MemberRole,
  state: z.enum(invitationStates),
  invitedBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** When it was accepted or revoked; null while neither has happened. */
  closedAt: z.iso.datetime().nullable(),
  can: z.object({ revoke: z.boolean() }),
})
export type Invitation = z.infer<typeof Invitation>
export const InvitationList = z.object({ items: z.array(Invitation), ...page, can: z.object({ create: z.boolean() }) })
export type InvitationList = z.infer<typeof InvitationList>

export const CreateInvitationInput = z.strictObject({ email: Email, role: MemberRole })
export type CreateInvitationInput = z.input<typeof CreateInvitationInput>
/** `link` is told once, here; only its hash is kept. */
export const CreatedInvitation = z.object({ invitation: Invitation, link: z.url() })
export type CreatedInvitation = z.infer<typeof CreatedInvitation>
export const RevokeInvitationInput = ById
export type RevokeInvitationInput = z.input<typeof RevokeInvitationInput>

const InvitationToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'This is not an invitation link.')

/** What the holder of a link may see before accepting. */
export const OfferedInvitation = z.object({
  organizationName: z.string(),
  email: z.string(),
  role: MemberRole,
  invitedBy: z.string(),
  expiresAt: z.iso.datetime(),
  /** The address already has an account: sign in instead of choosing a password. */
  hasAccount: z.boolean(),
})
export type OfferedInvitation = z.infer<typeof OfferedInvitation>
export const GetOfferInput = z.strictObject({ token: InvitationToken })
export type GetOfferInput = z.input<typeof GetOfferInput>

export const AcceptInvitationInput = z.strictObject({ token: InvitationToken })
export type AcceptInvitationInput = z.input<typeof AcceptInvitationInput>
export const JoinByInvitationInput = z.strictObject({
  token: InvitationToken,
  name: Name,
  password: NewPassword,
})
export type JoinByInvitationInput = z.input<typeof JoinByInvitationInput>
export const JoinedOrganization = z.object({
  organizationId: z.uuid(),
  organizationName: z.string(),
  email: z.string(),
})
export type JoinedOrganization = z.infer<typeof JoinedOrganization>

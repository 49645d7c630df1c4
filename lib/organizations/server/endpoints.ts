import { Departure } from '@/lib/ownership/schema'
import { endpoint } from '@/lib/platform/http/endpoint'
import {
  ById,
  CreatedInvitation,
  CreateInvitationInput,
  CreateOrganizationInput,
  CreateTeamInput,
  DeleteTeamInput,
  InvitationList,
  LeaveOrganizationInput,
  Member,
  MemberChange,
  MemberList,
  MyOrganization,
  MyOrganizationList,
  Organization,
  OwnerCandidateList,
  PageInput,
  SearchOwnersInput,
  Team,
  TeamChange,
  TeamList,
  TeamMemberChange,
  TeamMemberInput,
  UpdateOrganizationInput,
} from '../schema'
import { assignTeamMember } from './assign-team-member'
import { createInvitation } from './create-invitation'
import { createOrganization } from './create-organization'
import { createTeam } from './create-team'
import { deleteTeam, previewTeamDeparture } from './delete-team'
import { deleteTeamMember } from './delete-team-member'
import { getMember } from './get-member'
import { getOrganization } from './get-organization'
import { getTeam } from './get-team'
import { leaveOrganization } from './leave-organization'
import { listInvitations } from './list-invitations'
import { listMembers } from './list-members'
import { listOrganizations } from './list-organizations'
import { listTeams } from './list-teams'
import { previewDeparture, previewOwnDeparture } from './preview-departure'
import { revokeInvitation } from './revoke-invitation'
import { searchOwners } from './search-owners'
import { switchOrganization } from './switch-organization'
import { updateMember } from './update-member'
import { updateOrganization } from './update-organization'
import { updateTeam } from './update-team'
import { updateTeamMember } from './update-team-member'

const read = { scope: 'settings:read' } as const
const write = { scope: 'settings:write' } as const

const ofOrganizations = { tags: ['Organization'] } satisfies { tags: [string] }
export const getOrganizationEndpoint = endpoint({
  ...ofOrganizations,
  ...read,
  method: 'GET',
  path: '/api/v1/organization',
  operationId: 'getOrganization',
  summary: 'The organization that the caller works in',
  response: Organization,
  run: (ctx) => getOrganization(ctx),
})
export const updateOrganizationEndpoint = endpoint({
  ...ofOrganizations,
  ...write,
  method: 'PATCH',
  path: '/api/v1/organization',
  operationId: 'updateOrganization',
  summary: 'Change its name, its limits or its ways to sign in',
  description: 'Passwords can be switched off only while OpenID Connect is configured.',
  errors: ['precondition_failed'],
  body: UpdateOrganizationInput,
  response: Organization,
  run: (ctx, { body }) => updateOrganization(ctx, body),
})
export const listOrganizationsEndpoint = endpoint({
  ...ofOrganizations,
  ...read,
  method: 'GET',
  path: '/api/v1/organizations',
  operationId: 'listOrganizations',
  summary: 'The organizations that the caller may work in',
  response: MyOrganizationList,
  run: (ctx) => listOrganizations(ctx),
})
export const createOrganizationEndpoint = endpoint({
  ...ofOrganizations,
  ...write,
  method: 'POST',
  path: '/api/v1/organizations',
  operationId: 'createOrganization',
  summary: 'Found a further organization',
  description: 'The caller becomes its administrator. For people only: an API key belongs to one organization.',
  status: 201,
  errors: ['conflict'],
  body: CreateOrganizationInput,
  response: MyOrganization,
  run: (ctx, { body }) => createOrganization(ctx, body),
})
export const switchOrganizationEndpoint = endpoint({
  ...ofOrganizations,
  ...write,
  method: 'POST',
  path: '/api/v1/organizations/{id}/switch',
  operationId: 'switchOrganization',
  summary: 'Let the session work in another organization',
  description: 'For people only: an API key belongs to one organization.',
  params: ById,
  response: MyOrganization,
  run: (ctx, { params }) => switchOrganization(ctx, params),
})

const ofMembers = { tags: ['Members'] } satisfies { tags: [string] }
export const listMembersEndpoint = endpoint({
  ...ofMembers,
  ...read,
  method: 'GET',
  path: '/api/v1/members',
  operationId: 'listMembers',
  summary: 'The members, oldest first',
  query: PageInput,
  response: MemberList,
  run: (ctx, { query }) => listMembers(ctx, query),
})
export const getMemberEndpoint = endpoint({
  ...ofMembers,
  ...read,
  method: 'GET',
  path: '/api/v1/members/{id}',
  operationId: 'getMember',
  summary: 'One member',
  params: ById,
  response: Member,
  run: (ctx, { params }) => getMember(ctx, params),
})
export const updateMemberEndpoint = endpoint({
  ...ofMembers,
  ...write,
  method: 'PATCH',
  path: '/api/v1/members/{id}',
  operationId: 'updateMember',
  summary: 'Change the role of a member, or disable or enable the member',
  description:
    'Takes effect at the member’s next request. The last active administrator stays one. An API key changes no role.',
  errors: ['conflict', 'precondition_failed'],
  params: ById,
  body: MemberChange,
  response: Member,
  run: (ctx, { params, body }) => updateMember(ctx, { ...body, ...params }),
})
export const previewDepartureEndpoint = endpoint({
  ...ofMembers,
  ...read,
  method: 'GET',
  path: '/api/v1/members/{id}/departure',
  operationId: 'previewDeparture',
  summary: 'What would follow if a member were disabled',
  description:
    'What nobody would answer for, who would be asked to take over, and the secrets that they could have read.',
  errors: ['conflict'],
  params: ById,
  response: Departure,
  run: (ctx, { params }) => previewDeparture(ctx, params),
})
export const previewOwnDepartureEndpoint = endpoint({
  ...ofOrganizations,
  ...read,
  method: 'GET',
  path: '/api/v1/organization/departure',
  operationId: 'previewOwnDeparture',
  summary: 'What would follow if the caller left',
  description: 'For people only.',
  errors: ['conflict'],
  response: Departure,
  run: (ctx) => previewOwnDeparture(ctx),
})
export const leaveOrganizationEndpoint = endpoint({
  ...ofOrganizations,
  ...write,
  method: 'POST',
  path: '/api/v1/organization/leave',
  operationId: 'leaveOrganization',
  summary: 'End the caller’s own membership',
  description: 'For people only. What nobody else answers for is handed over, or left with a reason.',
  errors: ['conflict', 'precondition_failed'],
  body: LeaveOrganizationInput,
  run: (ctx, { body }) => leaveOrganization(ctx, body).then(() => undefined),
})
export const searchOwnersEndpoint = endpoint({
  ...ofMembers,
  scope: 'inventory:read',
  method: 'GET',
  path: '/api/v1/owners',
  operationId: 'searchOwners',
  summary: 'Who could own an identity: teams and active members',
  query: SearchOwnersInput,
  response: OwnerCandidateList,
  run: (ctx, { query }) => searchOwners(ctx, query),
})

const ofTeams = { tags: ['Teams'] } satisfies { tags: [string] }
export const listTeamsEndpoint = endpoint({
  ...ofTeams,
  ...read,
  method: 'GET',
  path: '/api/v1/teams',
  operationId: 'listTeams',
  summary: 'The teams with their members, oldest first',
  query: PageInput,
  response: TeamList,
  run: (ctx, { query }) => listTeams(ctx, query),
})
export const createTeamEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'POST',
  path: '/api/v1/teams',
  operationId: 'createTeam',
  summary: 'Make a team',
  status: 201,
  errors: ['conflict', 'not_found'],
  body: CreateTeamInput,
  response: Team,
  run: (ctx, { body }) => createTeam(ctx, body),
})
export const getTeamEndpoint = endpoint({
  ...ofTeams,
  ...read,
  method: 'GET',
  path: '/api/v1/teams/{id}',
  operationId: 'getTeam',
  summary: 'One team',
  params: ById,
  response: Team,
  run: (ctx, { params }) => getTeam(ctx, params),
})
export const updateTeamEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'PATCH',
  path: '/api/v1/teams/{id}',
  operationId: 'updateTeam',
  summary: 'Rename or describe a team',
  errors: ['conflict'],
  params: ById,
  body: TeamChange,
  response: Team,
  run: (ctx, { params, body }) => updateTeam(ctx, { ...body, ...params }),
})
export const previewTeamDepartureEndpoint = endpoint({
  ...ofTeams,
  ...read,
  method: 'GET',
  path: '/api/v1/teams/{id}/departure',
  operationId: 'previewTeamDeparture',
  summary: 'What would follow if a team were deleted',
  description: 'What nobody would answer for, and who would be asked to take over.',
  params: ById,
  response: Departure,
  run: (ctx, { params }) => previewTeamDeparture(ctx, params),
})
export const deleteTeamEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'DELETE',
  path: '/api/v1/teams/{id}',
  operationId: 'deleteTeam',
  summary: 'Delete a team; its members stay',
  description: 'What nobody else answers for is handed over, or left with a reason.',
  errors: ['conflict', 'precondition_failed'],
  params: ById,
  query: DeleteTeamInput.omit({ id: true }),
  run: (ctx, { params, query }) => deleteTeam(ctx, { ...query, ...params }).then(() => undefined),
})
export const assignTeamMemberEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'PUT',
  path: '/api/v1/teams/{id}/members/{memberId}',
  operationId: 'assignTeamMember',
  summary: 'Put a member into a team',
  errors: ['precondition_failed'],
  params: TeamMemberInput,
  response: Team,
  run: (ctx, { params }) => assignTeamMember(ctx, params),
})
export const updateTeamMemberEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'PATCH',
  path: '/api/v1/teams/{id}/members/{memberId}',
  operationId: 'updateTeamMember',
  summary: 'Say whether a member leads the team',
  description: 'Leads are asked in access reviews when neither the owner nor the backup can be.',
  params: TeamMemberInput,
  body: TeamMemberChange,
  response: Team,
  run: (ctx, { params, body }) => updateTeamMember(ctx, { ...body, ...params }),
})
export const deleteTeamMemberEndpoint = endpoint({
  ...ofTeams,
  ...write,
  method: 'DELETE',
  path: '/api/v1/teams/{id}/members/{memberId}',
  operationId: 'deleteTeamMember',
  summary: 'Take a member out of a team',
  params: TeamMemberInput,
  response: Team,
  run: (ctx, { params }) => deleteTeamMember(ctx, params),
})

const ofInvitations = { tags: ['Invitations'] } satisfies { tags: [string] }
export const listInvitationsEndpoint = endpoint({
  ...ofInvitations,
  ...read,
  method: 'GET',
  path: '/api/v1/invitations',
  operationId: 'listInvitations',
  summary: 'The invitations, oldest first',
  query: PageInput,
  response: InvitationList,
  run: (ctx, { query }) => listInvitations(ctx, query),
})
export const createInvitationEndpoint = endpoint({
  ...ofInvitations,
  ...write,
  method: 'POST',
  path: '/api/v1/invitations',
  operationId: 'createInvitation',
  summary: 'Invite a person by e-mail address',
  description:
    'The answer holds the link, once. It is valid for seven days and for one person. For people only: an API key invites nobody.',
  status: 201,
  errors: ['conflict'],
  revealsSecret: true,
  body: CreateInvitationInput,
  response: CreatedInvitation,
  run: (ctx, { body }) => createInvitation(ctx, body),
})
export const revokeInvitationEndpoint = endpoint({
  ...ofInvitations,
  ...write,
  method: 'DELETE',
  path: '/api/v1/invitations/{id}',
  operationId: 'revokeInvitation',
  summary: 'End an open invitation',
  errors: ['conflict'],
  params: ById,
  run: (ctx, { params }) => revokeInvitation(ctx, params).then(() => undefined),
})

export const endpoints = [
  getOrganizationEndpoint,
  updateOrganizationEndpoint,
  listOrganizationsEndpoint,
  createOrganizationEndpoint,
  switchOrganizationEndpoint,
  listMembersEndpoint,
  getMemberEndpoint,
  updateMemberEndpoint,
  previewDepartureEndpoint,
  previewOwnDepartureEndpoint,
  previewTeamDepartureEndpoint,
  leaveOrganizationEndpoint,
  searchOwnersEndpoint,
  listTeamsEndpoint,
  createTeamEndpoint,
  getTeamEndpoint,
  updateTeamEndpoint,
  deleteTeamEndpoint,
  assignTeamMemberEndpoint,
  updateTeamMemberEndpoint,
  deleteTeamMemberEndpoint,
  listInvitationsEndpoint,
  createInvitationEndpoint,
  revokeInvitationEndpoint,
]

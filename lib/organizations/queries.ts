import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { InvitationList, MemberList, MyOrganizationList, Organization, OwnerCandidateList, TeamList } from './schema'

/** Keys begin with the organization, so that nothing of one is ever shown in another after a switch. */
export const organizationQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'organization'],
    queryFn: ({ signal }) => apiFetch('/api/v1/organization', { schema: Organization, signal }),
  })

export const myOrganizationsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'organizations'],
    queryFn: ({ signal }) => apiFetch('/api/v1/organizations', { schema: MyOrganizationList, signal }),
  })

export const membersQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'members'],
    queryFn: ({ signal }) => apiFetch('/api/v1/members?limit=500', { schema: MemberList, signal }),
  })

export const invitationsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'invitations'],
    queryFn: ({ signal }) => apiFetch('/api/v1/invitations?limit=500', { schema: InvitationList, signal }),
  })

export const teamsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'teams'],
    queryFn: ({ signal }) => apiFetch('/api/v1/teams?limit=500', { schema: TeamList, signal }),
  })

/** Who could own an identity, by part of a name or address. */
export const ownersQuery = (orgId: string, query: string) =>
  queryOptions({
    queryKey: [orgId, 'owners', query],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/owners?query=${encodeURIComponent(query)}`, { schema: OwnerCandidateList, signal }),
  })

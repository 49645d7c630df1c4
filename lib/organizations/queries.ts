import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'

type Contracts = typeof import('./schema')

/** Fetched with the first answer, so that no page waits for it before it shows anything. */
const contract =
  <
    Name extends
      | 'InvitationList'
      | 'MemberList'
      | 'MyOrganizationList'
      | 'Organization'
      | 'OwnerCandidateList'
      | 'TeamList',
  >(
    name: Name,
  ) =>
  async (): Promise<Contracts[Name]> =>
    (await import('./schema'))[name]

/** Keys begin with the organization, so that nothing of one is ever shown in another after a switch. */
export const organizationQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'organization'],
    queryFn: ({ signal }) => apiFetch('/api/v1/organization', { schema: contract('Organization'), signal }),
  })

export const myOrganizationsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'organizations'],
    queryFn: ({ signal }) => apiFetch('/api/v1/organizations', { schema: contract('MyOrganizationList'), signal }),
  })

export const membersQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'members'],
    queryFn: ({ signal }) => apiFetch('/api/v1/members?limit=500', { schema: contract('MemberList'), signal }),
  })

export const invitationsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'invitations'],
    queryFn: ({ signal }) => apiFetch('/api/v1/invitations?limit=500', { schema: contract('InvitationList'), signal }),
  })

export const teamsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'teams'],
    queryFn: ({ signal }) => apiFetch('/api/v1/teams?limit=500', { schema: contract('TeamList'), signal }),
  })

/** Who could own an identity, by part of a name or address. */
export const ownersQuery = (orgId: string, query: string) =>
  queryOptions({
    queryKey: [orgId, 'owners', query],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/owners?query=${encodeURIComponent(query)}`, { schema: contract('OwnerCandidateList'), signal }),
    // While a longer word is looked for, those of the former that have it too can be chosen already.
    placeholderData: (former) => {
      const items =
        former?.items.filter(({ label, hint }) => isPartOf(query, label) || isPartOf(query, hint ?? '')) ?? []
      return items.length === 0 ? undefined : { items }
    },
  })

const isPartOf = (part: string, text: string) => text.toLowerCase().includes(part.toLowerCase())

import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { IdentityAccess } from './schema'

/** What an identity may do on what. Keys begin with the organization. */
export const accessQuery = (orgId: string, identityId: string) =>
  queryOptions({
    queryKey: [orgId, 'access', identityId],
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities/${identityId}/access`, { schema: IdentityAccess, signal }),
  })

import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { apiFetch } from '@/lib/platform/browser/api'
import { AccessQuery } from './filters'
import { IdentityAccess } from './schema'

/** A page of what an identity may do on what. Keys begin with the organization. */
export const accessQuery = (orgId: string, identityId: string, query: AccessQuery) => {
  const set = Object.entries(z.encode(AccessQuery, query)).filter(([, value]) => value !== undefined)
  const params = new URLSearchParams(set.map(([name, value]) => [name, String(value)]))
  params.sort()
  return queryOptions({
    queryKey: [orgId, 'access', identityId, params.toString()],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/identities/${identityId}/access?${params}`, { schema: IdentityAccess, signal }),
  })
}

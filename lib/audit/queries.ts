import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { AuditFacets, type AuditFilter, AuditList } from './schema'

function search(filter: AuditFilter, cursor: string | null): string {
  const params = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== undefined && value !== ''))
  if (cursor) params.set('cursor', cursor)
  return params.size > 0 ? `?${params}` : ''
}

/** The trail in pages of 50, newest first. */
export const auditListQuery = (orgId: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', orgId, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(`/api/v1/audit-events${search(filter, pageParam)}`, { schema: AuditList, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** What the trail can be filtered by. */
export const auditFacetsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['audit', orgId, 'facets'],
    queryFn: ({ signal }) => apiFetch('/api/v1/audit-events/facets', { schema: AuditFacets, signal }),
  })

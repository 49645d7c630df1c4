import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { AuditFacets, type AuditFilter, AuditList } from './schema'

function search(filter: AuditFilter, cursor: string | null): string {
  const params = new URLSearchParams(
    Object.entries(filter).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    ),
  )
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

/** One event by its number, whatever list is shown; null when there is none of that number. */
export const auditEventQuery = (orgId: string, seq: number) =>
  queryOptions({
    queryKey: ['audit', orgId, 'event', seq],
    queryFn: async ({ signal }) => {
      const { items } = await apiFetch(`/api/v1/audit-events${search({ seq }, null)}`, { schema: AuditList, signal })
      return items[0] ?? null
    },
  })

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { DecisionDetail, type DecisionFilter, DecisionList, type ExportQuery } from './schema'

/** The filter as the query of an address; '' for none. */
function decisionSearch(filter: DecisionFilter, cursor: string | null = null): string {
  const params = new URLSearchParams(
    Object.entries(filter).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, value]])),
  )
  if (cursor) params.set('cursor', cursor)
  return params.size > 0 ? `?${params}` : ''
}

/** Where the log is taken along, filtered in the same way. */
export function exportHref(filter: DecisionFilter, format: ExportQuery['format']): string {
  const search = decisionSearch(filter)
  return `/api/v1/decisions/export${search}${search === '' ? '?' : '&'}format=${format}`
}

/** The log in pages of 50, latest first. */
export const decisionListQuery = (orgId: string, filter: DecisionFilter) =>
  infiniteQueryOptions({
    queryKey: ['decisions', orgId, 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(`/api/v1/decisions${decisionSearch(filter, pageParam)}`, { schema: DecisionList, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** One answer with what the policy saw. */
export const decisionQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['decisions', orgId, 'one', id],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/decisions/${encodeURIComponent(id)}`, { schema: DecisionDetail, signal }),
    retry: false,
  })

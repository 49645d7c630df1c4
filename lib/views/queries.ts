import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'

/** Fetched with the first answer: the list is on the screen before. */
const contract =
  <Name extends 'ViewList' | 'ViewCounts'>(name: Name) =>
  async () =>
    (await import('./schema'))[name]

/** The views of both lists; keyed by organization, so that a switch shows nothing of the other. */
export const viewsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'views'],
    queryFn: ({ signal }) => apiFetch('/api/v1/views', { schema: contract('ViewList'), signal }),
    staleTime: 60_000,
  })

/** How many rows each view has now. Below the inventory's key, so that whatever changes the inventory asks again. */
export const viewCountsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'inventory', 'view-counts'],
    queryFn: ({ signal }) => apiFetch('/api/v1/views/counts', { schema: contract('ViewCounts'), signal }),
    staleTime: 5000,
  })

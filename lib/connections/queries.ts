import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { ImportDetail, ImportList, type ImportStatus } from './schema'

/** True while the worker has it. */
export const isUnderWay = (status: ImportStatus | undefined) => status === 'queued' || status === 'applying'

/** One page of imports, newest first; polled while one is under way. */
export const importListQuery = (orgId: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['imports', orgId, 'list', cursor],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/imports${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, {
        schema: ImportList,
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.items.some((run) => isUnderWay(run.status)) ? 1000 : false),
  })

/** One import; polled twice a second while it is under way. */
export const importQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['imports', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/imports/${id}`, { schema: ImportDetail, signal }),
    refetchInterval: (query) => (isUnderWay(query.state.data?.status) ? 500 : false),
  })

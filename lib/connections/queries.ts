import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { ImportDetail, ImportList } from './schema'

const isUnderWay = (status: string | undefined) => status === 'queued' || status === 'applying'

/** The newest imports; polled while one is under way. */
export const importListQuery = (cursor?: string) =>
  queryOptions({
    queryKey: ['imports', 'list', cursor ?? ''],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/imports${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, {
        schema: ImportList,
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.items.some((run) => isUnderWay(run.status)) ? 1000 : false),
  })

/** One import; polled twice a second while it is under way. */
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/imports/${id}`, { schema: ImportDetail, signal }),
    refetchInterval: (query) => (isUnderWay(query.state.data?.status) ? 500 : false),
  })

import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { type PreviewUseInput, UseDetail, UsePage, UsePreview, type UseQuery } from './schema'

export const breakGlassPreviewQuery = (orgId: string, input: PreviewUseInput) =>
  queryOptions({
    queryKey: ['break-glass', orgId, 'preview', input],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/break-glass/preview', { method: 'POST', body: input, schema: UsePreview, signal }),
    retry: false,
  })

export const breakGlassListQuery = (orgId: string, query: Partial<UseQuery>) =>
  queryOptions({
    queryKey: ['break-glass', orgId, 'list', query],
    queryFn: ({ signal }) => {
      const params = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
      )
      return apiFetch(`/api/v1/break-glass?${params}`, { schema: UsePage, signal })
    },
    refetchInterval: 15_000,
  })

/** Asked again every few seconds until it was reviewed. */
export const breakGlassQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['break-glass', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/break-glass/${id}`, { schema: UseDetail, signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.state === 'reviewed' || data?.state === 'void' ? false : data?.state === 'to_review' ? 10_000 : 2000,
  })

import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import {
  DuePage,
  type DueQuery,
  PolicyPreview,
  type PreviewPolicyInput,
  RotationPolicyDetail,
  RotationPolicyPage,
} from './policies'

const text = (query: object) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
  return params.size > 0 ? `?${params}` : ''
}

/** What falls due; asked again every 15 seconds, as runs begin and end by themselves. */
export const dueListQuery = (orgId: string, query: Partial<DueQuery>) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'due', query],
    queryFn: ({ signal }) => apiFetch(`/api/v1/due-rotations${text(query)}`, { schema: DuePage, signal }),
    refetchInterval: 15_000,
  })

export const policyListQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'policies'],
    queryFn: ({ signal }) => apiFetch('/api/v1/rotation-policies', { schema: RotationPolicyPage, signal }),
    refetchInterval: 15_000,
  })

export const policyQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'policies', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/rotation-policies/${id}`, { schema: RotationPolicyDetail, signal }),
    refetchInterval: 15_000,
  })

/** What a policy would do and when; nothing is asked while it is not whole yet. */
export const policyPreviewQuery = (orgId: string, draft: PreviewPolicyInput | null) =>
  queryOptions({
    queryKey: ['lifecycle', orgId, 'policy-preview', draft],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/rotation-policies/preview', {
        method: 'POST',
        body: draft,
        schema: PolicyPreview,
        signal,
      }),
    enabled: draft !== null,
    placeholderData: keepPreviousData,
    gcTime: 0,
  })

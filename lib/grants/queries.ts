import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { GrantDetail, GrantPage, GrantPreview, type GrantQuery, type PreviewGrantInput } from './schema'
import type { GrantState } from './values'

const underWay: readonly GrantState[] = ['activating', 'ending']
const open: readonly GrantState[] = ['requested', 'approved', 'active', ...underWay]

/** How soon a grant may look different: while the source is at work at once, then now and then, and never after its end. */
const lookAgainMs = (states: readonly GrantState[]) =>
  states.some((state) => underWay.includes(state)) ? 1000 : states.some((state) => open.includes(state)) ? 5000 : false

export const grantListQuery = (orgId: string, query: Partial<GrantQuery>) =>
  queryOptions({
    queryKey: ['grants', orgId, 'list', query],
    queryFn: ({ signal }) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
      const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
      return apiFetch(`/api/v1/grants?${params}`, { schema: GrantPage, signal })
    },
    refetchInterval: ({ state }) => lookAgainMs(state.data?.items.map((grant) => grant.state) ?? []) || 30_000,
  })

export const grantQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['grants', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/grants/${id}`, { schema: GrantDetail, signal }),
    refetchInterval: ({ state }) => (state.data ? lookAgainMs([state.data.state]) : 5000),
  })

export const grantPreviewQuery = (orgId: string, input: PreviewGrantInput) =>
  queryOptions({
    queryKey: ['grants', orgId, 'preview', input],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/grants/preview', { method: 'POST', body: input, schema: GrantPreview, signal }),
    staleTime: 10_000,
    retry: false,
  })

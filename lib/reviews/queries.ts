import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import {
  IdentityReviewPage,
  ReviewGroupPage,
  type ReviewGroupQuery,
  ReviewItemDetail,
  ReviewItemPage,
  type ReviewItemQuery,
  SignOffPreview,
} from './items'
import { CampaignQuality, CampaignRecord, RemedyPage, type RemedyQuery } from './remedies'
import {
  CampaignDetail,
  CampaignPage,
  CampaignPreview,
  CampaignProgress,
  type CampaignQuery,
  MyReviews,
  type PreviewCampaignInput,
  ReviewerPage,
} from './schema'
import { TemplatePage } from './templates'
import type { CampaignState, ReportFormat } from './values'

const ended: readonly CampaignState[] = ['closed_effective', 'closed_with_exceptions', 'cancelled']
/** Nothing of it changes any more. */
export const isEnded = (state: CampaignState | undefined) => state !== undefined && ended.includes(state)

const text = (query: object) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
  return params.size > 0 ? `?${params}` : ''
}

/** Everything of one campaign: invalidate this after an act. */
export const campaignKey = (orgId: string, id: string) => ['reviews', orgId, 'campaigns', id]

export const templatesQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['reviews', orgId, 'templates'],
    queryFn: ({ signal }) => apiFetch('/api/v1/review-templates', { schema: TemplatePage, signal }),
  })

export const campaignListQuery = (orgId: string, query: Partial<CampaignQuery>) =>
  queryOptions({
    queryKey: ['reviews', orgId, 'campaigns', query],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns${text(query)}`, { schema: CampaignPage, signal }),
    refetchInterval: 30_000,
  })

export const campaignQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'detail'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}`, { schema: CampaignDetail, signal }),
    refetchInterval: ({ state }) => (isEnded(state.data?.state) ? false : 10_000),
  })

/** What launching these rules over this scope would do, as of now. */
export const campaignPreviewQuery = (orgId: string, draft: PreviewCampaignInput, enabled = true) =>
  queryOptions({
    queryKey: ['reviews', orgId, 'preview', draft],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/campaigns/preview', { method: 'POST', body: draft, schema: CampaignPreview, signal }),
    enabled,
    gcTime: 0,
    placeholderData: keepPreviousData,
  })

export const campaignProgressQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'progress'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}/progress`, { schema: CampaignProgress, signal }),
    refetchInterval: ({ state }) => (isEnded(state.data?.state) ? false : 2000),
  })

export const campaignReviewersQuery = (orgId: string, id: string) =>
  infiniteQueryOptions({
    queryKey: [...campaignKey(orgId, id), 'reviewers'],
    queryFn: ({ signal, pageParam }) =>
      apiFetch(`/api/v1/campaigns/${id}/reviewers${text({ cursor: pageParam })}`, { schema: ReviewerPage, signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const reviewItemsQuery = (orgId: string, id: string, query: Partial<Omit<ReviewItemQuery, 'cursor'>>) =>
  infiniteQueryOptions({
    queryKey: [...campaignKey(orgId, id), 'items', query],
    queryFn: ({ signal, pageParam }) =>
      apiFetch(`/api/v1/campaigns/${id}/items${text({ ...query, cursor: pageParam })}`, {
        schema: ReviewItemPage,
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const reviewGroupsQuery = (orgId: string, id: string, query: Partial<Omit<ReviewGroupQuery, 'cursor'>> = {}) =>
  infiniteQueryOptions({
    queryKey: [...campaignKey(orgId, id), 'groups', query],
    queryFn: ({ signal, pageParam }) =>
      apiFetch(`/api/v1/campaigns/${id}/groups${text({ ...query, cursor: pageParam })}`, {
        schema: ReviewGroupPage,
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const reviewItemQuery = (orgId: string, id: string, item: number) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'item', item],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}/items/${item}`, { schema: ReviewItemDetail, signal }),
    staleTime: 30_000,
  })

export const signOffPreviewQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'sign-off'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}/sign-off`, { schema: SignOffPreview, signal }),
    gcTime: 0,
  })

/** What waits for the caller, in all campaigns. */
export const myReviewsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['reviews', orgId, 'mine'],
    queryFn: ({ signal }) => apiFetch('/api/v1/reviews/mine', { schema: MyReviews, signal }),
    refetchInterval: 60_000,
  })

/** What was decided on an identity, newest first. */
export const identityReviewsQuery = (orgId: string, identityId: string) =>
  infiniteQueryOptions({
    queryKey: ['reviews', orgId, 'identity', identityId],
    queryFn: ({ signal, pageParam }) =>
      apiFetch(`/api/v1/identities/${identityId}/reviews${text({ cursor: pageParam })}`, {
        schema: IdentityReviewPage,
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

export const remediesQuery = (orgId: string, id: string, query: Partial<Omit<RemedyQuery, 'cursor'>> = {}) =>
  infiniteQueryOptions({
    queryKey: [...campaignKey(orgId, id), 'remedies', query],
    queryFn: ({ signal, pageParam }) =>
      apiFetch(`/api/v1/campaigns/${id}/remedies${text({ ...query, cursor: pageParam })}`, {
        schema: RemedyPage,
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Where it stands in the audit log; asked again while somebody looks, as downloading a report adds to it. */
export const campaignRecordQuery = (orgId: string, id: string, enabled: boolean) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'record'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}/record`, { schema: CampaignRecord, signal }),
    refetchInterval: 5000,
    enabled,
  })

export const campaignQualityQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...campaignKey(orgId, id), 'quality'],
    queryFn: ({ signal }) => apiFetch(`/api/v1/campaigns/${id}/quality`, { schema: CampaignQuality, signal }),
  })

/** Where the report of a campaign is downloaded from. */
export const reportAddress = (id: string, format: ReportFormat) => `/api/v1/campaigns/${id}/report${text({ format })}`

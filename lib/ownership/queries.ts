import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { inventoryKey } from '@/lib/identities/queries'
import { apiFetch } from '@/lib/platform/browser/api'
import {
  Departure,
  MyOwnershipPage,
  type OwnerChange,
  OwnerChangeEffects,
  OwnershipTaskDetail,
  OwnershipTaskList,
  OwnerTimeline,
} from './schema'

/** Keys begin as those of the inventory: whatever changes an owner changes these too. */
const key = (orgId: string, ...rest: unknown[]) => [...inventoryKey(orgId), 'ownership', ...rest]

export const ownerTimelineQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: key(orgId, 'timeline', id),
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities/${id}/ownership`, { schema: OwnerTimeline, signal }),
  })

/** What a change of many would do; `undefined` = not asked yet. */
export const ownerChangePreviewQuery = (orgId: string, input: OwnerChange | undefined) =>
  queryOptions({
    queryKey: [orgId, 'owner-change-preview', input ?? null],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/owner-changes/preview', {
        method: 'POST',
        body: input,
        schema: OwnerChangeEffects,
        signal,
        headers: { 'idempotency-key': crypto.randomUUID() },
      }),
    enabled: input !== undefined,
    staleTime: 0,
  })

export const myOwnershipsQuery = (orgId: string, isDueOnly: boolean) =>
  infiniteQueryOptions({
    queryKey: key(orgId, 'mine', isDueOnly),
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({
        ...(isDueOnly && { due: 'true' }),
        ...(pageParam !== null && { cursor: pageParam }),
      })
      return apiFetch(`/api/v1/ownerships/mine?${query}`, { schema: MyOwnershipPage, signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

export const ownershipTasksQuery = (orgId: string) =>
  queryOptions({
    queryKey: key(orgId, 'tasks'),
    queryFn: ({ signal }) => apiFetch('/api/v1/ownership-tasks', { schema: OwnershipTaskList, signal }),
  })

export const ownershipTaskQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: key(orgId, 'task', id),
    queryFn: ({ signal }) => apiFetch(`/api/v1/ownership-tasks/${id}`, { schema: OwnershipTaskDetail, signal }),
  })

/** What would follow if a member were disabled; without an id, if the caller left. */
export const departureQuery = (orgId: string, memberId: string | undefined) =>
  queryOptions({
    queryKey: [orgId, 'departure', memberId ?? 'own'],
    queryFn: ({ signal }) =>
      apiFetch(memberId ? `/api/v1/members/${memberId}/departure` : '/api/v1/organization/departure', {
        schema: Departure,
        signal,
      }),
    staleTime: 0,
  })

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { inventoryKey } from '@/lib/identities/queries'
import { apiFetch } from '@/lib/platform/browser/api'
import { isUnderWay } from './rules'
import type { OwnerChange } from './schema'

/** What answers must be like: fetched with the first of them. */
const contract =
  <
    Name extends
      | 'Departure'
      | 'IdentitySelection'
      | 'MyOwnershipPage'
      | 'OwnerChangeEffects'
      | 'OwnerChangeRunList'
      | 'OwnershipTaskDetail'
      | 'OwnershipTaskList'
      | 'OwnerTimeline',
  >(
    name: Name,
  ) =>
  async () =>
    (await import('./schema'))[name]

/** Keys begin as those of the inventory: whatever changes an owner changes these too. */
const key = (orgId: string, ...rest: unknown[]) => [...inventoryKey(orgId), 'ownership', ...rest]

export const ownerTimelineQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: key(orgId, 'timeline', id),
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/identities/${id}/ownership`, { schema: contract('OwnerTimeline'), signal }),
  })

/** What a change of many would do; `undefined` = not asked yet. */
export const ownerChangePreviewQuery = (orgId: string, input: OwnerChange | undefined) =>
  queryOptions({
    queryKey: [orgId, 'owner-change-preview', input ?? null],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/owner-changes/preview', {
        method: 'POST',
        body: input,
        schema: contract('OwnerChangeEffects'),
        signal,
        headers: { 'idempotency-key': crypto.randomUUID() },
      }),
    enabled: input !== undefined,
    staleTime: 0,
  })

/** How often whoever sees those of others looks whether there is one. */
const othersMs = 30_000

/** The changes in the background that the reader may follow; polled while one is under way. */
export const ownerChangeRunsQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'owner-change-runs'],
    queryFn: ({ signal }) => apiFetch('/api/v1/owner-change-runs', { schema: contract('OwnerChangeRunList'), signal }),
    refetchInterval: ({ state: { data } }) => {
      if (data?.items.some(({ status }) => isUnderWay(status))) return 1000
      return data?.isOfAll ? othersMs : false
    },
  })

export const myOwnershipsQuery = (orgId: string, isDueOnly: boolean) =>
  infiniteQueryOptions({
    queryKey: key(orgId, 'mine', isDueOnly),
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({
        ...(isDueOnly && { due: 'true' }),
        ...(pageParam !== null && { cursor: pageParam }),
      })
      return apiFetch(`/api/v1/ownerships/mine?${query}`, { schema: contract('MyOwnershipPage'), signal })
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

export const ownershipTasksQuery = (orgId: string) =>
  queryOptions({
    queryKey: key(orgId, 'tasks'),
    queryFn: ({ signal }) => apiFetch('/api/v1/ownership-tasks', { schema: contract('OwnershipTaskList'), signal }),
  })

export const ownershipTaskQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: key(orgId, 'task', id),
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/ownership-tasks/${id}`, { schema: contract('OwnershipTaskDetail'), signal }),
  })

/** Chooses all of a task that nobody answers for yet; the server keeps which they are. */
export const createTaskSelection = (id: string) =>
  apiFetch(`/api/v1/ownership-tasks/${id}/selection`, {
    method: 'POST',
    schema: contract('IdentitySelection'),
    headers: { 'idempotency-key': crypto.randomUUID() },
  })

/** Who would leave: a member who is disabled, a team that is deleted, or the reader. */
export type Leaver = { kind: 'member' | 'team'; id: string } | { kind: 'reader' }

/** What would follow if they left. */
export const departureQuery = (orgId: string, leaver: Leaver) =>
  queryOptions({
    queryKey: [orgId, 'departure', leaver],
    queryFn: ({ signal }) => {
      const path = leaver.kind === 'reader' ? 'organization' : `${leaver.kind}s/${leaver.id}`
      return apiFetch(`/api/v1/${path}/departure`, { schema: contract('Departure'), signal })
    },
    staleTime: 0,
  })

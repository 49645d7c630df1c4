import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { apiFetch } from '@/lib/platform/browser/api'
import type { ListSource } from '@/lib/platform/browser/list-pages'
import { CredentialAnchorsQuery, CredentialQuery, IdentityAnchorsQuery, IdentityFilter, IdentityQuery } from './filters'
import { HistoryPage, HistoryQuery } from './history'
import {
  type AssignOwnersInput,
  AssignOwnersPreview,
  CredentialDetail,
  CredentialPage,
  IdentityDetail,
  IdentityPage,
  ListAnchors,
} from './schema'

/** Keys begin with the organization, so that nothing of one is ever shown in another after a switch. */
export const inventoryKey = (orgId: string) => [orgId, 'inventory'] as const

/** The query as an address, with its parameters in one order: the same question is the same key. */
function search(encoded: object): string {
  const set = Object.entries(encoded).filter(([, value]) => value !== undefined)
  const params = new URLSearchParams(set.map(([name, value]) => [name, String(value)]))
  params.sort()
  return params.size > 0 ? `?${params}` : ''
}

/** The list of identities in one order; `group` counts the groups with the first page. */
export const identityList = (
  orgId: string,
  { cursor: _cursor, skip: _skip, limit: _limit, ...query }: IdentityQuery,
): ListSource<IdentityPage> => {
  const { group: _group, ...anchored } = query
  return {
    key: [...inventoryKey(orgId), 'identities', search(z.encode(IdentityQuery, query))],
    page: (paging, signal) =>
      apiFetch(`/api/v1/identities${search(z.encode(IdentityQuery, { ...query, ...paging }))}`, {
        schema: IdentityPage,
        signal,
      }),
    anchors: (signal) =>
      apiFetch(`/api/v1/identities/anchors${search(z.encode(IdentityAnchorsQuery, anchored))}`, {
        schema: ListAnchors,
        signal,
      }),
  }
}

export const credentialList = (
  orgId: string,
  { cursor: _cursor, skip: _skip, limit: _limit, ...query }: CredentialQuery,
): ListSource<CredentialPage> => ({
  key: [...inventoryKey(orgId), 'credentials', search(z.encode(CredentialQuery, query))],
  page: (paging, signal) =>
    apiFetch(`/api/v1/credentials${search(z.encode(CredentialQuery, { ...query, ...paging }))}`, {
      schema: CredentialPage,
      signal,
    }),
  anchors: (signal) =>
    apiFetch(`/api/v1/credentials/anchors${search(z.encode(CredentialAnchorsQuery, query))}`, {
      schema: ListAnchors,
      signal,
    }),
})

const IdentitySelection = z.object({ id: z.uuid(), count: z.int(), expiresAt: z.iso.datetime() })

/** Chooses all identities that match at this moment; the server keeps which they are until `expiresAt`. */
export const createIdentitySelection = (filter: IdentityFilter) =>
  apiFetch('/api/v1/identity-selections', {
    method: 'POST',
    body: { filter: z.encode(IdentityFilter, filter) },
    schema: IdentitySelection,
    headers: { 'idempotency-key': crypto.randomUUID() },
  })

export const identityQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities/${id}`, { schema: IdentityDetail, signal }),
  })

export const credentialQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'credential', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/credentials/${id}`, { schema: CredentialDetail, signal }),
  })

/** Every change of it, in pages, latest first. */
export const identityHistoryQuery = (orgId: string, id: string, query: HistoryQuery) =>
  infiniteQueryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id, 'history', search(z.encode(HistoryQuery, query))],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(
        `/api/v1/identities/${id}/history${search(z.encode(HistoryQuery, { ...query, cursor: pageParam ?? undefined }))}`,
        { schema: HistoryPage, signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

/** What a bulk assignment would do; asks nothing of the database's writers. */
export const ownersPreviewQuery = (orgId: string, input: AssignOwnersInput | undefined) =>
  queryOptions({
    queryKey: [orgId, 'owners-preview', input ?? null],
    queryFn: ({ signal }) =>
      apiFetch('/api/v1/identities/owners/preview', {
        method: 'POST',
        body: input,
        schema: AssignOwnersPreview,
        signal,
        headers: { 'idempotency-key': crypto.randomUUID() },
      }),
    enabled: input !== undefined,
    staleTime: 0,
  })

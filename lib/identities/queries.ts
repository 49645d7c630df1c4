import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { AuditList } from '@/lib/audit/schema'
import { apiFetch } from '@/lib/platform/browser/api'
import { CredentialQuery, IdentityQuery } from './filters'
import {
  type AssignOwnersInput,
  AssignOwnersPreview,
  CredentialDetail,
  CredentialPage,
  IdentityDetail,
  IdentityPage,
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

export const identitiesQuery = (orgId: string, query: IdentityQuery) => {
  const address = search(z.encode(IdentityQuery, query))
  return queryOptions({
    queryKey: [...inventoryKey(orgId), 'identities', address],
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities${address}`, { schema: IdentityPage, signal }),
  })
}

export const credentialsQuery = (orgId: string, query: CredentialQuery) => {
  const address = search(z.encode(CredentialQuery, query))
  return queryOptions({
    queryKey: [...inventoryKey(orgId), 'credentials', address],
    queryFn: ({ signal }) => apiFetch(`/api/v1/credentials${address}`, { schema: CredentialPage, signal }),
  })
}

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

/** What people did to it, in pages, newest first. */
export const identityHistoryQuery = (orgId: string, id: string) =>
  infiniteQueryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id, 'history'],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(`/api/v1/identities/${id}/history${search({ cursor: pageParam ?? undefined })}`, {
        schema: AuditList,
        signal,
      }),
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

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { apiFetch } from '@/lib/platform/browser/api'
import type { ListSource } from '@/lib/platform/browser/list-pages'
import {
  CredentialAnchorsQuery,
  CredentialQuery,
  credentialExportColumns,
  ExportCredentialsQuery,
  type ExportFormat,
  ExportIdentitiesQuery,
  IdentityAnchorsQuery,
  IdentityFilter,
  IdentityQuery,
  identityExportColumns,
} from './filters'
import { HeldCredentialPage } from './held-credentials'
import { HistoryPage, HistoryQuery } from './history'
import { CredentialDetail, CredentialPage, IdentityDetail, IdentityPage, ListAnchors } from './schema'

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

/** The address of a list as a file. Columns that an export does not have are left out; pages and grouping mean nothing there. */
export function exportHref(
  list: 'identities' | 'credentials',
  { cursor: _cursor, skip: _skip, limit: _limit, group: _group, ...query }: ExportQuery,
  columns: readonly string[],
): string {
  const known: readonly string[] = list === 'identities' ? identityExportColumns : credentialExportColumns
  const contract: z.ZodType = list === 'identities' ? ExportIdentitiesQuery : ExportCredentialsQuery
  const wanted = { ...query, columns: [...new Set(columns)].filter((name) => known.includes(name)) }
  return `/api/v1/${list}/export${search(Object(z.encode(contract, wanted)))}`
}

type ExportQuery = (IdentityQuery | CredentialQuery) & {
  group?: unknown
  format?: ExportFormat
  bom?: 'yes' | undefined
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

/** A page of the credentials of one identity. */
export const heldCredentialsQuery = (orgId: string, id: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id, 'credentials', cursor ?? ''],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/identities/${id}/credentials${search({ cursor })}`, { schema: HeldCredentialPage, signal }),
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

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { joinList } from '@/lib/platform/browser/address-parsers'
import { apiFetch } from '@/lib/platform/browser/api'
import type { ListSource } from '@/lib/platform/browser/list-pages'
import { textsOf } from './address'
import type {
  CredentialAnchorsQuery,
  CredentialQuery,
  IdentityAnchorsQuery,
  IdentityFilter,
  IdentityQuery,
} from './filters'
import type { HistoryQuery } from './history'
import type { CredentialPage, IdentityPage } from './schema'
import { credentialExportColumns, type ExportFormat, identityExportColumns } from './values'

/** What answers must be like: fetched with the first of them, as the rows that the server painted need no check. */
const contracts = {
  identities: async () => (await import('./schema')).IdentityPage,
  credentials: async () => (await import('./schema')).CredentialPage,
  anchors: async () => (await import('./schema')).ListAnchors,
  selection: async () => (await import('./schema')).IdentitySelection,
  identity: async () => (await import('./schema')).IdentityDetail,
  credential: async () => (await import('./schema')).CredentialDetail,
  held: async () => (await import('./held-credentials')).HeldCredentialPage,
  history: async () => (await import('./history')).HistoryPage,
}

/** Keys begin with the organization, so that nothing of one is ever shown in another after a switch. */
export const inventoryKey = (orgId: string) => [orgId, 'inventory'] as const

/** Texts as the query of an address, in one order: the same question is the same key. */
function search(texts: Record<string, string | undefined>): string {
  const set = Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const params = new URLSearchParams(set)
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
    key: [...inventoryKey(orgId), 'identities', search(textsOf('identities', query))],
    page: (paging, signal) =>
      apiFetch(`/api/v1/identities${search(textsOf('identities', { ...query, ...paging }))}`, {
        schema: contracts.identities,
        signal,
      }),
    anchors: (signal) =>
      apiFetch(`/api/v1/identities/anchors${search(textsOf('identities', anchored satisfies IdentityAnchorsQuery))}`, {
        schema: contracts.anchors,
        signal,
      }),
  }
}

export const credentialList = (
  orgId: string,
  { cursor: _cursor, skip: _skip, limit: _limit, ...query }: CredentialQuery,
): ListSource<CredentialPage> => ({
  key: [...inventoryKey(orgId), 'credentials', search(textsOf('credentials', query))],
  page: (paging, signal) =>
    apiFetch(`/api/v1/credentials${search(textsOf('credentials', { ...query, ...paging }))}`, {
      schema: contracts.credentials,
      signal,
    }),
  anchors: (signal) =>
    apiFetch(`/api/v1/credentials/anchors${search(textsOf('credentials', query satisfies CredentialAnchorsQuery))}`, {
      schema: contracts.anchors,
      signal,
    }),
})

/** Chooses all identities that match at this moment; the server keeps which they are until `expiresAt`. */
export const createIdentitySelection = (filter: IdentityFilter) =>
  apiFetch('/api/v1/identity-selections', {
    method: 'POST',
    body: { filter: textsOf('identities', filter) },
    schema: contracts.selection,
    headers: { 'idempotency-key': crypto.randomUUID() },
  })

/** The address of a list as a file. Columns that an export does not have are left out; pages and grouping mean nothing there. */
export function exportHref(
  list: 'identities' | 'credentials',
  { cursor: _cursor, skip: _skip, limit: _limit, group: _group, ...query }: ExportQuery,
  columns: readonly string[],
): string {
  const known: readonly string[] = list === 'identities' ? identityExportColumns : credentialExportColumns
  const wanted = [...new Set(columns)].filter((name) => known.includes(name))
  return `/api/v1/${list}/export${search({ ...textsOf(list, query), columns: joinList(wanted) })}`
}

type ExportQuery = (IdentityQuery | CredentialQuery) & {
  group?: unknown
  format?: ExportFormat
  bom?: 'yes' | undefined
}

export const identityQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/identities/${id}`, { schema: contracts.identity, signal }),
  })

export const credentialQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'credential', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/credentials/${id}`, { schema: contracts.credential, signal }),
  })

/** A page of the credentials of one identity. */
export const heldCredentialsQuery = (orgId: string, id: string, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id, 'credentials', cursor ?? ''],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/identities/${id}/credentials${search({ cursor })}`, { schema: contracts.held, signal }),
  })

/** Every change of it, in pages, latest first. */
export const identityHistoryQuery = (orgId: string, id: string, query: HistoryQuery) =>
  infiniteQueryOptions({
    queryKey: [...inventoryKey(orgId), 'identity', id, 'history', search(historyTexts(query))],
    queryFn: ({ pageParam, signal }) =>
      apiFetch(
        `/api/v1/identities/${id}/history${search(historyTexts({ ...query, cursor: pageParam ?? undefined }))}`,
        { schema: contracts.history, signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  })

function historyTexts({ field, cursor, limit }: HistoryQuery) {
  return { field: field && joinList(field), cursor, limit: limit?.toString() }
}

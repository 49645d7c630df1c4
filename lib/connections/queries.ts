import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { Connection, ConnectionList, SyncList } from './live'
import { ImportDetail, ImportList, type ImportStatus } from './schema'

/** True while the worker has it. */
export const isUnderWay = (status: ImportStatus | undefined) =>
  status === 'queued' || status === 'reading' || status === 'applying'

/** One page of imports, newest first; polled while one is under way. */
export const importListQuery = (orgId: string, cursor: string | null) =>
  queryOptions({
    queryKey: ['imports', orgId, 'list', cursor],
    queryFn: ({ signal }) =>
      apiFetch(`/api/v1/imports${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, {
        schema: ImportList,
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.items.some((run) => isUnderWay(run.status)) ? 1000 : false),
  })

/** One import; polled twice a second while it is under way. */
export const importQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['imports', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/imports/${id}`, { schema: ImportDetail, signal }),
    refetchInterval: (query) => (isUnderWay(query.state.data?.status) ? 500 : false),
  })

const isSyncing = (connection: Connection | undefined) => isUnderWay(connection?.lastRun?.status)

/** All live connections; polled while one is syncing. */
export const connectionsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['connections', orgId, 'list'],
    queryFn: ({ signal }) => apiFetch('/api/v1/connections', { schema: ConnectionList, signal }),
    refetchInterval: (query) => (query.state.data?.items.some(isSyncing) ? 1000 : 30_000),
  })

/** One live connection; polled twice a second while it is syncing. */
export const connectionQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['connections', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/connections/${id}`, { schema: Connection, signal }),
    refetchInterval: (query) => (isSyncing(query.state.data) ? 500 : 15_000),
  })

/** The last syncs of a connection. `lastRun` names the newest that is known, so that a new one is asked for. */
export const syncsQuery = (orgId: string, id: string, lastRun: string) =>
  queryOptions({
    queryKey: ['connections', orgId, id, 'syncs', lastRun],
    queryFn: ({ signal }) => apiFetch(`/api/v1/connections/${id}/syncs?limit=25`, { schema: SyncList, signal }),
  })

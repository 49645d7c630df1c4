import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { type Trial, VersionDetail, VersionList } from './schema'

const isUnderWay = (trials: readonly Trial[]) => trials.some(({ state }) => state === 'queued' || state === 'running')

export const versionListQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['policy-versions', orgId, 'list'],
    queryFn: ({ signal }) => apiFetch('/api/v1/policy-versions', { schema: VersionList, signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.baseReplays ?? []) ? 1000 : 30_000),
  })

export const versionQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['policy-versions', orgId, 'one', id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/policy-versions/${id}`, { schema: VersionDetail, signal }),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.trials ?? []) ? 2000 : 30_000),
  })

import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { SignalSettings, Undelivered } from './schema'

export const signalSettingsQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['signals', orgId, 'settings'],
    queryFn: ({ signal }) => apiFetch('/api/v1/ssf/settings', { schema: SignalSettings, signal }),
    refetchInterval: 10_000,
  })

export const undeliveredSignalsQuery = (orgId: string, streamId: string) =>
  queryOptions({
    queryKey: ['signals', orgId, 'undelivered', streamId],
    queryFn: ({ signal }) => apiFetch(`/api/v1/ssf/undelivered?stream_id=${streamId}`, { schema: Undelivered, signal }),
  })

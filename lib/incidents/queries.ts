import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { IncidentDetail, IncidentPage, type IncidentQuery } from './schema'

export const incidentListQuery = (orgId: string, query: Partial<IncidentQuery>) =>
  queryOptions({
    queryKey: ['incidents', orgId, 'list', query],
    queryFn: ({ signal }) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
      const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
      return apiFetch(`/api/v1/incidents?${params}`, { schema: IncidentPage, signal })
    },
    refetchInterval: 15_000,
  })

/** An open one is asked again now and then; at once while its grants are being looked at. */
export const incidentQuery = (orgId: string, id: string) =>
  queryOptions({
    queryKey: ['incidents', orgId, id],
    queryFn: ({ signal }) => apiFetch(`/api/v1/incidents/${id}`, { schema: IncidentDetail, signal }),
    refetchInterval: ({ state: { data } }) => {
      if (!data) return 5000
      const isEnding = data.grants?.ended.some(({ endedAt, state }) => endedAt === null && state !== 'denied') ?? false
      return data.isLooking || isEnding ? 1000 : data.state === 'open' ? 5000 : false
    },
  })

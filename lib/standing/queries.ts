import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { StandingPage, type StandingQuery } from './schema'

export const standingListQuery = (orgId: string, query: Partial<StandingQuery>) =>
  queryOptions({
    queryKey: ['standing', orgId, query],
    queryFn: ({ signal }) => {
      const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
      const params = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))
      return apiFetch(`/api/v1/standing-access?${params}`, { schema: StandingPage, signal })
    },
    refetchInterval: 60_000,
  })

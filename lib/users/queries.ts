import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { UserSessionList } from './schema'

/** The person's own sessions that hold. */
export const mySessionsQuery = (userId: string) =>
  queryOptions({
    queryKey: ['sessions', userId],
    queryFn: ({ signal }) => apiFetch('/api/v1/sessions', { schema: UserSessionList, signal }),
  })

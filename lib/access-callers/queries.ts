import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { AccessCallers } from './schema'

export const accessCallersQuery = (orgId: string) =>
  queryOptions({
    queryKey: ['access-callers', orgId],
    queryFn: ({ signal }) => apiFetch('/api/v1/access-callers', { schema: AccessCallers, signal }),
  })

import { queryOptions } from '@tanstack/react-query'
import { apiFetch } from '@/lib/platform/browser/api'
import { ApiKeyList } from './schema'

/** The newest 500 keys that the caller may see; keyed by organization, so that a switch shows nothing of the other. */
export const apiKeysQuery = (orgId: string) =>
  queryOptions({
    queryKey: [orgId, 'api-keys'],
    queryFn: ({ signal }) => apiFetch('/api/v1/api-keys?limit=500', { schema: ApiKeyList, signal }),
  })

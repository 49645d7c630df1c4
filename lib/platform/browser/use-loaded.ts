'use client'

import { type UseQueryOptions, useQuery } from '@tanstack/react-query'
import type { ActionResult } from './action-result'

/**
 * A query that begins with what the server painted. A first paint that was refused is shown as that refusal and is
 * not asked again until the person does.
 */
export function useLoaded<Data, Key extends readonly unknown[]>(
  options: UseQueryOptions<Data, Error, Data, Key>,
  first: ActionResult<Data>,
) {
  const query = useQuery({ ...options, initialData: first.ok ? first.data : undefined, enabled: first.ok })
  const error = query.error ?? (first.ok || query.data !== undefined ? undefined : first.error)
  return { data: query.data, error, isFetching: query.isFetching, retry: () => void query.refetch() }
}

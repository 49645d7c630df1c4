'use client'

import { keepPreviousData, type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ActionResult } from '@/lib/platform/browser/action-result'

/**
 * A list whose question changes with the address. It begins with what the server painted for the question of that moment;
 * while another is on its way the rows before it stay.
 */
export function useFirstPage<Page extends { asOf: string }, Key extends readonly unknown[]>(
  options: UseQueryOptions<Page, Error, Page, Key>,
  first: ActionResult<Page>,
) {
  const key = JSON.stringify(options.queryKey)
  const [painted] = useState(key)
  const isPainted = key === painted
  const query = useQuery({
    ...options,
    initialData: isPainted && first.ok ? () => first.data : undefined,
    initialDataUpdatedAt: first.ok ? Date.parse(first.data.asOf) : undefined,
    placeholderData: keepPreviousData,
  })
  const refusal = isPainted && !first.ok && !query.data ? first.error : undefined
  return {
    page: query.data,
    error: query.error ?? refusal,
    isLoading: query.isPlaceholderData || (query.isPending && !refusal),
    retry: () => void query.refetch(),
  }
}

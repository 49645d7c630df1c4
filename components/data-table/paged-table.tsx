'use client'

import { keepPreviousData, type UseQueryOptions, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { Pagination } from '../ui/pagination'
import { Refusal } from '../ui/refusal'
import { useCursorPages } from '../ui/use-cursor-pages'
import { DataTable, type DataTableProps } from './data-table'

interface Page<Row> {
  items: Row[]
  nextCursor: string | null
}

/** One page of a list whose question stands in the address: what the server painted while the question is still that one, then what is asked. */
export function useListPage<Data, Key extends readonly unknown[]>(
  options: UseQueryOptions<Data, Error, Data, Key>,
  first: ActionResult<Data>,
  isFirst: boolean,
) {
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...options,
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  return { data, refusal, isStale: isPlaceholderData, retry: () => void refetch() }
}

interface PagedTableProps<Row extends object> extends Omit<DataTableProps<Row>, 'rows' | 'isLoading'> {
  list: { data: Page<Row> | undefined; refusal: unknown; isStale: boolean; retry: () => void }
  /** What could not be had, in a refusal: "orders". */
  what: string
  noun: [singular: string, plural: string]
  /** Where the page begins; null = at the beginning. */
  after: string | null
  onAfter: (after: string | null) => void
  /** The filters above it, which a refusal takes away too. */
  filter: ReactNode
}

const noRows: never[] = []

/** A table that is read page by page, with its filters above it and the way to the next page below. */
export function PagedTable<Row extends object>(props: PagedTableProps<Row>) {
  const { list, what, noun, after, onAfter, filter, ...table } = props
  const { data, refusal, isStale, retry } = list
  const pages = useCursorPages(after, onAfter)
  if (refusal && !data) return <Refusal what={what} error={refusal} onRetry={retry} />
  return (
    <>
      {filter}
      <DataTable {...table} rows={data?.items ?? noRows} isLoading={!data || isStale} />
      {data && (data.nextCursor || after) ? (
        <Pagination shown={data.items.length} noun={noun} isPending={isStale} {...pages(data.nextCursor)} />
      ) : null}
    </>
  )
}

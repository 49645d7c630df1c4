'use client'

import type { ReactNode } from 'react'
import { ApiError } from '@/lib/platform/browser/api'
import { Button } from '../ui/button'
import { EmptyState, FailedState, NoMatchState } from '../ui/state-block'
import { DataTable, type DataTableProps } from './data-table'

interface Words {
  title: string
  says: ReactNode
}

interface GrowingTableProps<Row extends object> extends Omit<DataTableProps<Row>, 'isLoading' | 'empty'> {
  list: {
    error: Error | null
    isPending: boolean
    hasNextPage: boolean
    isFetchingNextPage: boolean
    refetch: () => unknown
    fetchNextPage: () => unknown
  }
  /** Said when the rows could not be had. */
  failed: string
  empty: Words
  noMatch: Words
  isFiltered: boolean
  onClear: () => void
}

/** A table of what happened, newest first, that goes on below to what is older. */
export function GrowingTable<Row extends object>(props: GrowingTableProps<Row>) {
  const { list, failed, empty, noMatch, isFiltered, onClear, ...table } = props
  const { length } = table.rows
  return (
    <>
      <DataTable
        {...table}
        isLoading={list.isPending}
        empty={
          list.error ? (
            <FailedState
              title={failed}
              requestId={list.error instanceof ApiError ? list.error.requestId : undefined}
              actions={<Button onClick={() => list.refetch()}>Try again</Button>}
            >
              {list.error.message}
            </FailedState>
          ) : isFiltered ? (
            <NoMatchState title={noMatch.title} actions={<Button onClick={onClear}>Clear the filter</Button>}>
              {noMatch.says}
            </NoMatchState>
          ) : (
            <EmptyState title={empty.title}>{empty.says}</EmptyState>
          )
        }
      />
      {length > 0 ? (
        <footer className="flex items-center justify-between border-t px-4 py-2 text-sm text-ink-muted md:px-6">
          <span className="tabular">
            {length} shown{list.hasNextPage ? '' : ', to the first'}
          </span>
          {list.hasNextPage ? (
            <Button size="sm" isPending={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
              Show older
            </Button>
          ) : null}
        </footer>
      ) : null}
    </>
  )
}

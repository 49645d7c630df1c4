'use client'

import type { QueryKey, UseQueryResult } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import type { DataColumn, SortState } from '@/components/data-table/data-column'
import { JumpControl } from '@/components/data-table/jump-control'
import { ListFoot } from '@/components/data-table/list-foot'
import { useListRows } from '@/components/data-table/use-list-rows'
import { VirtualTable } from '@/components/data-table/virtual-table'
import { Button } from '@/components/ui/button'
import { Refusal } from '@/components/ui/refusal'
import type { GraphStamp } from '@/lib/access-graph/blast-radius'
import { defaultColumns } from '@/lib/platform/browser/column-choice'
import type { Jump } from '@/lib/platform/browser/find-row'
import { type AnswerPage, reachedSource } from './reached-source'
import { tableHeight } from './reached-table'

interface Head<Row> extends AnswerPage<Row> {
  graph: GraphStamp
}

interface ReachedRowsOptions<Row> {
  /** The first page. */
  head: UseQueryResult<Head<Row>>
  /** Stands for the whole question; stable. */
  key: QueryKey
  /** Any page; stable. */
  ask: (page: { at: number; limit: number }) => Promise<AnswerPage<Row>>
  start: number
}

/** The rows of a question; while another is on its way those of the one before stay, as stale. */
export function useReachedRows<Row extends object>({ head, key, ask, start }: ReachedRowsOptions<Row>) {
  const total = head.data?.total
  const version = head.data?.graph.version
  const listKey = JSON.stringify(key)
  const parts = useMemo(() => {
    if (total === undefined) return []
    const source = reachedSource<Row>([...(JSON.parse(listKey) as unknown[]), 'rows', version], ask)
    return [{ id: 'all', count: total, hasHead: false, isOpen: true, source }]
  }, [total, version, listKey, ask])
  return { ...useListRows<Row>({ parts, listKey, start }), total, head, listKey, start }
}

interface ReachedRowsProps<Row> {
  label: string
  noun: [singular: string, plural: string]
  columns: DataColumn<Row>[]
  list: ReturnType<typeof useReachedRows<Row & object>>
  rowId: (row: Row) => string
  rowName: (row: Row) => string
  openRowId: string | undefined
  onRowOpen: (row: Row) => void
  /** The list stands still, with this row at the top. */
  onRest: (first: number) => void
  sort?: SortState
  onSortChange?: (sort: SortState) => void
  empty: ReactNode
  /** Letters move in it and jump, from anywhere on the page. */
  hasShortcuts?: boolean
}

/** A long table within a page: as high as its rows, and then it scrolls. */
export function ReachedRows<Row extends object>({
  list,
  columns,
  noun,
  empty,
  onRest,
  ...props
}: ReachedRowsProps<Row>) {
  const { head, total } = list
  const choices = useMemo(() => defaultColumns(columns, []), [columns])
  const refusal = head.data ? undefined : head.error
  const jump = (to: Jump, goToRow: (index: number) => void) => {
    if (to.kind === 'share') goToRow(Math.round(to.share * (list.count - 1)))
    if (to.kind === 'row') goToRow(Math.min(list.count, to.row) - 1)
  }
  return (
    <div
      className="flex flex-col [&>section]:h-auto! [&>section]:flex-1!"
      style={{ height: total === 0 || refusal ? undefined : tableHeight(total) }}
    >
      <VirtualTable
        {...props}
        columns={columns}
        choices={choices}
        count={refusal ? 0 : list.count}
        entryAt={list.entryAt}
        listKey={list.listKey}
        start={list.start}
        onRange={list.onRange}
        onRest={(first) => (head.isPlaceholderData ? undefined : onRest(first))}
        isStale={head.isPlaceholderData}
        isLoading={head.isPending}
        empty={refusal ? <Refusal what={noun[1]} error={refusal} onRetry={() => void head.refetch()} /> : empty}
        foot={(seen, goToRow) => (
          <ListFoot
            seen={seen}
            count={list.count}
            isExact
            noun={noun}
            isGrouped={false}
            failure={
              list.error ? (
                <span role="alert">
                  Some rows could not be loaded: {list.error.message}{' '}
                  <Button variant="link" size="sm" onClick={list.retry}>
                    Try again
                  </Button>
                </span>
              ) : undefined
            }
          >
            {props.hasShortcuts === false ? null : (
              <JumpControl textName={undefined} onJump={async (to) => jump(to, goToRow)} />
            )}
          </ListFoot>
        )}
      />
    </div>
  )
}

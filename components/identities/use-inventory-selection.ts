'use client'

import { createElement, useMemo, useRef, useState } from 'react'
import {
  addRows,
  mostChosen,
  noSelection,
  rangeBetween,
  type Selection,
  type TableSelection,
  toggleRow,
} from '@/components/data-table/row-selection'
import { SelectHead } from '@/components/data-table/select-head'
import type { VirtualEntry } from '@/components/data-table/virtual-row'
import { notifyFailed } from '@/components/ui/toast'
import type { InventoryKind, InventoryPage, ListQuery } from './inventory-kind'

interface SelectionOptions<Row, Query extends ListQuery, Page extends InventoryPage<Row>> {
  kind: InventoryKind<Row, Query, Page>
  query: Query
  total: number
  isExact: boolean
  list: {
    head: Page | undefined
    entryAt: (index: number) => VirtualEntry<Row>
    loadRows: (indexes: readonly number[]) => Promise<Row[]>
  }
}

/** Which rows are chosen: some by themselves, in the browser, or all that match, kept by the server. */
export function useInventorySelection<
  Row extends { id: string },
  Query extends ListQuery,
  Page extends InventoryPage<Row>,
>({ kind, query, total, isExact, list }: SelectionOptions<Row, Query, Page>) {
  const [selection, setSelection] = useState<Selection>(noSelection)
  const anchor = useRef<number>(undefined)
  const { bulk, noun } = kind
  const filterKey = JSON.stringify(filterOf(query))
  const clear = () => {
    anchor.current = undefined
    setSelection(noSelection)
  }
  const [isSelectingAll, setIsSelectingAll] = useState(false)
  const selectAll = async () => {
    if (!bulk) return
    setIsSelectingAll(true)
    try {
      setSelection({ kind: 'everything', ...(await bulk.selectAll(query)), listKey: filterKey })
    } catch (error) {
      const why = error instanceof Error ? error.message : undefined
      notifyFailed(`The ${noun[1]} that match were not selected`, why)
    }
    setIsSelectingAll(false)
  }

  const add = async (indexes: number[]) => {
    const rows = await list.loadRows(indexes)
    setSelection((last) => {
      const { ids, isCut } = addRows(
        last.kind === 'rows' ? last.ids : [],
        rows.map(({ id }) => id),
      )
      if (isCut) {
        notifyFailed(
          `Only ${mostChosen} rows can be selected one by one`,
          `For more, select all ${noun[1]} that match the filter.`,
        )
      }
      return { kind: 'rows', ids }
    })
  }
  const onToggle = (index: number, isRange: boolean) => {
    if (isRange && anchor.current !== undefined) return void add(rangeBetween(anchor.current, index))
    anchor.current = index
    const entry = list.entryAt(index)
    if (entry?.kind !== 'row') return
    const { id } = entry.row
    setSelection((last) => ({ kind: 'rows', ids: toggleRow(last.kind === 'rows' ? last.ids : [], id) }))
  }

  const ids = useMemo(() => new Set(selection.kind === 'rows' ? selection.ids : []), [selection])
  const maySelect = bulk !== undefined && (ids.size > 0 || (list.head?.items.some(bulk.isFor) ?? false))
  const chosen = selection.kind === 'rows' ? selection.ids.length : selection.count
  const everything = { count: total, isExact, onSelect: () => void selectAll() }
  const table: TableSelection | undefined = maySelect
    ? {
        ids,
        isEverything: selection.kind === 'everything' && selection.listKey === filterKey,
        onToggle,
        head: (seen) =>
          createElement(SelectHead, {
            seen,
            noun,
            chosen,
            isEverything: selection.kind === 'everything',
            everything,
            onSelectRows: (first: number, end: number) =>
              void add(Array.from({ length: end - first }, (_, at) => first + at)),
            onClear: clear,
          }),
      }
    : undefined
  return { selection, chosen, everything, isSelectingAll, table, clear }
}

/** What decides which rows match: without order and grouping. */
function filterOf({ sort: _sort, dir: _dir, group: _group, ...filter }: ListQuery): object {
  return filter
}

'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { ListPart, ListRowsOptions } from '@/components/data-table/use-list-rows'
import { listPageQuery } from '@/lib/platform/browser/list-pages'
import type { InventoryKind, InventoryPage, InventoryProps, ListQuery } from './inventory-kind'

interface HeadOptions<Query, Page> extends InventoryProps<Page> {
  /** Stable. */
  query: Query
  /** The groups whose rows are shown. Stable. */
  open: readonly string[]
  /** The row to begin with. */
  start: number
}

/**
 * The list that the address asks for: its first page with totals and counts, and what its rows are read from. While another
 * question is on its way the rows before it stay, as stale. What the server painted is taken for the question that it answered
 * and for no other.
 */
export function useInventoryHead<Row extends object, Query extends ListQuery, Page extends InventoryPage<Row>>(
  kind: InventoryKind<Row, Query, Page>,
  { orgId, query, open, start, question, first }: HeadOptions<Query, Page>,
) {
  const isPainted = question === JSON.stringify(query)
  const painted = isPainted && first.ok ? first.data : undefined
  const head = useQuery({
    ...listPageQuery(kind.list(orgId, query), 0),
    ...(painted ? { initialData: painted.head, initialDataUpdatedAt: Date.parse(painted.head.asOf) } : {}),
    placeholderData: keepPreviousData,
  })
  const refusal = isPainted && !first.ok && !head.data ? first.error : undefined
  const isStale = head.isPlaceholderData
  const [settled, setSettled] = useState(query)
  if (!isStale && settled !== query) setSettled(query)
  const shown = isStale ? settled : query

  const page = head.data
  const parts = useMemo(() => (page ? partsOf(kind, orgId, shown, page, open) : []), [kind, orgId, shown, page, open])
  const rows: ListRowsOptions<Row> = {
    parts,
    listKey: JSON.stringify(shown),
    start,
    ...(painted?.page
      ? {
          painted: {
            key: kind.list(orgId, query).key,
            index: painted.page.index,
            page: painted.page.page,
            at: Date.parse(painted.page.page.asOf),
          },
        }
      : {}),
  }
  return {
    rows,
    head: page,
    isStale,
    isPending: head.isPending && !refusal,
    refusal: head.error && !head.data ? head.error : refusal,
    retryHead: () => void head.refetch(),
  }
}

/** The whole list, or its groups. */
function partsOf<Row extends object, Query extends ListQuery, Page extends InventoryPage<Row>>(
  kind: InventoryKind<Row, Query, Page>,
  orgId: string,
  query: Query,
  page: Page,
  open: readonly string[],
): ListPart<Row>[] {
  const { group, ...plain } = query
  const ungrouped = plain as Query
  const whole = kind.list(orgId, ungrouped)
  const { grouping } = kind
  if (!group || !grouping || !page.groups) {
    return [{ id: 'all', count: page.total ?? 0, hasHead: false, isOpen: true, source: whole }]
  }
  return page.groups.map((entry) => {
    const isOpen = open.includes(entry.value)
    const { value: id, count } = entry
    return {
      id,
      count,
      hasHead: true,
      isOpen,
      // A closed group asks for nothing.
      source: isOpen ? kind.list(orgId, { ...ungrouped, ...grouping.filterOf(query, group, id) }) : whole,
      group: { id, label: grouping.labelOf(group, entry), count, isOpen },
    }
  })
}

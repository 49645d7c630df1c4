'use client'

import { Suspense } from 'react'
import type { Selection } from '@/components/data-table/row-selection'
import { everythingWords } from '@/components/data-table/select-head'
import { SelectionBar } from '@/components/data-table/selection-bar'
import { Button } from '@/components/ui/button'
import { formatCount, formatRelative } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import type { InventoryKind, InventoryPage, ListQuery } from './inventory-kind'

interface SelectedRowsProps<Row, Query extends ListQuery, Page extends InventoryPage<Row>> {
  orgId: string
  kind: InventoryKind<Row, Query, Page>
  selection: {
    selection: Selection
    chosen: number
    everything: { count: number; isExact: boolean; onSelect: () => void }
    isSelectingAll: boolean
    clear: () => void
  }
}

/** What is chosen, how to choose all that match, and what can be done with it. */
export function SelectedRows<Row, Query extends ListQuery, Page extends InventoryPage<Row>>({
  orgId,
  kind,
  selection: { selection, chosen, everything, isSelectingAll, clear },
}: SelectedRowsProps<Row, Query, Page>) {
  const { bulk, noun } = kind
  const now = useNow()
  if (!bulk) return null
  const isAll = selection.kind === 'everything'
  return (
    <SelectionBar
      count={chosen}
      noun={noun}
      words={
        selection.kind === 'everything'
          ? `All ${formatCount(selection.count, ...noun)} that matched; the selection ends ${formatRelative(selection.expiresAt, now)}`
          : undefined
      }
      onClear={clear}
    >
      {!isAll && everything.count > chosen ? (
        <Button size="sm" isPending={isSelectingAll} onClick={everything.onSelect}>
          Select {everythingWords(everything, noun).replace(/^./, (letter) => letter.toLowerCase())}
        </Button>
      ) : null}
      <Suspense fallback={null}>
        <bulk.Actions
          orgId={orgId}
          target={isAll ? { kind: 'everything', id: selection.id, count: selection.count } : selection}
          onDone={clear}
        />
      </Suspense>
    </SelectionBar>
  )
}

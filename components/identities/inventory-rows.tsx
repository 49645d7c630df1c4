'use client'

import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import { JumpControl } from '@/components/data-table/jump-control'
import { ListFoot } from '@/components/data-table/list-foot'
import { SelectionPlace } from '@/components/data-table/selection-place'
import { useListRows } from '@/components/data-table/use-list-rows'
import { VirtualTable } from '@/components/data-table/virtual-table'
import { Button } from '@/components/ui/button'
import type { ColumnChoice } from '@/lib/platform/browser/column-choice'
import type { Jump } from '@/lib/platform/browser/find-row'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { writeAddress } from '@/lib/platform/browser/write-address'
import type { InventoryKind, InventoryPage, ListQuery, ListState } from './inventory-kind'
import type { SelectedRows as SelectedRowsType } from './selected-rows'
import type { useInventoryHead } from './use-inventory-head'
import { useInventorySelection } from './use-inventory-selection'

const loadStates = () => import('./list-states').then((module) => ({ default: module.ListStates }))
const ListStates = lazy(loadStates)
const loadSelected = () => import('./selected-rows').then((module) => ({ default: module.SelectedRows }))
/** Fetched when the page is idle, or as soon as something is chosen. */
const SelectedRows = lazy(loadSelected) as unknown as typeof SelectedRowsType
preloadWhenIdle(loadStates)
preloadWhenIdle(loadSelected)

interface InventoryRowsProps<Row extends object, Query extends ListQuery, Page extends InventoryPage<Row>> {
  orgId: string
  kind: InventoryKind<Row, Query, Page>
  query: Query
  state: ListState
  list: ReturnType<typeof useInventoryHead<Row, Query, Page>>
  columns: DataColumn<Row>[]
  choices: ColumnChoice[]
  onChoicesChange: (choices: ColumnChoice[]) => void
  sort: { key: string; direction: 'asc' | 'desc' }
  /** By which text the list is ordered, if by any. */
  order: { name: string; textOf: (row: Row) => string | null } | undefined
  isFiltered: boolean
  /** Writes into the address. */
  onChange: (change: object, history?: 'push' | 'replace') => void
  onClear: () => void
}

/** The rows, what is selected of them and where they stand: all of the screen that is drawn again as pages arrive. */
export function InventoryRows<
  Row extends { id: string; name: string },
  Query extends ListQuery,
  Page extends InventoryPage<Row>,
>(props: InventoryRowsProps<Row, Query, Page>) {
  const { orgId, kind, query, state, list, columns, choices, onChoicesChange, sort, order, onChange, onClear } = props
  const { head, refusal, isStale } = list
  const client = useQueryClient()
  const rows = useListRows(list.rows)
  const isExact = head?.totalIsExact ?? true
  const selection = useInventorySelection({
    kind,
    query,
    total: head?.total ?? 0,
    isExact,
    list: { head, entryAt: rows.entryAt, loadRows: rows.loadRows },
  })

  const jump = async (to: Jump, goToRow: (index: number) => void) => {
    if (to.kind === 'share') return goToRow(Math.round(to.share * (rows.count - 1)))
    if (to.kind === 'row') return goToRow(to.row - 1)
    if (!order) return
    const { findBeginning } = await import('@/lib/platform/browser/find-row')
    const asked = { ...order, direction: sort.direction }
    const { row, begins } = await findBeginning(client, kind.list(orgId, query), asked, to.text)
    // The list does not move then: this is said in the form, which closes when a row takes the focus.
    if (!begins) throw new Error(`No ${order.name} begins with it. The nearest is row #${row + 1}.`)
    goToRow(row)
  }

  return (
    <VirtualTable
      label={kind.label}
      columns={columns}
      choices={choices}
      onChoicesChange={onChoicesChange}
      count={refusal ? 0 : rows.count}
      isCountExact={isExact}
      entryAt={rows.entryAt}
      listKey={list.rows.listKey}
      start={state.at ?? 0}
      onRange={rows.onRange}
      onRest={(first) =>
        isStale ? undefined : writeAddress(kind.parsers, { at: first > 0 ? first : null }, { history: 'replace' })
      }
      rowId={idOf}
      rowName={nameOf}
      rowHref={kind.rowHref}
      onRowOpen={(row) => onChange({ selected: row.id })}
      onGroupToggle={(id) => onChange({ open: toggled(state.open ?? [], id) }, 'replace')}
      openRowId={state.selected ?? undefined}
      sort={sort}
      onSortChange={({ key, direction }) => onChange({ sort: key, dir: direction, at: null })}
      selection={selection.table}
      density={state.density ?? 'regular'}
      isStale={isStale}
      isLoading={list.isPending}
      empty={
        <Suspense>
          <ListStates
            what={kind.noun[1]}
            error={refusal}
            isFiltered={props.isFiltered}
            text={state.q}
            mayImport={head?.can.import === true}
            onRetry={list.retryHead}
            onClear={onClear}
          />
        </Suspense>
      }
      foot={(seen, goToRow) => (
        <>
          <SelectionPlace>
            {selection.chosen > 0 ? (
              <Suspense fallback={null}>
                <SelectedRows orgId={orgId} kind={kind} selection={selection} />
              </Suspense>
            ) : null}
          </SelectionPlace>
          <ListFoot
            seen={seen}
            count={rows.count}
            isExact={isExact}
            noun={kind.noun}
            isGrouped={query.group !== undefined}
            failure={
              rows.error ? (
                <span role="alert">
                  Some rows could not be loaded: {rows.error.message}{' '}
                  <Button variant="link" size="sm" onClick={rows.retry}>
                    Try again
                  </Button>
                </span>
              ) : undefined
            }
          >
            <JumpControl textName={order?.name} onJump={(to) => jump(to, goToRow)} />
          </ListFoot>
        </>
      )}
    />
  )
}

const idOf = (row: { id: string }) => row.id
const nameOf = (row: { name: string }) => row.name

/** `null` when none is left, as the address wants it. */
function toggled(open: readonly string[], id: string): string[] | null {
  const next = open.includes(id) ? open.filter((known) => known !== id) : [...open, id]
  return next.length > 0 ? next : null
}

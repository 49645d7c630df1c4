'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useQueryStates } from 'nuqs'
import { useMemo, useState } from 'react'
import { JumpControl } from '@/components/data-table/jump-control'
import { ListFoot } from '@/components/data-table/list-foot'
import { VirtualTable } from '@/components/data-table/virtual-table'
import { Button } from '@/components/ui/button'
import { FilterBar } from '@/components/ui/filter-bar'
import { ListPage } from '@/components/ui/list-page'
import { ViewsBar } from '@/components/views/views-bar'
import { defaultColumns, keptColumns, settleColumns } from '@/lib/platform/browser/column-choice'
import { findRow, type Jump } from '@/lib/platform/browser/find-row'
import { writeAddress } from '@/lib/platform/browser/write-address'
import { viewParameterNames } from '@/lib/views/rules'
import { DroppedParameters } from './dropped-parameters'
import { FilterBox } from './filter-box'
import { facetChange } from './inventory-facets'
import { InventoryHeader } from './inventory-header'
import type { InventoryKind, InventoryPage, InventoryProps, ListQuery, ListState } from './inventory-kind'
import { InventoryTools } from './inventory-tools'
import { ListStates } from './list-states'
import { SelectedRows } from './selected-rows'
import { useInventoryRows } from './use-inventory-rows'
import { useInventorySelection } from './use-inventory-selection'

const defaultPolicy = { rotateAfterDays: 90, staleAfterDays: 90 }
const noGroups: string[] = []

interface InventoryListProps<Row, Query extends ListQuery, Page extends InventoryPage<Row>>
  extends InventoryProps<Page> {
  kind: InventoryKind<Row, Query, Page>
}

/** One list of the inventory; all that it shows is in the address. */
export function InventoryList<
  Row extends { id: string; name: string },
  Query extends ListQuery,
  Page extends InventoryPage<Row>,
>({ kind, ...given }: InventoryListProps<Row, Query, Page>) {
  const { orgId } = given
  const client = useQueryClient()
  const [values, setValues] = useQueryStates(kind.parsers)
  const state = values as unknown as ListState
  const question = JSON.stringify(kind.queryOf(values))
  const query = useMemo(() => JSON.parse(question) as Query, [question])
  const list = useInventoryRows(kind, { ...given, query, open: state.open ?? noGroups, start: state.at ?? 0 })
  const { head, count, isStale } = list
  const set = (change: object, history: 'push' | 'replace' = 'push') => void setValues({ ...change }, { history })
  const clear = () => set({ ...noFilter(kind), ...begin })
  const selection = useInventorySelection({
    kind,
    query,
    total: head?.total ?? 0,
    isExact: head?.totalIsExact ?? true,
    list,
  })

  // Loaded when a row is first opened beside the list.
  const [hasPanel, setHasPanel] = useState(state.selected !== null)
  if (state.selected !== null && !hasPanel) setHasPanel(true)

  const policy = head?.policy ?? defaultPolicy
  const columns = useMemo(() => kind.columns(policy, head?.asOf ?? ''), [kind, policy, head?.asOf])
  const own = useMemo(() => defaultColumns(columns, kind.hidden), [columns, kind])
  const choices = useMemo(() => settleColumns(columns, state.cols ?? own), [columns, state.cols, own])
  const sort = { key: query.sort ?? 'name', direction: query.dir ?? 'asc' }
  const order = query.group ? undefined : kind.textOrder(sort.key)
  const menus = kind.menus(query, head)
  const isFiltered = kind.filters.some((name) => name in query)
  const isExact = head?.totalIsExact ?? true

  const jump = async (to: Jump, goToRow: (index: number) => void) => {
    if (to.kind === 'share') return goToRow(Math.round(to.share * (count - 1)))
    if (to.kind === 'row') return goToRow(to.row - 1)
    if (order) goToRow(await findRow(client, kind.list(orgId, query), { ...order, direction: sort.direction }, to.text))
  }

  return (
    <ListPage>
      <InventoryHeader
        tab={kind.tab}
        total={head?.total}
        isExact={isExact}
        noun={kind.noun}
        isFiltered={isFiltered}
        asOf={head?.asOf}
        mayImport={head?.can.import === true}
        views={<ViewsBar orgId={orgId} list={kind.tab} />}
      />
      <FilterBar
        label={`Filter ${kind.noun[1]}`}
        text={state.q ?? ''}
        facets={menus}
        onFacetChange={(id, chosen) => set({ ...facetChange(id, chosen), ...begin })}
        onClear={clear}
        box={
          <FilterBox
            orgId={orgId}
            label={`Filter ${kind.noun[1]}`}
            placeholder={kind.placeholder}
            language={kind.language}
            filter={query}
            facets={menus}
            onChange={(change, how) => writeAddress(kind.parsers, { ...change, ...begin }, how)}
          />
        }
        actions={
          <InventoryTools
            grouping={kind.grouping?.options}
            group={query.group}
            onGroupChange={(group) => set({ group, ...begin })}
            columns={columns}
            choices={choices}
            onChoicesChange={(next) => set({ cols: keptColumns(next, own) }, 'replace')}
            density={state.density ?? 'regular'}
            onDensityChange={(density) => set({ density: density === 'compact' ? density : null }, 'replace')}
            onReset={state.cols || state.density ? () => set({ cols: null, density: null }, 'replace') : undefined}
          >
            <kind.Export
              query={query}
              columns={choices.map(({ id }) => id)}
              total={head?.total ?? undefined}
              isTotalExact={isExact}
            />
          </InventoryTools>
        }
      />
      <DroppedParameters parsers={kind.parsers} others={viewParameterNames} />
      <VirtualTable
        label={kind.label}
        columns={columns}
        choices={choices}
        onChoicesChange={(next) => set({ cols: keptColumns(next, own) }, 'replace')}
        count={list.refusal ? 0 : count}
        isCountExact={isExact}
        entryAt={list.entryAt}
        listKey={list.listKey}
        start={state.at ?? 0}
        onRange={list.onRange}
        onRest={(first) =>
          isStale ? undefined : writeAddress(kind.parsers, { at: first > 0 ? first : null }, { history: 'replace' })
        }
        rowId={idOf}
        rowName={nameOf}
        rowHref={kind.rowHref}
        onRowOpen={(row) => set({ selected: row.id })}
        onGroupToggle={(id) => set({ open: toggled(state.open ?? noGroups, id) }, 'replace')}
        openRowId={state.selected ?? undefined}
        sort={sort}
        onSortChange={({ key, direction }) => set({ sort: key, dir: direction, at: null })}
        selection={selection.table}
        density={state.density ?? 'regular'}
        isStale={isStale}
        isLoading={list.isPending}
        empty={
          <ListStates
            what={kind.noun[1]}
            error={list.refusal}
            isFiltered={isFiltered}
            mayImport={head?.can.import === true}
            onRetry={list.retryHead}
            onClear={clear}
          />
        }
        foot={(seen, goToRow) => (
          <>
            <SelectedRows orgId={orgId} kind={kind} selection={selection} />
            <ListFoot
              seen={seen}
              count={count}
              isExact={isExact}
              noun={kind.noun}
              isGrouped={query.group !== undefined}
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
              <JumpControl textName={order?.name} onJump={(to) => jump(to, goToRow)} />
            </ListFoot>
          </>
        )}
      />
      {hasPanel ? <kind.Panel orgId={orgId} id={state.selected} onClose={() => set({ selected: null })} /> : null}
    </ListPage>
  )
}

/** Another list begins at its first row, with its groups closed. */
const begin = { at: null, open: null }

function noFilter({ filters }: { filters: string[] }): Record<string, null> {
  return Object.fromEntries(filters.map((name) => [name, null]))
}

const idOf = (row: { id: string }) => row.id
const nameOf = (row: { name: string }) => row.name

/** `null` when none is left, as the address wants it. */
function toggled(open: readonly string[], id: string): string[] | null {
  const next = open.includes(id) ? open.filter((known) => known !== id) : [...open, id]
  return next.length > 0 ? next : null
}

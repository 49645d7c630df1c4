'use client'

import { lazy, Suspense, useMemo, useState } from 'react'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { ViewsBarLater } from '@/components/views/views-bar-later'
import { type ColumnChoice, defaultColumns, keptColumns, settleColumns } from '@/lib/platform/browser/column-choice'
import { useAddress } from '@/lib/platform/browser/use-address'
import { writeAddress } from '@/lib/platform/browser/write-address'
import { viewParameterNames } from '@/lib/views/rules'
import { FilterBox } from './filter-box'
import { facetChange } from './inventory-facets'
import { InventoryHeader } from './inventory-header'
import type { InventoryKind, InventoryPage, InventoryProps, ListQuery, ListState } from './inventory-kind'
import { InventoryRows } from './inventory-rows'
import { InventoryTools } from './inventory-tools'
import { useInventoryHead } from './use-inventory-head'

/** What an address has that no list understands is told a moment after the list. */
const DroppedParameters = lazy(() =>
  import('./dropped-parameters').then((module) => ({ default: module.DroppedParameters })),
)

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
  const [values, setValues] = useAddress(kind.parsers)
  const state = values as unknown as ListState
  const question = JSON.stringify(kind.queryOf(values))
  const query = useMemo(() => JSON.parse(question) as Query, [question])
  const list = useInventoryHead<Row, Query, Page>(kind, {
    ...given,
    query,
    open: state.open ?? noGroups,
    start: state.at ?? 0,
  })
  const { head } = list
  const set = (change: object, history: 'push' | 'replace' = 'push') => setValues({ ...change }, { history })
  const clear = () => set({ ...noFilter(kind), ...begin })
  // Loaded when a row is first opened beside the list.
  const [hasPanel, setHasPanel] = useState(state.selected !== null)
  if (state.selected !== null && !hasPanel) setHasPanel(true)

  const policy = head?.policy ?? defaultPolicy
  const columns = useMemo(() => kind.columns(policy, head?.asOf ?? ''), [kind, policy, head?.asOf])
  const own = useMemo(() => defaultColumns(columns, kind.hidden), [columns, kind])
  const choices = useMemo(() => settleColumns(columns, state.cols ?? own, own), [columns, state.cols, own])
  const sort = { key: query.sort ?? 'name', direction: query.dir ?? 'asc' }
  const order = query.group ? undefined : kind.textOrder(sort.key)
  const menus = kind.menus(query, head)
  const isFiltered = kind.filters.some((name) => name in query)
  const isExact = head?.totalIsExact ?? true
  const onChoicesChange = (next: ColumnChoice[]) => set({ cols: keptColumns(next, own) }, 'replace')

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
        views={<ViewsBarLater orgId={orgId} list={kind.tab} />}
      />
      <FilterFrame
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
            list={kind.tab}
            filter={query}
            printed={given.filterText}
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
            onChoicesChange={onChoicesChange}
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
      <Suspense fallback={null}>
        <DroppedParameters
          parsers={kind.parsers}
          others={viewParameterNames}
          known={{
            cols: columns.map(({ id }) => id),
            open: query.group ? head?.groups?.map(({ value }) => value) : [],
          }}
        />
      </Suspense>
      <InventoryRows
        {...{ orgId, kind, query, list, columns, choices, sort, order, isFiltered }}
        state={state}
        onChoicesChange={onChoicesChange}
        onChange={set}
        onClear={clear}
      />
      {hasPanel ? (
        <Suspense fallback={null}>
          <kind.Panel orgId={orgId} id={state.selected} onClose={() => set({ selected: null })} />
        </Suspense>
      ) : null}
    </ListPage>
  )
}

/** Another list begins at its first row, with its groups closed. */
const begin = { at: null, open: null }

function noFilter({ filters }: { filters: string[] }): Record<string, null> {
  return Object.fromEntries(filters.map((name) => [name, null]))
}

'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { orderListQuery } from '@/lib/lifecycle/queries'
import { type Order, type OrderPage, OrderState } from '@/lib/lifecycle/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { LifecycleTabs } from './lifecycle-tabs'
import { orderColumns, orderTitle } from './order-columns'
import { askedOf, orderParsers } from './run-address'
import { orderStateLabels } from './run-words'

interface OrdersScreenProps {
  orgId: string
  first: ActionResult<OrderPage>
  question: string
}

const noRows: Order[] = []

/** What was asked for, by whom, and who agreed; those that wait for a second person first among the filters. */
export function OrdersScreen({ orgId, first, question }: OrdersScreenProps) {
  const [state, setState] = useAddress(orderParsers, { history: 'push' })
  const asked = askedOf(state)
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...orderListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const pages = useCursorPages(state.after, (after) => setState({ after }))
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  return (
    <ListPage>
      <PageHeader title="Orders" tabs={<LifecycleTabs orgId={orgId} />}>
        Each is bound to one exact list. Above your organization’s threshold a second person agrees before anything is
        done.
      </PageHeader>
      {refusal && !data ? (
        <Refusal what="orders" error={refusal} onRetry={() => void refetch()} />
      ) : (
        <>
          <FilterFrame
            label="Filter the orders"
            box={null}
            facets={[
              {
                id: 'state',
                label: 'State',
                isSingle: true,
                selected: state.state === null ? [] : [state.state],
                options: OrderState.options.map((value) => ({ value, label: orderStateLabels[value] })),
              },
            ]}
            onFacetChange={(_id, [value]) =>
              setState({ state: OrderState.options.find((each) => each === value) ?? null, after: null })
            }
            onClear={() => setState({ state: null, after: null })}
          />
          <DataTable
            label="Orders"
            columns={orderColumns}
            rows={data?.items ?? noRows}
            rowId={(row) => row.id}
            rowName={orderTitle}
            rowHref={(row) => `/orders/${row.id}`}
            isLoading={!data || isPlaceholderData}
            empty={
              state.state === null ? (
                <EmptyState title="Nothing was asked for yet">
                  Every rotation and revocation begins as an order, with who asked and why.
                </EmptyState>
              ) : (
                <NoMatchState
                  title={state.state === 'waiting' ? 'Nothing waits for a second person' : 'No order is in this state'}
                  actions={<Button onClick={() => setState({ state: null, after: null })}>Show all</Button>}
                />
              )
            }
          />
          {data && (data.nextCursor || state.after) ? (
            <Pagination
              shown={data.items.length}
              noun={['order', 'orders']}
              isPending={isPlaceholderData}
              {...pages(data.nextCursor)}
            />
          ) : null}
        </>
      )}
    </ListPage>
  )
}

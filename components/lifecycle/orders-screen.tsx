'use client'

import { PagedTable, useListPage } from '@/components/data-table/paged-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { orderListQuery } from '@/lib/lifecycle/queries'
import { type OrderPage, OrderState } from '@/lib/lifecycle/schema'
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

/** What was asked for, by whom, and who agreed; those that wait for a second person first among the filters. */
export function OrdersScreen({ orgId, first, question }: OrdersScreenProps) {
  const [state, setState] = useAddress(orderParsers, { history: 'push' })
  const asked = askedOf(state)
  const isFirst = JSON.stringify(asked) === question
  const list = useListPage(orderListQuery(orgId, asked), first, isFirst)
  return (
    <ListPage>
      <PageHeader title="Orders" tabs={<LifecycleTabs orgId={orgId} />}>
        Each is bound to one exact list. Above your organization’s threshold a second person agrees before anything is
        done.
      </PageHeader>
      <PagedTable
        list={list}
        what="orders"
        noun={['order', 'orders']}
        after={state.after}
        onAfter={(next) => setState({ after: next })}
        filter={
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
        }
        label="Orders"
        columns={orderColumns}
        rowId={(row) => row.id}
        rowName={orderTitle}
        rowHref={(row) => `/orders/${row.id}`}
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
    </ListPage>
  )
}

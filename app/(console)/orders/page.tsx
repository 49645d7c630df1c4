import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { OrdersScreen } from '@/components/lifecycle/orders-screen'
import { askedOf, loadOrderAddress } from '@/components/lifecycle/run-address'
import { OrderQuery } from '@/lib/lifecycle/schema'
import { listOrders } from '@/lib/lifecycle/server/list-orders'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Orders' }

export default async function OrdersPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const asked = askedOf(loadOrderAddress(search))
  const first = await runAction(() => listOrders(ctx, OrderQuery.parse(asked)))
  return <OrdersScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}

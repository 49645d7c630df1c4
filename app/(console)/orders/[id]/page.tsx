import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { OrderScreen } from '@/components/lifecycle/order-screen'
import { ById } from '@/lib/lifecycle/schema'
import { getOrder } from '@/lib/lifecycle/server/list-orders'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Order' }

export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getOrder(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <OrderScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}

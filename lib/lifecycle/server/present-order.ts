import type { Context } from '@/lib/platform/context'
import type { RunKind } from '../engine/steps'
import { orderTarget } from '../rules'
import type { Order, OrderState } from '../schema'
import { presentRun } from './present-run'
import { countRuns, type FoundOrder, findConnectionNames, findCredentialNames } from './store-orders'

/** One target as an order keeps it; early orders kept less of each. */
type ListedTarget = Pick<Order['targets'][number], 'identityId' | 'credentialId' | 'name'> &
  Partial<Order['targets'][number]>
const noFacts = { credentialName: null, system: 'unknown', owner: null, score: null }
/** What an order was asked for with, beside its list. */
export interface OrderOptions {
  ownerKeys: string[]
  secondPerson: string | null
  /** By which policy it was asked for. */
  policy?: { id: string; name: string; version: number }
}
const optionsOf = (order: Pick<FoundOrder, 'options'>) => order.options as unknown as OrderOptions

/** What policies read of an order. */
export function orderTargetOf(
  order: Pick<FoundOrder, 'id' | 'kind' | 'list' | 'requestedKey' | 'options' | 'targetCount'>,
) {
  const [first] = order.list as unknown as ListedTarget[]
  return orderTarget({
    id: order.id,
    kind: order.kind as RunKind,
    label: labelOf(order.kind, first?.name ?? '', order.targetCount),
    requestedBy: order.requestedKey.split(':')[1] ?? null,
    ownerKeys: optionsOf(order).ownerKeys,
  })
}

export const labelOf = (kind: string, name: string, count: number) =>
  count === 1 ? `${kind} of ${name}` : `${kind} of ${name} and ${count - 1} more`

const actions = ['approve', 'withdraw'] as const
const shownInPage = 100

/** One order with its whole list. */
export async function presentOrder(ctx: Context, order: FoundOrder): Promise<Order> {
  const [shown] = await presentOrders(ctx, [order], order.targetCount)
  if (!shown) throw new Error('one order was given')
  return shown
}

/** Orders as the contract shows them, with what the caller may do. */
export async function presentOrders(ctx: Context, orders: readonly FoundOrder[], most = shownInPage): Promise<Order[]> {
  const runs = orders.flatMap((order) => order.runs)
  const [may, counts, names, credentials] = await Promise.all([
    ctx.can(actions, orders.map(orderTargetOf)),
    countRuns(
      ctx,
      orders.map(({ id }) => id),
    ),
    findConnectionNames(
      ctx,
      runs.map(({ liveId }) => liveId),
    ),
    findCredentialNames(
      ctx,
      runs.map(({ credentialId }) => credentialId),
    ),
  ])
  return orders.map((order, index) => {
    const list = order.list as unknown as ListedTarget[]
    const isWaiting = order.state === 'waiting'
    const can = may[index] ?? {}
    return {
      id: order.id,
      kind: order.kind as RunKind,
      state: order.state as OrderState,
      reason: order.reason,
      isEmergency: order.isEmergency,
      targetCount: order.targetCount,
      ...{ waveSize: order.waveSize, wave: order.wave },
      waves: order.waveSize === null ? 1 : Math.ceil(order.targetCount / order.waveSize),
      policy: optionsOf(order).policy ?? null,
      targets: list.slice(0, most).map((target) => ({ ...noFacts, ...target })),
      listHash: order.listHash,
      highestScore: order.highestScore,
      secondPerson: optionsOf(order).secondPerson,
      requestedBy: order.requestedBy,
      requestedAt: order.requestedAt.toISOString(),
      expiresAt: isWaiting ? (order.expiresAt?.toISOString() ?? null) : null,
      approvals: order.approvals.map(({ name, verdict, note, at }) => ({
        name,
        verdict: verdict as 'approved' | 'rejected',
        note,
        at: at.toISOString(),
      })),
      problem: order.problem,
      runs: order.runs.map((run) =>
        presentRun({
          ...run,
          connectionName: names.get(run.liveId) ?? '',
          credentialName: credentials.get(run.credentialId ?? '') ?? null,
        }),
      ),
      asOf: new Date().toISOString(),
      counts: counts.get(order.id) ?? {},
      can: {
        approve: isWaiting && can.approve === true,
        reject: isWaiting && can.approve === true,
        withdraw: isWaiting && can.withdraw === true,
      },
    }
  })
}

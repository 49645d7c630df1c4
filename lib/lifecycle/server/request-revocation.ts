import type { Context } from '@/lib/platform/context'
import { type Order, RequestRevocationInput } from '../schema'
import { createOrder } from './create-order'
import { presentImpact } from './present-impact'
import { resolveTargets } from './resolve-targets'
import { findSettings } from './store-orders'

/**
 * Asks for a revocation: disable first, end sessions, try whether anything still gets in, keep the way back open for a while. An
 * emergency goes before all planned work.
 * @throws AppError as `createOrder`; `not_found`, `forbidden`
 */
export async function requestRevocation(ctx: Context, input: RequestRevocationInput): Promise<Order> {
  const { targets: given, endSessions, restoreHours, removes, ...order } = RequestRevocationInput.parse(input)
  const targets = await resolveTargets(ctx, 'revocation', given)
  const settings = await findSettings(ctx)
  const wish = { endsSessions: endSessions, removes, holdSeconds: (restoreHours ?? settings.restoreHours) * 3600 }
  const impact = await presentImpact(ctx, 'revocation', targets, wish, false)
  return createOrder(ctx, { ...order, kind: 'revocation', targets, impact, wish, options: {} })
}

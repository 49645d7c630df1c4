import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type Order, RequestRotationInput } from '../schema'
import { demandPlace } from './create-delivery'
import { createOrder } from './create-order'
import { presentImpact } from './present-impact'
import { resolveTargets } from './resolve-targets'
import { findPerson } from './store-orders'

/**
 * Asks for new secrets: each is stored, set, tried by a login and handed over before the old one ends.
 * @throws AppError as `createOrder`; `invalid_input` when nobody could take the new secret; `not_found`, `forbidden`
 */
export async function requestRotation(ctx: Context, input: RequestRotationInput): Promise<Order> {
  const given = RequestRotationInput.parse(input)
  const { overlapHours, holdHours, endSessions, removes, delivery, notBefore, waveSize, ...order } = given
  if (delivery.way === 'reveal' && (await findPerson(ctx, delivery.userId)) === null)
    throw new AppError('invalid_input', 'The new secret goes to an active member.', {
      fields: { 'delivery.userId': 'is no active member of this organization' },
    })
  await demandPlace(ctx, delivery, order.targets.length)
  const targets = await resolveTargets(ctx, 'rotation', order.targets)
  const wish = {
    ...{ delivers: true, removes, endsSessions: endSessions },
    overlapSeconds: Math.round(overlapHours * 3600),
    holdSeconds: Math.round(holdHours * 3600),
    ...(notBefore ? { notBefore: Date.parse(notBefore) } : {}),
  }
  const impact = await presentImpact(ctx, 'rotation', targets, wish, false)
  return createOrder(ctx, {
    ...order,
    kind: 'rotation',
    isEmergency: false,
    targets,
    impact,
    wish,
    waveSize,
    options: { delivery },
  })
}

import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { verificationEvent } from '../rules'
import { VerifyStreamInput } from '../schema'
import { findStream, insertDeliveries } from './store'

/**
 * Sends a verification event on the stream's way (Shared Signals Framework 1.0, section 8.1.4), as every other event.
 * @throws AppError `not_found`, `forbidden`; `conflict` for a stream that sends nothing now
 */
export async function verifyStream(ctx: Context, given: VerifyStreamInput): Promise<void> {
  const { stream_id: id, state } = VerifyStreamInput.parse(given)
  const { status } = await findStream(ctx, id)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  if (status !== 'enabled') throw new AppError('conflict', 'The stream is not on: switch it on first.')
  const claims = {
    sub_id: { format: 'opaque', id },
    events: { [verificationEvent]: state === undefined ? {} : { state } },
  }
  const change = { action: 'decision.stream.verify', target: decisionTarget, after: { id } }
  await ctx.commitBulk(permit, change, (bulk) => insertDeliveries(bulk, id, [{ type: verificationEvent, claims }]))
}

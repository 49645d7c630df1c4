import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type OneStream, type SignalStream, type StreamStatus, UpdateStatusInput, UpdateStreamInput } from '../schema'
import { getStatus, presentStream } from './list-streams'
import { changeStream, findStream, removeStream, reviveDead, writeStatus } from './store'

const gone = () => new AppError('conflict', 'Somebody else has deleted this stream a moment ago.')

/**
 * Changes a stream; what is not given stays. What is sent as authorization goes to no other address than that for which it was given.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`, `conflict`
 */
export async function updateStream(ctx: Context, given: UpdateStreamInput): Promise<SignalStream> {
  const { stream_id: id, description, delivery, events_requested: events } = UpdateStreamInput.parse(given)
  const before = await findStream(ctx, id)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  const authorization = delivery?.authorization_header
  const isElsewhere = delivery !== undefined && delivery.endpoint_url !== before.endpointUrl
  if (isElsewhere && before.hasAuthorization && authorization === undefined) {
    const problem = 'Give the authorization again, or null: the address is another than it was given for.'
    throw new AppError('invalid_input', problem, { fields: { 'delivery.authorization_header': problem } })
  }
  const endpointUrl = delivery?.endpoint_url
  const change = {
    ...{ action: 'decision.stream.update', target: decisionTarget },
    before: { id, description: before.description, endpointUrl: before.endpointUrl, events: before.events },
    after: { id, description, endpointUrl, events, hasNewAuthorization: typeof authorization === 'string' },
  }
  await ctx.commitBulk(permit, change, async (bulk) => {
    if (!(await changeStream(bulk, id, { description, endpointUrl, events, authorization }))) throw gone()
  })
  return presentStream(ctx, await findStream(ctx, id))
}

/** Goes on, pauses (events wait), or switches a stream off (events are lost). @throws AppError `not_found`, `forbidden`, `conflict` */
export async function updateStatus(ctx: Context, given: UpdateStatusInput): Promise<StreamStatus> {
  const { stream_id: id, status, reason = null } = UpdateStatusInput.parse(given)
  const before = await findStream(ctx, id)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  const change = {
    ...{ action: 'decision.stream.status', target: decisionTarget },
    ...{ before: { id, status: before.status }, after: { id, status, reason } },
  }
  await ctx.commitBulk(permit, change, async (bulk) => {
    if (!(await writeStatus(bulk, { id, status, reason }))) throw gone()
  })
  return getStatus(ctx, { stream_id: id })
}

/** Tells its receiver of nothing more; what waits goes with it. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function deleteStream(ctx: Context, { stream_id: id }: OneStream): Promise<void> {
  const { description, endpointUrl } = await findStream(ctx, id)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  const change = { action: 'decision.stream.delete', target: decisionTarget, before: { id, description, endpointUrl } }
  await ctx.commitBulk(permit, change, async (bulk) => {
    if (!(await removeStream(bulk, id))) throw gone()
  })
}

/** Sends everything again that could not be delivered. @throws AppError `not_found`, `forbidden` */
export async function resendUndelivered(ctx: Context, { stream_id: id }: OneStream): Promise<{ resent: number }> {
  await findStream(ctx, id)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  const change = (resent: number) => ({
    ...{ action: 'decision.stream.resend', target: decisionTarget, after: { id, resent } },
  })
  return { resent: await ctx.commitBulk(permit, change, (bulk) => reviveDead(bulk, id)) }
}

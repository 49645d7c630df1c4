import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { eventTypes } from '../rules'
import {
  type OneStream,
  pushMethod,
  type SignalSettings,
  type SignalStream,
  type StreamStatus,
  type Undelivered,
  UndeliveredQuery,
} from '../schema'
import { issuerOf } from './get-transmitter'
import { findDead, findStream, findStreams, type StreamRow } from './store'

const pageSize = 50

/** Who is told of changes. @throws AppError `forbidden` */
export async function listStreams(ctx: Context): Promise<SignalStream[]> {
  await ctx.authorize('read_directory', decisionTarget)
  return (await findStreams(ctx)).map((row) => presentStream(ctx, row))
}

/** One of them. @throws AppError `not_found`, `forbidden` */
export async function getStream(ctx: Context, { stream_id }: OneStream): Promise<SignalStream> {
  await ctx.authorize('read_directory', decisionTarget)
  return presentStream(ctx, await findStream(ctx, stream_id))
}

/** What the screen shows of them. @throws AppError `forbidden` */
export async function getSettings(ctx: Context): Promise<SignalSettings> {
  const [streams, [can]] = await Promise.all([listStreams(ctx), ctx.can(['update_directory'], [decisionTarget])])
  return { issuer: issuerOf(ctx.tenant.orgId), streams, can: { update: can?.update_directory === true } }
}

/** Whether a stream takes and sends events. @throws AppError `not_found`, `forbidden` */
export async function getStatus(ctx: Context, { stream_id }: OneStream): Promise<StreamStatus> {
  const { status, reason } = await getStream(ctx, { stream_id })
  return { stream_id, status, ...(reason === null ? {} : { reason }) }
}

/** What could not be delivered, newest first. @throws AppError `not_found`, `forbidden` */
export async function listUndelivered(ctx: Context, given: UndeliveredQuery): Promise<Undelivered> {
  const { stream_id, cursor } = UndeliveredQuery.parse(given)
  await ctx.authorize('read_directory', decisionTarget)
  await findStream(ctx, stream_id)
  const rows = await findDead(ctx, stream_id, cursor ?? null, pageSize + 1)
  const shown = rows.slice(0, pageSize)
  return {
    items: shown.map(({ id, event, attempts, says, createdAt, endedAt }) => ({
      ...{ id, event, attempts, says: says ?? '' },
      ...{ created_at: createdAt.toISOString(), ended_at: endedAt.toISOString() },
    })),
    nextCursor: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
  }
}

/** A stream as the framework has it; what is sealed is never in it. */
export function presentStream(ctx: Context, row: StreamRow): SignalStream {
  return {
    ...{ stream_id: row.id, iss: issuerOf(ctx.tenant.orgId), aud: row.audience, description: row.description },
    ...{ events_supported: [...eventTypes], events_requested: row.events, events_delivered: row.events },
    delivery: { method: pushMethod, endpoint_url: row.endpointUrl },
    ...{ status: row.status, reason: row.reason, has_authorization: row.hasAuthorization },
    ...{ waiting: row.waiting, undelivered: row.undelivered, problem: row.problem },
    delivered_at: row.deliveredAt?.toISOString() ?? null,
    ...{ created_at: row.createdAt.toISOString(), created_by: row.createdBy },
  }
}

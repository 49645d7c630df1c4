import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { RunPage, RunQuery } from '../schema'
import { presentRun } from './present-run'
import { findLastSteps, findRuns } from './store'
import { findConnectionNames, findCredentialNames } from './store-orders'

/** A page of runs, newest first. @throws AppError `forbidden`, `invalid_input` for a bad cursor */
export async function listRuns(
  ctx: Context,
  { cursor, limit, kind, state, identity, order }: RunQuery,
): Promise<RunPage> {
  await ctx.plan('list', 'lifecycle_run')
  const list = `runs:${JSON.stringify([kind, state, identity, order])}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const where = {
    ...(kind ? { kind } : {}),
    ...(state === 'open' ? { endedAt: null } : state ? { state } : {}),
    ...(identity ? { identityId: identity } : {}),
    ...(order ? { orderId: order } : {}),
  }
  const found = await findRuns(ctx, where, limit + 1, before)
  const shown = found.slice(0, limit)
  const [names, credentials, steps] = await Promise.all([
    findConnectionNames(
      ctx,
      shown.map(({ liveId }) => liveId),
    ),
    findCredentialNames(
      ctx,
      shown.map(({ credentialId }) => credentialId),
    ),
    findLastSteps(
      ctx,
      shown.filter(({ endedAt }) => endedAt === null).map(({ id }) => id),
    ),
  ])
  const last = shown.at(-1)
  return {
    items: shown.map((run) =>
      presentRun({
        ...run,
        connectionName: names.get(run.liveId) ?? '',
        credentialName: credentials.get(run.credentialId ?? '') ?? null,
        step: steps.get(run.id) ?? null,
      }),
    ),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
    asOf: new Date().toISOString(),
  }
}

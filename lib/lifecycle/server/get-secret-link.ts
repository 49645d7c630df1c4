import type { Context } from '@/lib/platform/context'
import type { ById, SecretLink } from '../schema'
import { runTargetOf } from './present-run'
import { findOwnLink } from './store-orders'

/** A link to a new secret, without opening it. @throws AppError `not_found` for anybody whom it does not name */
export async function getSecretLink(ctx: Context, { id }: ById): Promise<SecretLink> {
  const link = await findOwnLink(ctx, id)
  const { run, openedAt, endedAt, expiresAt } = link
  await ctx.authorize('reveal', runTargetOf({ ...run, links: [link] }))
  const now = new Date()
  const state = openedAt ? 'opened' : endedAt ? 'withdrawn' : expiresAt <= now ? 'expired' : 'open'
  return {
    ...{ id, runId: run.id, identity: run.identityName, system: run.connector, state },
    ...{ expiresAt: expiresAt.toISOString(), openedAt: openedAt?.toISOString() ?? null, asOf: now.toISOString() },
  }
}

import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ById } from '../schema'
import { findClient, findIssuer, removeRow } from './store'

/** Believes an issuer no longer; its clients go with it. @throws AppError `not_found`, `forbidden`; `conflict` */
export async function deleteIssuer(ctx: Context, given: ById): Promise<void> {
  const { id } = ById.parse(given)
  const { name, issuer, clients } = await findIssuer(ctx, id)
  await remove(ctx, 'access_issuer', id, { action: 'decision.issuer.delete', before: { name, issuer, clients } })
}

/** Lets a client ask no longer, within half a second. @throws AppError `not_found`, `forbidden`; `conflict` */
export async function deleteClient(ctx: Context, given: ById): Promise<void> {
  const { id } = ById.parse(given)
  const { way, subject, identity } = await findClient(ctx, id)
  const before = { way, subject, identity: identity.name }
  await remove(ctx, 'access_client', id, { action: 'decision.client.delete', before })
}

async function remove(
  ctx: Context,
  table: 'access_issuer' | 'access_client',
  id: string,
  change: { action: string; before: Record<string, unknown> },
): Promise<void> {
  const permit = await ctx.authorize('update_directory', decisionTarget)
  await ctx.commitBulk(permit, { ...change, target: decisionTarget }, async (bulk) => {
    if (!(await removeRow(bulk, table, id)))
      throw new AppError('conflict', 'Somebody else has removed it a moment ago.')
  })
}

import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type ApiKey, RevokeApiKeyInput } from '../schema'
import { presentApiKey, targetOf } from './get-api-key'
import { mergeApiKeys } from './merge-api-keys'
import { findApiKey, lockApiKeys, writeRevocation } from './store'

/**
 * Ends an API key for good; the next request with it is refused. Its identity stays in the inventory, disabled.
 * @throws AppError `conflict` when it is revoked already
 */
export async function revokeApiKey(ctx: Context, given: RevokeApiKeyInput): Promise<ApiKey> {
  const input = RevokeApiKeyInput.parse(given)
  const row = await findApiKey(ctx, input.id)
  const target = targetOf(row)
  const permit = await ctx.authorize('revoke', target)
  const change = {
    action: 'api_key.revoke',
    target,
    reason: input.reason || undefined,
    before: { prefix: row.prefix, lastFour: row.lastFour, scopes: row.scopes, owner: row.owner.user.email },
  }
  await ctx.commitBulk(permit, change, async (bulk) => {
    await lockApiKeys(bulk)
    if (!(await writeRevocation(bulk, row.id))) throw new AppError('conflict', `${row.name} is revoked already.`)
    await mergeApiKeys(bulk)
  })
  return presentApiKey(ctx, await findApiKey(ctx, row.id))
}

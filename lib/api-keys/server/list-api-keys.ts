import type { Context } from '@/lib/platform/context'
import { apiKeyTarget } from '../rules'
import { type ApiKeyList, ListApiKeysInput } from '../schema'
import { presentApiKeys } from './get-api-key'
import { listApiKeyRows } from './store'

/** The API keys that the caller may see, newest first: everybody's or their own. */
export async function listApiKeys(ctx: Context, given: ListApiKeysInput = {}): Promise<ApiKeyList> {
  const input = ListApiKeysInput.parse(given)
  const { where } = await ctx.plan('list', 'api_key')
  const rows = await listApiKeyRows(ctx.db, ctx.tenant.orgId, where, input)
  const kept = rows.slice(0, input.limit)
  const ownerUserId = ctx.actor.kind === 'user' ? ctx.actor.id : ''
  const [can] = await ctx.can(['create'], [apiKeyTarget({ id: '*', name: 'a new key', ownerUserId })])
  return {
    items: await presentApiKeys(ctx, kept),
    nextCursor: rows.length > input.limit ? (kept.at(-1)?.id ?? null) : null,
    can: { create: can?.create === true },
  }
}

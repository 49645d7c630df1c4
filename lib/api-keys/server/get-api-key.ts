import type { Context } from '@/lib/platform/context'
import { apiKeyTarget, keyState } from '../rules'
import { type ApiKey, GetApiKeyInput, Scope } from '../schema'
import { type ApiKeyRow, findApiKey } from './store'

/** One API key, without its token. */
export async function getApiKey(ctx: Context, given: GetApiKeyInput): Promise<ApiKey> {
  const input = GetApiKeyInput.parse(given)
  const row = await findApiKey(ctx, input.id)
  await ctx.authorize('read', targetOf(row))
  return presentApiKey(ctx, row)
}

/** The decision point's view of a row. */
export function targetOf(row: ApiKeyRow) {
  return apiKeyTarget({ ...row, ownerUserId: row.owner.userId })
}

/** The contract form of rows, with what the caller may do to each. The hash of the token stays behind. */
export async function presentApiKeys(ctx: Context, rows: ApiKeyRow[]): Promise<ApiKey[]> {
  const can = await ctx.can(['revoke'], rows.map(targetOf))
  const now = Date.now()
  return rows.map((row, index) => ({
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    lastFour: row.lastFour,
    scopes: row.scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []),
    owner: {
      memberId: row.ownerId,
      name: row.owner.user.name,
      email: row.owner.user.email,
      isActive: row.owner.status === 'active' && row.owner.user.status === 'active',
    },
    state: keyState(row, now),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    can: { revoke: can[index]?.revoke === true && row.revokedAt === null },
  }))
}

export async function presentApiKey(ctx: Context, row: ApiKeyRow): Promise<ApiKey> {
  const [key] = await presentApiKeys(ctx, [row])
  if (!key) throw new Error('a row has one contract form')
  return key
}

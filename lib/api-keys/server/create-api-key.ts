import { randomBytes } from 'node:crypto'
import { hashApiKey } from '@/lib/platform/auth/api-key-actor'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { apiKeyTarget, expiryProblem } from '../rules'
import { CreateApiKeyInput, type CreatedApiKey } from '../schema'
import { presentApiKey } from './get-api-key'
import { mergeApiKeys } from './merge-api-keys'
import { findApiKey, findOwnMembership, insertApiKey, lockApiKeys } from './store'

/**
 * Makes an API key that belongs to the caller. The answer holds the token, which nobody can be told again. In the same
 * transaction the key becomes an identity of the organization's inventory, owned by the caller.
 * @throws AppError `invalid_input` for an expiry in the past or more than 365 days away
 */
export async function createApiKey(ctx: Context, given: CreateApiKeyInput): Promise<CreatedApiKey> {
  const input = CreateApiKeyInput.parse(given)
  const person = ctx.actor
  const ownerUserId = person.kind === 'user' ? person.id : person.kind === 'api_key' ? person.ownerId : ''
  const permit = await ctx.authorize('create', apiKeyTarget({ id: '*', name: input.name, ownerUserId }))
  const membership = await findOwnMembership(ctx.db, ownerUserId)
  if (person.kind !== 'user' || !membership) throw new AppError('forbidden', 'Only a member can make an API key.')
  const expiresAt = new Date(input.expiresAt)
  const problem = expiryProblem(expiresAt.getTime(), Date.now())
  if (problem) throw new AppError('invalid_input', problem, { fields: { expiresAt: problem } })

  const { token, ...stored } = newToken()
  const id = await ctx.commitBulk(
    permit,
    (made: string) => ({
      action: 'api_key.create',
      target: apiKeyTarget({ id: made, name: input.name, ownerUserId }),
      after: { name: input.name, prefix: stored.prefix, scopes: input.scopes, expiresAt: expiresAt.toISOString() },
    }),
    async (bulk) => {
      await lockApiKeys(bulk)
      const row = { name: input.name, scopes: input.scopes, ownerId: membership.id, expiresAt, ...stored }
      const made = await insertApiKey(bulk, row)
      await mergeApiKeys(bulk, { id: made, owner: { userId: person.id, name: person.name } })
      return made
    },
  )
  return { apiKey: await presentApiKey(ctx, await findApiKey(ctx, id)), token }
}

/** `bwk_<8 hex characters to recognise it by>_<256 random bits, base64url>`, and what is kept of it. */
function newToken(): { token: string; prefix: string; lastFour: string; tokenHash: string } {
  const prefix = `bwk_${randomBytes(4).toString('hex')}`
  const token = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { token, prefix, lastFour: token.slice(-4), tokenHash: hashApiKey(token) }
}

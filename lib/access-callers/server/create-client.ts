import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { type AccessClient, CreateClientInput } from '../schema'
import { presentMadeClient } from './list-callers'
import { findClients, findIssuers, findNamed, insertClient } from './store'

const most = 500

/**
 * Says which identity a client is. It asks in the role of whoever says so, for as long as they are active.
 * @throws AppError `forbidden`; `invalid_input` for an identity or issuer that is not of this organization; `conflict`
 */
export async function createClient(ctx: Context, given: CreateClientInput): Promise<AccessClient> {
  const input = CreateClientInput.parse(given)
  const { actor } = ctx
  const permit = await ctx.authorize('update_directory', decisionTarget)
  const issuerId = input.way === 'token' ? input.issuerId : null
  const [identity, issuers, clients] = await Promise.all([
    findNamed(ctx, input.identityId),
    findIssuers(ctx),
    findClients(ctx),
  ])
  if (!identity) throw wrong('identityId', 'There is no such identity in this organization.')
  if (issuerId !== null && issuers.every(({ id }) => id !== issuerId))
    throw wrong('issuerId', 'There is no such issuer in this organization.')
  if (clients.length >= most)
    throw new AppError('conflict', `An organization can have ${most} clients. Remove some first.`)
  const id = uuidv7()
  const ownerId = actor.kind === 'api_key' ? actor.ownerId : actor.id
  const row = { ...input, issuerId, id, ownerId, ownerName: actor.name }
  const after = { way: input.way, subject: input.subject, identity: identity.name, mayAskAny: input.mayAskAny }
  await ctx.commitBulk(permit, { action: 'decision.client.create', target: decisionTarget, after }, (bulk) =>
    insertClient(bulk, row),
  )
  return presentMadeClient(ctx, id)
}

const wrong = (field: string, message: string) =>
  new AppError('invalid_input', message, { fields: { [field]: message } })

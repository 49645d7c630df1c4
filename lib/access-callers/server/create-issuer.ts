import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { type AccessIssuer, CreateIssuerInput } from '../schema'
import { presentMadeIssuer } from './list-callers'
import { findKeyPlace } from './read-issuer-keys'
import { findIssuers, insertIssuer } from './store'

const most = 20

/**
 * Tells of an issuer whose access tokens count. Without a place of its keys its own metadata is asked for it.
 * @throws AppError `forbidden`; `invalid_input` when the metadata cannot be read; `conflict` for one that is there, or too many
 */
export async function createIssuer(ctx: Context, given: CreateIssuerInput): Promise<AccessIssuer> {
  const { jwksUrl, ...input } = CreateIssuerInput.parse(given)
  const permit = await ctx.authorize('update_directory', decisionTarget)
  if ((await findIssuers(ctx)).length >= most)
    throw new AppError('conflict', `An organization can have ${most} issuers. Remove one first.`)
  const id = uuidv7()
  const row = { ...input, id, jwksUrl: jwksUrl ?? (await discover(input.issuer)), createdBy: ctx.actor.name }
  const { createdBy: _createdBy, ...after } = row
  await ctx.commitBulk(permit, { action: 'decision.issuer.create', target: decisionTarget, after }, (bulk) =>
    insertIssuer(bulk, row),
  )
  return presentMadeIssuer(ctx, id)
}

async function discover(issuer: string): Promise<string> {
  try {
    return await findKeyPlace(issuer)
  } catch (error) {
    const problem = `Its metadata could not be read. Name the address of its keys, or mend this: ${(error as Error).message}`
    throw new AppError('invalid_input', problem.slice(0, 1000), { fields: { issuer: problem.slice(0, 500) } })
  }
}

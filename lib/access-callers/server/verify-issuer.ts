import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { ById, type IssuerTest } from '../schema'
import { countKeys } from './read-issuer-keys'
import { findIssuer } from './store'

/** Reads an issuer's keys now. Keys that cannot be read are an answer too. @throws AppError `not_found`, `forbidden` */
export async function verifyIssuer(ctx: Context, given: ById): Promise<IssuerTest> {
  const { id } = ById.parse(given)
  const { jwksUrl } = await findIssuer(ctx, id)
  await ctx.authorize('update_directory', decisionTarget)
  try {
    const keys = await countKeys(jwksUrl)
    const says = keys > 0 ? 'Its keys can be read.' : 'It answers, but has no key that it could sign with.'
    return { isUsable: keys > 0, keys, says }
  } catch (error) {
    const says = error instanceof SyntaxError ? 'What it answers is no set of keys.' : (error as Error).message
    return { isUsable: false, keys: 0, says: says.slice(0, 500) }
  }
}

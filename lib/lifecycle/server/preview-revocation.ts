import type { Context } from '@/lib/platform/context'
import { orderTarget, secondPersonReason } from '../rules'
import { PreviewRevocationInput, type RevocationPreview } from '../schema'
import { ownerKeysOf } from './create-order'
import { hashList, presentImpact, withFewCards } from './present-impact'
import { resolveScope } from './resolve-scope'
import { resolveTargets } from './resolve-targets'
import { findSettings } from './store-orders'

/**
 * What revoking these would do, as of now: what reaches through them, who is signed in, what the source makes of it, and what is
 * refused. Changes nothing.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for more than one order may be about
 */
export async function previewRevocation(ctx: Context, input: PreviewRevocationInput): Promise<RevocationPreview> {
  const { targets: given, shared } = await resolveScope(ctx, PreviewRevocationInput.parse(input))
  const targets = await resolveTargets(ctx, 'revocation', given)
  const target = orderTarget({
    id: 'new',
    kind: 'revocation',
    label: 'a revocation',
    requestedBy: null,
    ownerKeys: ownerKeysOf(targets),
  })
  await ctx.authorize('preview', target)
  const settings = await findSettings(ctx)
  const wish = { endsSessions: true, holdSeconds: settings.restoreHours * 3600 }
  const [impact, [may]] = await Promise.all([
    presentImpact(ctx, 'revocation', targets, wish),
    ctx.can(['request'], [target]),
  ])
  const scores = impact.flatMap(({ score }) => score ?? [])
  return {
    targets: withFewCards(impact),
    shared,
    listHash: hashList('revocation', impact),
    highestScore: scores.length > 0 ? Math.max(...scores) : null,
    secondPerson: secondPersonReason(impact, settings),
    asOf: new Date().toISOString(),
    can: { request: may?.request === true },
  }
}

import type { Context } from '@/lib/platform/context'
import { orderTarget, secondPersonReason } from '../rules'
import { PreviewRotationInput, type RotationPreview } from '../schema'
import { ownerKeysOf } from './create-order'
import { hashList, presentImpact, withFewCards } from './present-impact'
import { resolveScope } from './resolve-scope'
import { resolveTargets } from './resolve-targets'
import { findSettings } from './store-orders'

/**
 * What rotating these would do, as of now: whether old and new work side by side, who is signed in, where the old one is kept, and
 * what is refused. Changes nothing.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for more than one order may be about
 */
export async function previewRotation(ctx: Context, input: PreviewRotationInput): Promise<RotationPreview> {
  const { targets: given } = await resolveScope(ctx, PreviewRotationInput.parse(input))
  const targets = await resolveTargets(ctx, 'rotation', given)
  const target = orderTarget({
    id: 'new',
    kind: 'rotation',
    label: 'a rotation',
    requestedBy: null,
    ownerKeys: ownerKeysOf(targets),
  })
  await ctx.authorize('preview', target)
  const settings = await findSettings(ctx)
  const wish = { delivers: true, overlapSeconds: 24 * 3600, holdSeconds: 24 * 3600, removes: true }
  const [impact, [may]] = await Promise.all([
    presentImpact(ctx, 'rotation', targets, wish),
    ctx.can(['request'], [target]),
  ])
  const scores = impact.flatMap(({ score }) => score ?? [])
  return {
    targets: withFewCards(
      impact.map((each, index) => {
        const { connector, secretSubject, twin } = targets[index] ?? {}
        const can = (secretSubject && connector?.capabilities[secretSubject]) || []
        return {
          ...each,
          mode: each.semantics?.twoSecrets.can || twin?.row.isInUse ? ('overlap' as const) : ('window' as const),
          canRestore: can.includes('restore') || twin !== undefined,
        }
      }),
    ),
    listHash: hashList('rotation', impact),
    highestScore: scores.length > 0 ? Math.max(...scores) : null,
    secondPerson: secondPersonReason(impact, settings),
    asOf: new Date().toISOString(),
    can: { request: may?.request === true },
  }
}

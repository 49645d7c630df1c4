import { listGrantDifferences } from '@/lib/access-graph/server/list-grant-differences'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { orderTarget } from '../rules'
import { PreviewTwinInput, type TwinPreview } from '../twins'
import { differenceWords, pairProblems } from './resolve-twins'
import { type FoundTarget, findActingConnections, findTargets } from './store-targets'
import { findTwins } from './store-twins'

/** What policies read of a pair: whoever may rotate both may make it. */
export function pairTarget(id: string, sides: readonly FoundTarget[]) {
  const now = new Date()
  const keys = sides.flatMap(({ ownerships }) =>
    ownerships.filter(({ validUntil }) => validUntil === null || validUntil > now).map(({ ownerKey }) => ownerKey),
  )
  const label = `${sides.map(({ name }) => name).join(' and ')} as twins`
  return orderTarget({ id, kind: 'rotation', label, requestedBy: null, ownerKeys: [...new Set(keys)].sort() })
}

/** @throws AppError `not_found` */
export async function findPair(ctx: Context, given: PreviewTwinInput): Promise<[FoundTarget, FoundTarget]> {
  const { identityId, twinId } = PreviewTwinInput.parse(given)
  const found = await findTargets(ctx, [identityId, twinId])
  const [first, second] = [found.find(({ id }) => id === identityId), found.find(({ id }) => id === twinId)]
  if (!first || !second) throw new AppError('not_found', 'There is no such identity in this organization.')
  return [first, second]
}

export const sideOf = (account: FoundTarget, isInUse: boolean): TwinPreview['sides'][number] => ({
  ...{ identityId: account.id, name: account.name, isInUse, isOff: account.status === 'disabled' },
})

/** Whether two accounts can be used in turn, what differs between them, and what a rotation would then do. Changes nothing. */
export async function previewTwin(ctx: Context, input: PreviewTwinInput): Promise<TwinPreview> {
  const pair = await findPair(ctx, input)
  const [first, second] = pair
  const target = pairTarget('new', pair)
  await ctx.authorize('preview', target)
  const [lives, differences, twins, [may]] = await Promise.all([
    findActingConnections(ctx, [first.sourceId], [first.externalId, second.externalId]),
    listGrantDifferences(ctx, [{ first: first.id, second: second.id }]),
    findTwins(ctx, [first.id, second.id]),
    ctx.can(['request'], [target]),
  ])
  const words = differenceWords(pair, differences)
  const taken = [...twins.values()].filter(
    ({ twinId, identityId }) => ![first.id, second.id].includes(twinId) || identityId === twinId,
  )
  const problems = [
    ...pairProblems(pair, lives[0] ?? null, words),
    ...taken.map(({ identityId }) => `${identityId === first.id ? first.name : second.name} has another twin already.`),
  ]
  return {
    // Of two that are on, the one that somebody looks at is taken for the one in use.
    sides: [sideOf(first, first.status !== 'disabled'), sideOf(second, first.status === 'disabled')],
    ...{ differences: words, problems, steps: twinSays },
    can: { set: may?.request === true },
  }
}

const twinSays = [
  'A new secret is set on the one that is idle, which is switched on if it is off. The one in use goes on as it is.',
  'A login with the new secret is tried; if it fails, the idle one is switched off again.',
  'Its name and its secret are handed over together.',
  'Both accounts work for as long as the rotation says.',
  'The one that was in use is switched off. Nothing is deleted, and it can be switched on again.',
  'It is tried whether it is refused.',
]

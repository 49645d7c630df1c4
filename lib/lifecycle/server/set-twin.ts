import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { SetTwinInput, type TwinPair } from '../twins'
import { getTwin } from './get-twin'
import { refreshDueJob } from './jobs'
import { findPair, pairTarget, previewTwin } from './preview-twin'
import { wipeIdle } from './store-secrets'
import { dropPair, findTwinRuns, findTwins, writePair } from './store-twins'

/**
 * Makes two accounts twins that one program uses in turn, or says which of them is in use now. Nothing is done at the source.
 * @throws AppError `precondition_failed` when they cannot be; `conflict` while one of them is being rotated; `not_found`, `forbidden`
 */
export async function setTwin(ctx: Context, input: SetTwinInput): Promise<TwinPair> {
  const { identityId, twinId, inUseId, reason } = SetTwinInput.parse(input)
  if (inUseId !== identityId && inUseId !== twinId)
    throw new AppError('invalid_input', 'Say which of the two is in use.', {
      fields: { inUseId: 'is none of the two' },
    })
  const pair = await findPair(ctx, { identityId, twinId })
  const target = pairTarget(identityId, pair)
  const permit = await ctx.authorize('request', target)
  const { problems, differences } = await previewTwin(ctx, { identityId, twinId })
  if (problems.length > 0) throw new AppError('precondition_failed', [...problems, ...differences].join(' '))
  await demandQuiet(ctx, [identityId, twinId])
  const { orgId } = ctx.tenant
  const known = (await findTwins(ctx, [identityId])).get(identityId)
  // The name of the pair stays when only the use is said anew.
  const [firstId, secondId] = known && !known.isFirst ? [twinId, identityId] : [identityId, twinId]
  const after = { firstId, secondId, inUseId }
  await ctx.commit(permit, { action: 'lifecycle.twin.set', target, reason, after }, async (tx) => {
    await writePair(tx, { orgId, firstId, secondId, inUseId, createdBy: ctx.actor.name })
    await enqueue(tx, refreshDueJob, { orgId })
  })
  return getTwin(ctx, { id: identityId })
}

/** A rotation that is under way counts on the pair as it was. */
async function demandQuiet(ctx: Context, ids: readonly string[]): Promise<void> {
  if ((await findTwinRuns(ctx, ids)).length > 0)
    throw new AppError('conflict', 'One of the two is being rotated. Wait until that has ended.')
}

/**
 * Ends a pair: each is rotated by itself from then on. Nothing is done at the source: one that is off stays off.
 * @throws AppError `not_found`, `conflict`, `forbidden`
 */
export async function deleteTwin(ctx: Context, { id }: { id: string }): Promise<void> {
  const row = (await findTwins(ctx, [id])).get(id)
  if (!row) throw new AppError('not_found', 'This account has no twin.')
  const { orgId, identityId, twinId } = row
  const pair = await findPair(ctx, { identityId, twinId })
  const target = pairTarget(identityId, pair)
  const permit = await ctx.authorize('request', target)
  await demandQuiet(ctx, [identityId, twinId])
  await ctx.commit(permit, { action: 'lifecycle.twin.end', target, before: { identityId, twinId } }, async (tx) => {
    if ((await dropPair(tx, { orgId, identityId, twinId })) === 0)
      throw new AppError('conflict', 'This pair was ended in the meantime.')
    for (const each of [identityId, twinId]) await wipeIdle(tx, orgId, each)
    await enqueue(tx, refreshDueJob, { orgId })
  })
}

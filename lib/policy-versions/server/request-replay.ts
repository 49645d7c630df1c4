import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { anyVersion, statesOf, versionTarget } from '../rules'
import { ReplayInput, type Trial } from '../schema'
import { effectiveHash } from './decide-by-version'
import { replayJob } from './jobs'
import { presentTrial } from './present-version'
import { readBase } from './read-base'
import { findSetting, findTrials, findVersion, insertTrial, lockSetting } from './store'
import { demandAvailable } from './update-version'

/**
 * Puts a version, or the product's policies alone, to the recorded decisions of the last days; a worker does it.
 * @throws AppError `not_found`, `forbidden`, `conflict` while one is under way or the version was never tested
 */
export async function requestReplay(ctx: Context, input: ReplayInput): Promise<Trial> {
  const { id: given, days } = ReplayInput.parse(input)
  const version = given === 'base' ? null : await findVersion(ctx, given)
  const target = version ? versionTarget(version) : anyVersion
  const permit = await ctx.authorize('replay', target)
  demandAvailable()
  if (version && !(statesOf.replay as readonly string[]).includes(version.state))
    throw new AppError('conflict', 'Test it first: only what passed its tests is put to decisions.')
  const { orgId } = ctx.tenant
  const versionId = version?.id ?? null
  const base = await readBase()
  const id = uuidv7()
  const until = new Date()
  const change = {
    ...{ action: 'policy_version.replay', target },
    after: { days, contentHash: version?.contentHash ?? null, replayId: id },
  }
  await ctx.commit(permit, change, async (tx) => {
    const setting = await lockSetting(tx, orgId)
    const running = await tx.policyTrial.count({
      where: { orgId, versionId, kind: 'replay', state: { in: ['queued', 'running'] } },
    })
    if (running > 0) throw new AppError('conflict', 'A replay of it is under way.')
    await insertTrial(tx, {
      ...{ orgId, id, versionId, versionNo: version?.no ?? null, kind: 'replay', state: 'queued', days },
      ...{ contentHash: version?.contentHash ?? null, kinds: version?.kinds ?? [], baseHash: base.hash },
      ...{ activeHash: effectiveHash(base.hash, setting.activeHash) ?? '', askedBy: ctx.actor.name },
      ...{ fromAt: new Date(until.getTime() - days * 86_400_000), untilAt: until },
    })
    await enqueue(tx, replayJob, { orgId, trialId: id })
  })
  const trial = (await findTrials(ctx, versionId)).find((each) => each.id === id)
  if (!trial) throw new AppError('not_found', 'There is no such replay.')
  return presentTrial(trial, await findSetting(ctx), version?.contentHash ?? null)
}

import type { Context } from '@/lib/platform/context'
import { sealText } from '@/lib/platform/crypto/seal'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { grantTarget } from '../rules'
import { ActivateGrantInput, type GrantDetail } from '../schema'
import { grantJob } from './jobs'
import { presentDetail } from './list-grants'
import { readMoments } from './read-moments'
import { findGrant, readClock, secretPlace, writeGrant } from './store'

/**
 * Begins a grant that was agreed to. The policies are asked again: what was agreed to is no permit. The clock starts when the source
 * has given it; where nothing is given there, now.
 * @throws AppError `not_found`, `forbidden`; `conflict` when it has lapsed or moved on; `invalid_input` for a secret where none is used
 */
export async function activateGrant(ctx: Context, input: ActivateGrantInput): Promise<GrantDetail> {
  const { id, secret } = ActivateGrantInput.parse(input)
  const grant = await findGrant(ctx, id)
  const [moment] = await readMoments(ctx, [grant])
  const target = grantTarget(grant, moment)
  const permit = await ctx.authorize('activate', target)
  const now = await readClock(ctx)
  if (grant.state !== 'approved') throw new AppError('conflict', 'This is not waiting to be activated.')
  if (grant.lapsesAt <= now) throw new AppError('conflict', 'The agreement has lapsed. It has to be asked for again.')
  const isRuntime = grant.mode !== 'provisioned'
  if (isRuntime && secret !== undefined)
    throw new AppError('invalid_input', 'Nothing is given at a source here.', { fields: { secret: 'is not used' } })
  const { orgId } = ctx.tenant
  const endsAt = new Date(now.getTime() + grant.seconds * 1000)
  const by = ctx.actor.name
  await ctx.commit(permit, { action: 'grant.activate', target, after: { grantId: id } }, async (tx) => {
    if (isRuntime && !grant.replaces) {
      const counts = grant.mode === 'console' ? 'The role counts' : 'The decision point counts it'
      const says = `${by} activated it. ${counts} from now on; nothing is given at a source.`
      const change = { state: 'active', activatedBy: by, startedAt: now, endsAt, wakeAt: endsAt }
      await writeGrant(tx, grant, { states: ['approved'] }, change, [{ what: 'active', says, by }])
      return
    }
    const sealed = secret === undefined ? null : sealText(secret, secretPlace(orgId, id))
    const says = isRuntime
      ? `${by} activated it. What it replaces is taken away at the source; the clock starts then.`
      : `${by} activated it. It is given at the source; the clock starts then.`
    const change = { state: 'activating', activatedBy: by, sealed, wakeAt: now, tries: 0 }
    await writeGrant(tx, grant, { states: ['approved'] }, change, [{ what: 'activating', says, by }])
    await enqueue(tx, grantJob, { orgId, grantId: id })
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}

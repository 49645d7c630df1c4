import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { grantTarget, groupKeysOf } from '../rules'
import { DecideGrantInput, type GrantDetail } from '../schema'
import { activationSeconds } from '../values'
import { presentDetail } from './list-grants'
import { notifyDecided } from './notify-grant'
import { findGrant, insertApproval, readClock, writeGrant } from './store'
import { findSubject } from './store-subjects'

/**
 * Somebody's word on a request, bound to the exact list that they saw. Who answers for the account by now counts too: facts that
 * keep duties apart are only added to. A no ends it, also after others agreed.
 * @throws AppError `not_found`, `forbidden` for whoever asked, answers for it by name, or would agree with their own group alone;
 * `precondition_failed` for another list, `conflict` when it has moved on
 */
export async function decideGrant(ctx: Context, input: DecideGrantInput): Promise<GrantDetail> {
  const { id, listHash, verdict, note } = DecideGrantInput.parse(input)
  const found = await findGrant(ctx, id)
  const now = await readClock(ctx)
  const today = found.subjectKind === 'identity' ? await findSubject(ctx, found.subjectId) : null
  const subjectKeys = [...new Set([...found.subjectKeys, ...(today?.ownerKeys ?? [])])]
  const grant = { ...found, subjectKeys, partyKeys: [...new Set([...found.partyKeys, ...subjectKeys])] }
  const target = grantTarget(grant)
  const permit = await ctx.authorize(verdict === 'approved' ? 'approve' : 'deny', target)
  const from = verdict === 'approved' ? ['requested'] : ['requested', 'approved']
  if (!from.includes(grant.state)) throw new AppError('conflict', 'This does not wait for anybody any more.')
  if (grant.lapsesAt <= now) throw new AppError('conflict', 'This has lapsed. It has to be asked for again.')
  if (listHash !== grant.listHash)
    throw new AppError('precondition_failed', 'This is not the list that the request is about. Look at it again.')
  const { orgId } = ctx.tenant
  const own = ctx.actor.kind === 'job' ? [] : ownerKeysOf(ctx.actor)
  const groups = groupKeysOf(grant)
  const isOutside = !own.some((key) => groups.includes(key))
  const agreed = grant.approvals.filter((each) => each.verdict === 'approved').length + 1
  const isEnough = verdict === 'approved' && agreed >= grant.needed
  const state = verdict === 'denied' ? 'denied' : isEnough ? 'approved' : 'requested'
  const lapsesAt = new Date(now.getTime() + activationSeconds * 1000)
  const says =
    verdict === 'denied'
      ? `${ctx.actor.name} said no.`
      : `${ctx.actor.name} agreed${isEnough ? '' : `; ${grant.needed - agreed} more needed`}.`
  await ctx.commit(
    permit,
    {
      action: verdict === 'approved' ? 'grant.approve' : 'grant.deny',
      target,
      ...(note ? { reason: note } : {}),
      after: { grantId: id, state, listHash, isOutside },
    },
    async (tx) => {
      const change = {
        ...{ state, subjectKeys, partyKeys: grant.partyKeys },
        ...(state === 'requested' ? {} : { decidedAt: now }),
        ...(state === 'approved' ? { lapsesAt, wakeAt: lapsesAt } : {}),
        ...(state === 'denied' ? { wakeAt: null } : {}),
      }
      const line = { what: verdict, says: note ? `${says} ${note}` : says, by: ctx.actor.name }
      // Two who agree at once are counted one after the other: what was not seen is a conflict.
      await writeGrant(tx, grant, { states: [grant.state], seen: grant.eventCount }, change, [line])
      await insertApproval(tx, {
        ...{ orgId, grantId: id, userId: ctx.actor.id, name: ctx.actor.name },
        ...{ verdict, isOutside, listHash, note },
      })
      if (state !== 'requested') await notifyDecided(tx, grant, { says: says.replace(/\.$/, ''), by: ctx.actor.id })
    },
  )
  return presentDetail(ctx, await findGrant(ctx, id))
}

import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import type { RunKind } from '../engine/steps'
import { ApproveOrderInput, type Order, type OrderTarget } from '../schema'
import { jobOf } from './jobs'
import { notifyDecided } from './notify-order'
import { hashList, presentImpact } from './present-impact'
import { orderTargetOf, presentOrder } from './present-order'
import { endUnbegun } from './refresh-order'
import { resolveTargets } from './resolve-targets'
import { writeRun } from './store'
import { type FoundOrder, findOrder, insertApproval, moveOrder, overrule } from './store-orders'

/**
 * A second person's word on an order. It is bound to the exact list that they saw: when that is not the order's, or when what the
 * order would do has changed since it was asked for, nothing is released.
 * @throws AppError `not_found`, `forbidden` for whoever asked for it or answers for a target; `precondition_failed`, `conflict`
 */
export async function approveOrder(ctx: Context, input: ApproveOrderInput): Promise<Order> {
  const { id, listHash, verdict, note } = ApproveOrderInput.parse(input)
  const order = await findOrder(ctx, id)
  const target = orderTargetOf(order)
  const permit = await ctx.authorize('approve', target)
  if (order.state !== 'waiting') throw new AppError('conflict', 'This order does not wait for anybody any more.')
  if (order.expiresAt !== null && order.expiresAt <= new Date())
    throw new AppError('conflict', 'This order has lapsed. It has to be asked for again.')
  if (listHash !== order.listHash)
    throw new AppError('precondition_failed', 'This is not the list that the order is about. Look at it again.')
  if (verdict === 'approved') await demandUnchanged(ctx, order)
  const { orgId } = ctx.tenant
  const key = { orgId, id }
  const after = { orderId: id, verdict, listHash }
  await ctx.commit(
    permit,
    { action: `lifecycle.order.${verdict === 'approved' ? 'approve' : 'reject'}`, target, reason: note, after },
    async (tx) => {
      const state = verdict === 'approved' ? 'released' : 'rejected'
      if (!(await moveOrder(tx, key, 'waiting', { state, ...(verdict === 'rejected' ? { endedAt: new Date() } : {}) })))
        throw new AppError('conflict', 'Somebody else decided in the meantime.')
      await insertApproval(tx, {
        orgId,
        orderId: id,
        userId: ctx.actor.id,
        name: ctx.actor.name,
        verdict,
        listHash,
        note: note ?? null,
      })
      await notifyDecided(tx, order, {
        says: `${ctx.actor.name} ${verdict === 'approved' ? 'agreed' : 'did not agree'}`,
        ...{ by: ctx.actor.id, note: note ?? null },
      })
      const open = order.runs.filter(({ endedAt }) => endedAt === null)
      if (verdict === 'rejected') {
        await endUnbegun(
          tx,
          orgId,
          open.map((run) => run.id),
          `${ctx.actor.name} did not agree.`,
        )
        return
      }
      for (const run of open) {
        const isFirst = run.wave === 1
        const says = `${ctx.actor.name} agreed.`
        await writeRun(tx, run, null, isFirst ? { wakeAt: new Date() } : {}, [
          { what: 'person', says, data: { verdict } },
        ])
        if (isFirst) await enqueue(tx, jobOf(run), { orgId, runId: run.id })
      }
      if (order.kind === 'revocation') await overrule(tx, open)
    },
  )
  return presentOrder(ctx, await findOrder(ctx, id))
}

/** The impact that the hash was taken of, worked out anew: the order's own runs are no part of it. */
async function demandUnchanged(ctx: Context, order: FoundOrder): Promise<void> {
  const kind = order.kind as RunKind
  const list = order.list as unknown as OrderTarget[]
  const own = new Set(order.runs.map(({ identityId }) => identityId))
  const found = await resolveTargets(
    ctx,
    kind,
    list.map(({ identityId, credentialId }) => ({ identityId, credentialId })),
  )
  const targets = found.map((target) => ({
    ...target,
    problems: target.problems.filter((problem) => !(problem.kind === 'run_open' && own.has(target.identity.id))),
  }))
  const problem = targets.flatMap(({ problems }) => problems)[0]
  if (problem) throw new AppError('precondition_failed', problem.says)
  const impact = await presentImpact(ctx, kind, targets, {}, false)
  if (hashList(kind, impact) !== order.listHash)
    throw new AppError(
      'precondition_failed',
      'What this order would do has changed since it was asked for. It has to be asked for again.',
    )
}

import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import type { RunKind } from '../engine/steps'
import { orderHours, orderTarget, secondPersonReason } from '../rules'
import type { ImpactTarget, Order } from '../schema'
import { jobOf } from './jobs'
import { planFor, type Wish } from './map-plan'
import type { StoredPlan } from './map-run'
import { findApprovers, notifyWaiting } from './notify-order'
import { hashList } from './present-impact'
import { labelOf, type OrderOptions, presentOrder } from './present-order'
import type { ResolvedTarget } from './resolve-targets'
import { writeRun } from './store'
import { findOrder, findSettings, insertOrder, insertRuns, overrule } from './store-orders'
import { type HeldSecret, insertSecret } from './store-secrets'

export interface NewOrder {
  kind: RunKind
  targets: readonly ResolvedTarget[]
  impact: readonly ImpactTarget[]
  /** Of what the caller saw. */
  listHash: string
  reason: string
  isEmergency: boolean
  wish: Wish
  options: Record<string, unknown>
  waveSize?: number | undefined
  /** A secret at hand, by which a login can be tried; for one target. */
  secret?: string | undefined
  /** A policy asks by itself: whose word it is, why a second person has to agree by it, and what else is written with the order. */
  byPolicy?: {
    authorId: string | null
    name: string
    secondPerson: string | null
    write: (tx: Tx, made: MadeOrder) => Promise<void>
  }
  drill?: DrillOrder
}

/** An order and its runs, as far as whoever asked for it keeps them. */
export interface MadeOrder {
  orderId: string
  isWaiting: boolean
  runs: { id: string; identityId: string; credentialId: string | null }[]
}

/** What the order of a drill has beside that of a revocation. */
interface DrillOrder {
  planId: string
  /** Nothing that people use is touched: nobody has to agree. */
  isHarmless: boolean
  plan: (plan: StoredPlan, target: ResolvedTarget, runId: string) => StoredPlan
  /** Held with the run of a target, each for a purpose of its own. */
  secrets: (target: ResolvedTarget) => HeldSecret[]
}

/** What stands behind an order's owner keys, for policies. */
export const ownerKeysOf = (targets: readonly ResolvedTarget[]) =>
  [...new Set(targets.flatMap(({ ownerKeys }) => ownerKeys))].sort()

/**
 * Stores an order and a run for each of its targets, and begins them unless a second person has to agree first. Nothing has been
 * done at any source when it answers.
 * @throws AppError `precondition_failed` when what it would do has changed since, or is refused; `conflict` when the same is under way
 */
export async function createOrder(ctx: Context, order: NewOrder): Promise<Order> {
  const { kind, targets, impact, isEmergency, waveSize, byPolicy } = order
  const ownerKeys = ownerKeysOf(targets)
  const { id: requestedBy, name: asker } = byPolicy ? { id: byPolicy.authorId, name: byPolicy.name } : askerOf(ctx)
  const id = uuidv7()
  const label = labelOf(kind, impact[0]?.name ?? '', targets.length)
  const target = orderTarget({ id, kind, label, requestedBy, ownerKeys })
  const permit = await ctx.authorize(byPolicy ? 'request_due' : 'request', target)
  const problem = targets.flatMap(({ problems }) => problems)[0]
  if (problem) throw new AppError(problem.kind === 'run_open' ? 'conflict' : 'precondition_failed', problem.says)
  if (hashList(kind, impact) !== order.listHash)
    throw new AppError(
      'precondition_failed',
      'What this would do has changed since you looked at it. Look again, then decide.',
    )
  if (order.secret !== undefined && targets.length !== 1)
    throw new AppError('invalid_input', 'A secret can be given for one target only.')
  const secondPerson = order.drill?.isHarmless
    ? null
    : (secondPersonReason(impact, await findSettings(ctx)) ?? byPolicy?.secondPerson ?? null)
  const { orgId } = ctx.tenant
  const approvers = secondPerson === null ? [] : await findApprovers(ctx, target)
  const now = Date.now()
  const runs = targets.map((each, index) =>
    runOf(each, { ...order, orgId, orderId: id, index, isReleased: secondPerson === null }),
  )
  const scores = impact.flatMap(({ score }) => score ?? [])
  const list = impact.map(({ identityId, credentialId, name, credentialName, system, owner, score }) => ({
    ...{ identityId, credentialId, name, credentialName, system, owner, score },
  }))
  const options: OrderOptions & Record<string, unknown> = { ...order.options, ownerKeys, secondPerson }
  const after = {
    orderId: id,
    kind,
    targets: targets.length,
    listHash: order.listHash,
    secondPerson,
    runs: runs.map((run) => run.id),
  }
  await ctx.commit(permit, { action: 'lifecycle.order.request', target, reason: order.reason, after }, async (tx) => {
    await byPolicy?.write(tx, { orderId: id, isWaiting: secondPerson !== null, runs })
    await insertOrder(tx, {
      ...{ orgId, id, kind, isEmergency, list, listHash: order.listHash, reason: order.reason },
      options: options as object,
      ...{ targetCount: targets.length, highestScore: scores.length > 0 ? Math.max(...scores) : null },
      state: secondPerson === null ? 'released' : 'waiting',
      waveSize: waveSize ?? null,
      requestedKey: `user:${requestedBy ?? ''}`,
      requestedBy: asker,
      expiresAt: new Date(now + orderHours * 3_600_000),
    })
    await insertRuns(tx, runs)
    for (const run of runs) {
      const says =
        secondPerson === null
          ? `Asked for by ${asker}: ${order.reason}`
          : `Asked for by ${asker}: ${order.reason} ${secondPerson}`
      await writeRun(tx, run, null, {}, [{ what: 'asked', says, data: { by: asker } }])
    }
    const [first] = runs
    if (order.secret !== undefined && first)
      await insertSecret(
        tx,
        { orgId, runId: first.id },
        { purpose: 'old', generation: 1, origin: 'given with the order', secret: new Secret(order.secret) },
      )
    for (const [index, target] of targets.entries())
      for (const secret of order.drill?.secrets(target) ?? [])
        await insertSecret(tx, { orgId, runId: runs[index]?.id ?? '' }, secret)
    if (secondPerson !== null)
      await notifyWaiting(tx, orgId, { id, label, asker, reason: order.reason, secondPerson, to: approvers })
    else {
      if (kind === 'revocation') await overrule(tx, runs)
      for (const run of runs.filter(({ wave }) => wave === 1))
        await enqueue(tx, jobOf({ isEmergency }), { orgId, runId: run.id })
    }
  })
  return presentOrder(ctx, await findOrder(ctx, id))
}

function askerOf({ actor }: Context): { id: string | null; name: string } {
  if (actor.kind === 'job') return { id: null, name: actor.name }
  return { id: actor.kind === 'user' ? actor.id : actor.ownerId, name: actor.name }
}

function runOf(
  target: ResolvedTarget,
  order: NewOrder & { orgId: string; orderId: string; index: number; isReleased: boolean },
) {
  const { identity, credential, live, connector, subject, secretSubject, open } = target
  if (!live || !connector) throw new Error('a target without a connection is refused before')
  const { kind, isEmergency, waveSize } = order
  const wave = waveSize === undefined ? 1 : 1 + Math.floor(order.index / waveSize)
  const outlives = kind === 'revocation' && open.some((run) => run.kind !== 'revocation')
  const id = uuidv7()
  const planned = planFor(
    kind,
    connector,
    { subject, secretSubject: secretSubject ?? subject },
    { ...order.wish, outlives },
  )
  const plan = order.drill?.plan(planned, target, id) ?? planned
  return {
    ...{ orgId: order.orgId, id, orderId: order.orderId, kind, isEmergency, wave },
    ...{ liveId: live.id, connector: live.connector, sourceId: identity.sourceId },
    ...{ identityId: identity.id, identityRef: identity.externalId, identityName: identity.name },
    ...{ credentialId: credential?.id ?? null, credentialRef: credential?.externalId ?? null },
    subject: kind === 'rotation' ? plan.secretSubject : subject,
    plan: plan as object,
    ...(order.drill ? { drillPlanId: order.drill.planId } : {}),
    wakeAt: order.isReleased && wave === 1 ? new Date() : null,
  }
}

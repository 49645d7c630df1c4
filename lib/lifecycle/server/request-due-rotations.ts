import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { AppError, isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { policyApproval, unattendedHindrance } from '../due-dates'
import { isOpenAt } from '../engine/window'
import type { PolicyRules } from '../policies'
import { createOrder } from './create-order'
import type { Wish } from './map-plan'
import { hashList, presentImpact } from './present-impact'
import { policyTarget, rulesOf } from './present-policy'
import { refreshDue } from './refresh-due'
import { type ResolvedTarget, resolveTargets } from './resolve-targets'
import {
  clearLapsedExceptions,
  findBeginnable,
  findCriticalities,
  findPolicyRuns,
  holdDue,
  writeHindrances,
} from './store-due'
import { findPerson } from './store-orders'
import { findPolicies, type PolicyRow, writePolicyProblem } from './store-policies'

const everyMs = 15_000

type Beginnable = Awaited<ReturnType<typeof findBeginnable>>[number]

/** What a run of a policy is made with. */
const wishOf = (rules: PolicyRules): Wish => ({
  ...{ delivers: true, removes: rules.removes, endsSessions: rules.endSessions },
  overlapSeconds: Math.round(rules.overlapHours * 3600),
  holdSeconds: Math.round(rules.holdHours * 3600),
  ...(rules.window ? { window: rules.window } : {}),
  ...(rules.quietHours > 0 ? { quietSeconds: Math.round(rules.quietHours * 3600) } : {}),
})

/**
 * Begins what is due by the organization's automatic policies: within their windows, so many at a time as each allows, and none
 * after one that did not end well until somebody has looked. Several workers may do so at once: the lines of what is begun are
 * held while its order is written, and one that another has begun is left to it. Answers how many runs were made.
 */
export async function requestDueRotations(ctx: Context, now: Date): Promise<number> {
  let begun = 0
  for (const row of await findPolicies(ctx, { isActive: true })) {
    const rules = rulesOf(row)
    if (!rules.isAutomatic || !isOpenAt(rules.window, now.getTime())) continue
    try {
      begun += await beginDue(ctx, row, rules, now)
    } catch (error) {
      if (!isAppError(error)) throw error
      // Another worker was first, or a person: what is still due is looked at again.
      if (error.code !== 'conflict' && error.code !== 'precondition_failed') throw error
      log.info({ orgId: row.orgId, policyId: row.id, says: error.message }, 'due rotations left to the next look')
    }
  }
  return begun
}

async function beginDue(ctx: Context, row: PolicyRow, rules: PolicyRules, now: Date): Promise<number> {
  const { open, halted } = await findPolicyRuns(ctx, row.id)
  if (halted || open >= rules.atOnce) return 0
  const problem = await problemOf(ctx, rules)
  if (problem !== row.problem) await sayProblem(ctx, row, problem)
  if (problem !== null) return 0
  const due = await findBeginnable(ctx, row.id, now, rules.atOnce - open)
  if (due.length === 0) return 0
  const targets = await resolveTargets(
    ctx,
    'rotation',
    due.map(({ identityId, credentialId }) => ({ identityId, credentialId })),
  )
  const criticalities = await findCriticalities(
    ctx,
    due.map(({ identityId }) => identityId),
  )
  const judged = targets.map((target) => ({
    target,
    hindrance: hindranceOf(target, rules),
    approval: policyApproval(rules, {
      name: target.identity.name,
      score: target.identity.listing?.score ?? null,
      criticality: criticalities.get(target.identity.id) ?? null,
    }),
  }))
  await keepHindrances(ctx, row, judged)
  const ready = judged.filter(({ hindrance }) => hindrance === null)
  // Those that wait for a second person keep nobody else waiting.
  const groups = [ready.filter(({ approval }) => approval === null), ready.filter(({ approval }) => approval !== null)]
  for (const group of groups) {
    const [first] = group
    if (first)
      await order(ctx, row, rules, {
        targets: group.map(({ target }) => target),
        secondPerson: first.approval,
        seen: due.filter(({ credentialId }) => group.some(({ target }) => target.credential?.id === credentialId)),
      })
  }
  return ready.length
}

async function problemOf(ctx: Context, { delivery }: PolicyRules): Promise<string | null> {
  if (delivery?.way !== 'reveal' || (await findPerson(ctx, delivery.userId)) !== null) return null
  return 'The person who takes the new secrets is no active member any more. Name somebody else.'
}

async function sayProblem(ctx: Context, row: PolicyRow, problem: string | null): Promise<void> {
  const target = policyTarget(row)
  const permit = await ctx.authorize('apply', target)
  const change = { action: 'rotation_policy.problem', target, before: { problem: row.problem }, after: { problem } }
  await ctx.commit(permit, change, (tx) => writePolicyProblem(tx, row, problem))
}

function hindranceOf(target: ResolvedTarget, rules: PolicyRules): string | null {
  const [problem] = target.problems
  if (problem) return problem.says
  const card = target.secretSubject && target.connector?.semantics[target.secretSubject]
  return unattendedHindrance(rules, { mode: card?.twoSecrets.can || target.twin ? 'overlap' : 'window' })
}

/** What could not be begun says why on the board. */
async function keepHindrances(
  ctx: Context,
  row: PolicyRow,
  judged: readonly { target: ResolvedTarget; hindrance: string | null }[],
): Promise<void> {
  const hindered = judged.flatMap(({ target, hindrance }) =>
    hindrance !== null && target.credential ? [{ credentialId: target.credential.id, says: hindrance }] : [],
  )
  if (hindered.length === 0) return
  const permit = await ctx.authorize('apply', policyTarget(row))
  await ctx.commitPart(permit, (bulk) => writeHindrances(bulk, hindered))
}

async function order(
  ctx: Context,
  row: PolicyRow,
  rules: PolicyRules,
  { targets, secondPerson, seen }: { targets: ResolvedTarget[]; secondPerson: string | null; seen: Beginnable[] },
): Promise<void> {
  const wish = wishOf(rules)
  const impact = await presentImpact(ctx, 'rotation', targets, wish, false)
  await createOrder(ctx, {
    ...{ kind: 'rotation', targets, impact, wish, isEmergency: false },
    listHash: hashList('rotation', impact),
    reason: `Due by the policy “${row.name}”, version ${row.version}.`,
    options: { delivery: rules.delivery, policy: { id: row.id, name: row.name, version: row.version } },
    byPolicy: {
      authorId: row.authorId,
      name: `the policy “${row.name}”`,
      secondPerson,
      write: async (tx) => {
        if ((await holdDue(tx, row.id, seen)) < seen.length)
          throw new AppError('conflict', 'Some of these are not due any more, or were begun meanwhile.')
      },
    },
  })
}

/** Brings an organization's board up to date, and begins what is due. */
async function look(ctx: Context): Promise<void> {
  if ((await findPolicies(ctx)).length === 0) return
  const changed = await refreshDue(ctx)
  if (changed !== null) log.info({ orgId: ctx.tenant.orgId, changed }, 'what is due was worked out')
  const now = new Date()
  const permit = await ctx.authorize('apply', policyTarget({ id: 'all', name: 'every rotation policy' }))
  await ctx.commitPart(permit, (bulk) => clearLapsedExceptions(bulk, now))
  const begun = await requestDueRotations(ctx, now)
  if (begun > 0) log.info({ orgId: ctx.tenant.orgId, begun }, 'due rotations begun')
}

/** Looks over all organizations every quarter of a minute, until the answer is called. */
export function startRotationSchedule(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    const all = await listOrganizations().catch(() => [])
    for (const { id } of all) {
      const ctx = contextForJob(id, 'rotation-schedule')
      // One that fails keeps no other from its own.
      await look(ctx).catch((error: unknown) =>
        log.error({ err: error, orgId: id }, 'due rotations could not be begun'),
      )
    }
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}

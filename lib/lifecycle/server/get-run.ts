import type { LiveSubject } from '@/lib/connectors/live-contract'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import { canGoBack, isOverlapping, programOf } from '../engine/programs'
import type { Choice, ParkReason, StepName } from '../engine/steps'
import { type ById, RunDetail, type RunStep } from '../schema'
import { factsOf, planOf } from './map-run'
import { presentChoice } from './present-needs'
import { presentRun, runTargetOf, stepTitle } from './present-run'
import { type FoundRun, findProbes, findRun } from './store'
import { findConnectionNames, findCredentialNames } from './store-orders'

const actions = ['cancel', 'restore', 'resolve'] as const
const shownProbes = 200

/**
 * One run with its steps, hops and probes, and what the caller may do to it now. Never a secret.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getRun(ctx: Context, { id }: ById): Promise<RunDetail> {
  const run = await findRun(ctx, id)
  const target = runTargetOf(run)
  await ctx.authorize('read', target)
  return presentDetail(ctx, run)
}

/** The contract form of a run. The caller must have been allowed to see it. */
export async function presentDetail(ctx: Context, run: FoundRun): Promise<RunDetail> {
  const [probes, names, credentials, [may]] = await Promise.all([
    findProbes(ctx, run.id, shownProbes),
    findConnectionNames(ctx, [run.liveId]),
    findCredentialNames(ctx, [run.credentialId]),
    ctx.can(actions, [runTargetOf(run)]),
  ])
  const plan = planOf(run)
  const facts = factsOf(run, Date.now(), 0)
  const isOpen = run.endedAt === null
  const isBegun = run.steps.some(({ step }) => step === 'cut')
  const isRemoved = run.steps.some(({ step, state }) => step === 'remove' && state !== 'refused')
  const isHeld = run.kind === 'revocation' && isOpen && isBegun && !isRemoved && run.direction === 'forward'
  const link = run.links.filter(({ openedAt, endedAt }) => openedAt !== null || endedAt === null).at(-1)
  const acted = plan.twin ? 'identity' : run.kind === 'rotation' ? plan.secretSubject : run.subject
  const last = run.steps.at(-1)
  return RunDetail.parse({
    ...presentRun({
      ...run,
      connectionName: names.get(run.liveId) ?? '',
      credentialName: credentials.get(run.credentialId ?? '') ?? null,
      step: isOpen ? ((last?.step as StepName | undefined) ?? null) : null,
    }),
    steps: presentSteps(run),
    hops: run.hops.map(({ sentAt, ackedAt, provedAt, residualUntil, ...hop }) => ({
      ...hop,
      sentAt: text(sentAt),
      ackedAt: text(ackedAt),
      provedAt: text(provedAt),
      residualUntil: text(residualUntil),
    })),
    probes: probes.map(({ at, ...probe }) => ({ ...probe, at: at.toISOString() })),
    semantics: findLiveConnector(run.connector)?.semantics[acted as LiveSubject] ?? null,
    needs:
      run.state === 'parked'
        ? {
            why: run.parkedWhy as ParkReason,
            step: run.parkedAt as StepName,
            says: run.problem ?? '',
            choices: run.choices.map((choice) => presentChoice(choice as Choice, run.kind === 'rotation')),
          }
        : null,
    link: link
      ? {
          ...link,
          expiresAt: link.expiresAt.toISOString(),
          openedAt: text(link.openedAt),
          isMine: ctx.actor.kind === 'user' && ctx.actor.id === link.userId,
        }
      : null,
    held: run.secrets
      .filter(({ wipedAt }) => wipedAt === null)
      .map(({ purpose, origin }) => ({ purpose, says: `${heldWords[purpose] ?? purpose}, ${origin}` })),
    lastEvent: run.eventCount,
    asOf: new Date().toISOString(),
    twin: plan.twin ? { id: plan.twin.identityId, name: plan.twin.name } : null,
    overlaps: isOverlapping(facts),
    can: {
      cancel:
        isOpen &&
        run.order.state !== 'waiting' &&
        may?.cancel === true &&
        (canGoBack(facts) || (run.kind === 'revocation' && !isBegun)),
      restore: isHeld && may?.restore === true,
      resolve: run.state === 'parked' && may?.resolve === true,
      endHold: isHeld && run.restoreUntil !== null && run.state === 'waiting' && may?.resolve === true,
    },
  })
}

const text = (at: Date | null) => at?.toISOString() ?? null

const heldWords: Record<string, string> = {
  new: 'The new secret',
  old: 'The old secret',
  former: 'What brings the old secret back',
  disabled: 'What switching on needs',
  removed: 'What brings back what was removed',
  idle: 'What switches the idle account on',
}

/** What was done, and what is still to come in the direction that the run has now. */
function presentSteps(run: FoundRun): RunStep[] {
  const plan = planOf(run)
  const seen = [...new Set(run.steps.map(({ step }) => step as StepName))]
  const facts = factsOf(run, Date.now(), 0)
  const ahead = run.endedAt === null ? programOf(facts).filter((step) => !seen.includes(step)) : []
  const done = seen.map((step): RunStep => {
    const attempts = run.steps.filter((row) => row.step === step)
    const last = attempts.at(-1)
    const isLeft = (last?.result as { isLeft?: boolean } | undefined)?.isLeft === true
    return {
      step,
      title: stepTitle(step, plan),
      state: isLeft ? 'left' : ((last?.state as RunStep['state'] | undefined) ?? 'intended'),
      // A step that was tried very often shows how it began and how it ended.
      attempts: (attempts.length > 40 ? [...attempts.slice(0, 5), ...attempts.slice(-35)] : attempts).map((row) => ({
        attempt: row.attempt,
        state: row.state as RunStep['attempts'][number]['state'],
        at: row.intendedAt.toISOString(),
        endedAt: text(row.endedAt),
        says: row.says,
        code: row.code,
      })),
    }
  })
  const isWaiting = run.state === 'waiting'
  return [
    ...done,
    ...ahead.map(
      (step, index): RunStep => ({
        step,
        title: stepTitle(step, plan),
        state: isWaiting && index === 0 ? 'waiting' : 'ahead',
        attempts: [],
      }),
    ),
  ]
}

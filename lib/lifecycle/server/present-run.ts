import type { Plan, StepName } from '../engine/steps'
import type { DrillFigures, DrillVerdict } from '../engine/verdicts'
import { runTarget } from '../rules'
import type { RunEffect, RunKind, RunState, RunSummary } from '../schema'
import type { RunRow } from './store'

/** What policies read of a run: who asked for it, and who may open the link to its secret. */
export function runTargetOf(run: RunRow) {
  const link = run.links.at(-1)
  return runTarget({
    id: run.id,
    kind: run.kind,
    label: run.identityName,
    requestedBy: run.order.requestedKey.split(':')[1] ?? null,
    revealTo: link?.userId ?? null,
  })
}

const titles: Record<StepName, string> = {
  prepare: 'Look at the account',
  window: 'Wait for the window',
  issue: 'Set a new secret',
  verify_new: 'Log in with the new secret',
  deliver: 'Hand the new secret over',
  adopt: 'Wait until it is taken',
  retire: 'End the old secret',
  verify_dead: 'Prove that the old secret is dead',
  cut: 'Switch it off at the source',
  cut_again: 'Switch it off once more',
  end_sessions: 'End open sessions',
  probe: 'Prove that nothing gets in',
  probe_again: 'Prove it again after the last token’s end',
  survey: 'Look what is left of it',
  hold: 'Keep the way back open',
  remove: 'Delete it at the source',
  verify_absent: 'Prove that it is gone',
  revive: 'Switch the old secret on again',
  withdraw: 'Take the new secret away',
  verify_withdrawn: 'Prove that the new secret is dead',
  restore_former: 'Bring the old secret back',
  verify_old: 'Log in with the old secret',
  enable: 'Switch it on again',
  verify_enabled: 'Prove that it works again',
  probe_before: 'Log in before the cut',
  probe_after: 'See that it stays refused',
}

const drillTitles: Partial<Record<StepName, string>> = {
  issue: 'Make the canary',
  verify_new: 'Log in as the canary',
  probe: 'Try every second whether anything gets in',
  remove: 'Clear the canary away',
  verify_absent: 'Prove that the canary is gone',
  withdraw: 'Clear the canary away',
  verify_withdrawn: 'Prove that the canary is gone',
}

const twinTitles: Partial<Record<StepName, string>> = {
  prepare: 'Look at both accounts',
  issue: 'Set a new secret on the idle account',
  verify_new: 'Log in as the idle account',
  deliver: 'Hand name and secret over',
  retire: 'Switch off the account that was in use',
  verify_dead: 'Prove that the former account is refused',
  revive: 'Switch the former account on again',
  withdraw: 'Switch the idle account off again',
  verify_withdrawn: 'Prove that the new secret is dead',
  verify_old: 'Prove that the former account works again',
}

/** The step in words. */
export function stepTitle(step: StepName, plan: Pick<Plan, 'can' | 'kind' | 'twin'>): string {
  if (step === 'cut' && !plan.can.disable) return 'Delete it at the source'
  if (plan.twin) return twinTitles[step] ?? titles[step]
  if (plan.kind === 'drill') return drillTitles[step] ?? titles[step]
  return titles[step]
}

const seconds = (ms: number) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`)

interface Told {
  says: string
  tone: RunSummary['tone']
}

const proofWords: Partial<Record<RunEffect, string>> = {
  refused: 'A login was tried and refused',
  source_says_off: 'The source says that it is off; no login was tried',
  absent: 'The source does not have it any more',
}

/** One sentence: what has been shown so far. Never what was only asked for. */
export function headlineOf(run: RunRow): Told {
  const state = run.state as RunState
  if (state === 'parked') return { says: run.problem ?? 'It needs a person.', tone: 'attention' }
  if (run.kind === 'revocation') return revocationHeadline(run, state)
  if (run.kind === 'drill') return drillHeadline(run, state)
  return rotationHeadline(run, state)
}

function revocationHeadline(run: RunRow, state: RunState): Told {
  const effect = run.effect as RunEffect
  const proof = proofWords[effect]
  const took = run.verifiedAt ? ` ${seconds(run.verifiedAt.getTime() - run.createdAt.getTime())} after the request` : ''
  if (state === 'restored')
    return {
      says:
        effect === 'accepted'
          ? 'Brought back: a login works again.'
          : effect === 'source_says_on'
            ? 'Brought back: the source says that it is on; no login was tried.'
            : 'Brought back. Whether it works could not be tested.',
      tone: 'quiet',
    }
  if (state === 'cancelled') return { says: 'Cancelled before anything was done.', tone: 'quiet' }
  if (state === 'given_up') return { says: 'Given up: it was not cut off.', tone: 'bad' }
  if (effect === 'still_allowed') return { says: 'Access still works.', tone: 'bad' }
  if (proof) {
    const hold = state === 'waiting' && run.restoreUntil ? ' It can be brought back until the window ends.' : ''
    return { says: `${proof}${took}.${hold}`, tone: 'good' }
  }
  if (state === 'done')
    return {
      says: 'The source answered that it is done. Whether access has ended could not be tested.',
      tone: 'attention',
    }
  if (effect === 'acknowledged') return { says: 'The source answered that it is done. Not proved yet.', tone: 'busy' }
  if (run.problem) return { says: run.problem, tone: 'bad' }
  return { says: 'Access still works: nothing has been done at the source yet.', tone: 'busy' }
}

function rotationHeadline(run: RunRow, state: RunState): Told {
  const effect = run.effect as RunEffect
  if (state === 'done') {
    const proof = proofWords[effect]
    return {
      says: `The new secret works. ${proof ? `${oldOf(effect)}.` : 'Whether the old one is dead could not be tested.'}`,
      tone: proof ? 'good' : 'attention',
    }
  }
  if (state === 'rolled_back') return { says: 'Nothing has changed: the old secret stays.', tone: 'quiet' }
  if (state === 'overruled') return { says: 'Ended: the account is being revoked.', tone: 'quiet' }
  if (state === 'cancelled') return { says: 'Cancelled before anything was done.', tone: 'quiet' }
  if (state === 'given_up')
    return {
      says:
        run.direction === 'back'
          ? 'Given up by a person: whether the old secret works is not known, and the new one stays.'
          : 'Given up by a person.',
      tone: 'bad',
    }
  if (run.direction === 'back') return { says: 'What was done is being taken back.', tone: 'busy' }
  if (run.problem) return { says: run.problem, tone: 'busy' }
  return { says: run.firstActAt ? 'Under way.' : 'Nothing has been done at the source yet.', tone: 'busy' }
}

const oldOf = (effect: RunEffect) =>
  effect === 'refused'
    ? 'A login with the old one was tried and refused'
    : effect === 'absent'
      ? 'The source does not have the old one any more'
      : 'The source says that the old one is off; no login was tried with it'

function drillHeadline(run: RunRow, state: RunState): Told {
  const { drill } = run.plan as unknown as Pick<Plan, 'drill'>
  const figures = run.result as unknown as DrillFigures | null
  if (figures === null) {
    const what = drill?.mode === 'live' ? 'The real account' : 'The canary'
    if (state === 'cancelled') return { says: 'Cancelled before anything was done.', tone: 'quiet' }
    if (run.effect === 'still_allowed') return { says: `${what} still gets in.`, tone: 'busy' }
    if (run.effect === 'refused') return { says: `${what} is refused. It is tried on.`, tone: 'busy' }
    return { says: run.problem ?? 'Under way: nothing has been measured yet.', tone: 'busy' }
  }
  if (drill?.mode === 'tabletop') return { says: 'Done on paper: nothing was tried.', tone: 'quiet' }
  const lost = figures.falseCuts > 0 ? ` ${figures.falseCuts} lost access that must keep it.` : ''
  if (figures.isStopped) return { says: `Stopped, and taken back.${lost}`, tone: lost ? 'bad' : 'attention' }
  const took = figures.seconds === null ? '' : seconds(figures.seconds * 1000)
  const told: Record<DrillVerdict, Told> = {
    cut: { says: `Cut after ${took}, within ${drill?.withinSeconds} s.`, tone: 'good' },
    late: { says: `Cut after ${took}: later than ${drill?.withinSeconds} s.`, tone: 'attention' },
    leaked: { says: `Not cut: something was let in for all of ${drill?.waitSeconds} s.`, tone: 'bad' },
    not_testable: { says: 'It could not be tested.', tone: 'attention' },
  }
  const { says, tone } = told[figures.verdict ?? 'not_testable']
  return { says: `${says}${lost}`, tone: lost ? 'bad' : tone }
}

const text = (at: Date | null) => at?.toISOString() ?? null
const between = (from: Date, to: Date | null) =>
  to === null ? null : Math.max(0, to.getTime() - from.getTime()) / 1000

/** A row of the list. */
export function presentRun(
  run: RunRow & { connectionName: string; credentialName: string | null; step?: StepName | null },
): RunSummary {
  const { says, tone } = headlineOf(run)
  return {
    id: run.id,
    orderId: run.orderId,
    kind: run.kind as RunKind,
    state: run.state as RunState,
    direction: run.direction as RunSummary['direction'],
    effect: run.effect as RunEffect,
    ...{ headline: says, tone },
    isEmergency: run.isEmergency,
    identity: { id: run.identityId, name: run.identityName },
    credential:
      run.credentialId === null
        ? null
        : { id: run.credentialId, name: run.credentialName ?? run.credentialRef ?? run.credentialId },
    system: run.connector,
    connection: { id: run.liveId, name: run.connectionName },
    requestedBy: run.order.requestedBy,
    reason: run.order.reason,
    wave: run.wave,
    step: run.step ?? null,
    createdAt: run.createdAt.toISOString(),
    endedAt: text(run.endedAt),
    wakeAt: run.state === 'waiting' ? text(run.wakeAt) : null,
    restoreUntil: text(run.restoreUntil),
    firstActSeconds: between(run.createdAt, run.firstActAt),
    verifiedSeconds: between(run.createdAt, run.verifiedAt),
  }
}

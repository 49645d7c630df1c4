import type { LiveSubject } from '@/lib/connectors/live-contract'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import type { Act, EndState, Facts } from '../engine/steps'
import { isProved } from '../rules'
import { drillFigures } from './map-drill'
import { planOf } from './map-run'
import { findHelpers, notifyParked } from './notify-run'
import { parkSays } from './present-needs'
import { runTargetOf, stepTitle } from './present-run'
import {
  endStep,
  type FoundRun,
  insertProbes,
  insertStep,
  letGo,
  MovedOn,
  type NewEvent,
  type RunChange,
  writeHop,
  writeRun,
} from './store'
import { findAllProbes } from './store-drills'
import { insertSecret, wipeSecrets } from './store-secrets'
import { dropTombstones, writeTombstone } from './store-tombstones'
import type { Kept, Outcome, Probe, StepOrder } from './verify-login'

/** One worker's hold on a run, for one change of it. */
export interface Turn {
  ctx: Context
  permit: Permit
  run: FoundRun
  lease: string
  /** ms since 1970, by the database's clock. */
  now: () => number
}

const keyOf = ({ run }: Turn) => ({ orgId: run.orgId, id: run.id })
const under = ({ run }: Turn) => ({ orgId: run.orgId, runId: run.id })

/** A change of a run with its lines and its audit event, only while this worker has it. */
function commit(
  turn: Turn,
  audit: { action: string; after: Record<string, unknown> },
  write: (tx: Tx) => Promise<{ change: RunChange; events: NewEvent[] }>,
  isDecision = true,
): Promise<void> {
  const { ctx, permit, run, lease } = turn
  const change = {
    action: `lifecycle.${audit.action}`,
    target: runTargetOf(run),
    after: { runId: run.id, ...audit.after },
  }
  return ctx.commit(permit, change, async (tx) => {
    const { change: data, events } = await write(tx)
    // What came of a step is written whatever was said meanwhile; a decision is made on what is known.
    await writeRun(tx, keyOf(turn), { lease, ...(isDecision ? { seen: run.eventCount } : {}) }, data, events)
  })
}

type Step = Extract<Act, { do: 'step' }>

/** Of a run that needs nobody. */
const calm = { problem: null, parkedWhy: null, parkedAt: null, choices: [] }

/** What is about to be done, before the source hears of it; with the new secret, which is stored before it is set. */
export function writeIntent(turn: Turn, { step, attempt, generation }: Step): Promise<void> {
  const { run } = turn
  const plan = planOf(run)
  const isFirstAct = run.firstActAt === null && (step === 'cut' || step === 'issue')
  const title = stepTitle(step, plan)
  return commit(turn, { action: 'step.begin', after: { step, attempt } }, async (tx) => {
    const needsSecret =
      step === 'issue' &&
      plan.makes === 'we' &&
      !run.secrets.some((each) => each.purpose === 'new' && each.generation === generation)
    if (needsSecret) {
      const secret = findLiveConnector(run.connector)?.propose?.(plan.secretSubject as LiveSubject)
      if (!secret) throw new Error(`${run.connector} proposes no secret for ${plan.secretSubject}`)
      await insertSecret(tx, under(turn), { purpose: 'new', generation, origin: 'made here', secret })
    }
    await insertStep(tx, { ...under(turn), step, attempt, generation, no: run.steps.length + 1, worker: turn.lease })
    return {
      change: {
        state: 'running',
        ...calm,
        wakeAt: new Date(turn.now()),
        ...(isFirstAct ? { firstActAt: new Date(turn.now()) } : {}),
      },
      events: [{ what: 'step', step, attempt, says: attempt === 1 ? title : `${title} (try ${attempt})` }],
    }
  })
}

/** What will take an act back, on the way to the source: stored only while this worker has the run, and once. */
export async function writeKept(turn: Turn, { step, held }: StepOrder, { purpose, secret }: Kept): Promise<void> {
  if (held[purpose] !== undefined) return
  const kept = { purpose, generation: 1, origin: 'given by the source', secret }
  await commit(
    turn,
    { action: 'secret.keep', after: { step, purpose } },
    async (tx) => {
      await insertSecret(tx, under(turn), kept)
      return { change: {}, events: [] }
    },
    false,
  )
}

/** What came of it, with all that follows: secrets to keep, hops, probes, what has been shown. */
export function writeOutcome(
  turn: Turn,
  { step, attempt, generation }: Step,
  outcome: Outcome,
  probes: readonly Probe[],
): Promise<void> {
  const { run } = turn
  const { state, code = null, says, result = {}, keep = [], hops = [], effect } = outcome
  const now = new Date(turn.now())
  return commit(
    turn,
    { action: 'step.end', after: { step, attempt, state, code, says, effect } },
    async (tx) => {
      await endStep(tx, { ...under(turn), step, attempt }, { state, code, says, result, endedAt: now })
      for (const { purpose, secret } of keep)
        await insertSecret(tx, under(turn), {
          purpose,
          generation: purpose === 'new' ? generation : 1,
          origin: 'given by the source',
          secret,
        })
      for (const hop of hops) await writeHop(tx, under(turn), hop, now)
      await insertProbes(tx, under(turn), probes)
      if (state === 'done') await writeTombstone(tx, run, step)
      const plan = planOf(run)
      const isVerified = effect !== undefined && isProved(effect) && run.verifiedAt === null
      return {
        change: {
          ...(effect ? { effect } : {}),
          ...(isVerified ? { verifiedAt: now } : {}),
          ...(step === 'probe' && state === 'done' && plan.holdSeconds > 0
            ? { restoreUntil: new Date(now.getTime() + plan.holdSeconds * 1000) }
            : {}),
          ...(step === 'cut' && state === 'done' && plan.residualSeconds
            ? { residualUntil: new Date(now.getTime() + plan.residualSeconds * 1000) }
            : {}),
        },
        events: [
          {
            what: 'outcome',
            step,
            attempt,
            says,
            data: { state, ...(code ? { code } : {}), ...(effect ? { effect } : {}) },
          },
          ...probes.map(
            (probe): NewEvent => ({
              what: 'probe',
              step,
              attempt,
              says: probe.says,
              data: { ...probe, at: new Date(probe.at).toISOString() },
            }),
          ),
          ...hops.map(
            (hop): NewEvent => ({
              what: 'hop',
              step,
              attempt,
              says: hop.says,
              data: { hop: hop.hop, title: hop.title, state: hop.state, evidence: hop.evidence ?? null },
            }),
          ),
        ],
      }
    },
    false,
  )
}

/** A waiting step is over, or a person leaves it as it is: no source is touched. */
export function writeMark(turn: Turn, { step, isLeft }: Extract<Act, { do: 'mark' }>, facts: Facts): Promise<void> {
  const { run } = turn
  const attempt = facts.attempts.filter((each) => each.step === step).length + 1
  const generation = Math.max(
    1,
    ...facts.attempts.filter((each) => each.step === 'issue').map((each) => each.generation),
  )
  const says = isLeft
    ? `${stepTitle(step, planOf(run))}: left as it is by a person`
    : `${stepTitle(step, planOf(run))}: over`
  const now = new Date(turn.now())
  return commit(turn, { action: 'step.end', after: { step, attempt, isLeft } }, async (tx) => {
    const state = 'done'
    await insertStep(tx, {
      ...under(turn),
      step,
      attempt,
      generation,
      no: run.steps.length + 1,
      worker: turn.lease,
      state,
      says,
      endedAt: now,
      result: { isLeft },
    })
    return { change: { ...calm }, events: [{ what: 'outcome', step, attempt, says, data: { state, isLeft } }] }
  })
}

export function writeTurn(turn: Turn, { to, why }: Extract<Act, { do: 'turn' }>): Promise<void> {
  const told = turn.run.kind === 'drill' ? drillTurnSays : turnSays
  const says = to === 'restore' ? 'It is brought back, as was asked for.' : told[why]
  return commit(turn, { action: 'run.turn', after: { to, why } }, async () => ({
    change: { direction: to, ...calm },
    events: [{ what: 'state', says, data: { direction: to, why } }],
  }))
}
const turnSays: Record<Extract<Act, { do: 'turn' }>['why'], string> = {
  cancelled: 'It was cancelled: what was done is taken back.',
  given_up: 'A person gave it up: what was done is taken back.',
  failed: 'It did not work: what was done is taken back, and the old secret stays.',
  asked: 'It is taken back, as was asked for.',
}

const drillTurnSays: typeof turnSays = {
  ...turnSays,
  cancelled: 'The drill was stopped: what it did is taken back.',
  failed: 'The drill stops: what it did is taken back.',
}

/** Lets go of the run until a moment, or until somebody does something. */
export async function writeWait(
  turn: Turn,
  { until, says, isHandedOn }: { until: number | null; says: string | null; isHandedOn: boolean },
): Promise<void> {
  const { ctx, permit, run, lease } = turn
  const change = {
    ...{ lease: null, leaseUntil: null, wakeAt: until === null ? null : new Date(until) },
    ...(isHandedOn ? {} : { state: 'waiting', problem: says }),
  }
  // Said again only when it is something else.
  const events: NewEvent[] =
    isHandedOn || says === null || says === run.problem ? [] : [{ what: 'state', says, data: { state: 'waiting' } }]
  if (events.length > 0) return commit(turn, { action: 'run.wait', after: { says } }, async () => ({ change, events }))
  const isSame = await ctx.commitPart(permit, (bulk) =>
    letGo(bulk, run, { lease, wakeAt: change.wakeAt, problem: isHandedOn ? null : says, isHandedOn }),
  )
  if (!isSame) throw new MovedOn()
}

export async function writePark(turn: Turn, { step, why, choices }: Extract<Act, { do: 'park' }>): Promise<void> {
  const { run } = turn
  const last = run.steps.filter((each) => each.step === step).at(-1)
  const says = parkSays(why, last?.says ?? null, planOf(run).secrets)
  const helpers = await findHelpers(turn.ctx, run)
  return commit(turn, { action: 'run.park', after: { step, why, choices } }, async (tx) => {
    await notifyParked(tx, run, says, helpers)
    return {
      change: {
        state: 'parked',
        problem: says,
        parkedWhy: why,
        parkedAt: step,
        choices,
        lease: null,
        leaseUntil: null,
        wakeAt: null,
      },
      events: [{ what: 'state', step, says, data: { state: 'parked', why, choices } }],
    }
  })
}

/** The end: nothing that opens anything is kept. */
export function writeEnd(turn: Turn, as: EndState): Promise<void> {
  const { run } = turn
  const now = new Date(turn.now())
  return commit(turn, { action: 'run.end', after: { as } }, async (tx) => {
    const result = run.drillPlanId === null ? {} : await drillResult(tx, turn, as)
    const wiped = await wipeSecrets(tx, under(turn))
    if (as === 'restored') await dropTombstones(tx, run)
    await tx.revealLink.updateMany({ where: { ...under(turn), endedAt: null }, data: { endedAt: now } })
    const events: NewEvent[] = [
      ...(wiped > 0 ? [{ what: 'secret' as const, says: 'All secrets of this run are wiped.' }] : []),
      { what: 'state', says: endSays[as], data: { state: as } },
    ]
    return {
      change: { ...result, state: as, endedAt: now, lease: null, leaseUntil: null, wakeAt: null, ...calm },
      events,
    }
  })
}

/** What a drill has shown is written once, when it ends. */
async function drillResult(tx: Tx, turn: Turn, as: EndState): Promise<RunChange> {
  const probes = await findAllProbes(tx, under(turn))
  return { result: drillFigures(turn.run, probes, as) as object }
}

const endSays: Record<EndState, string> = {
  done: 'It is done.',
  rolled_back: 'It is as it was before.',
  restored: 'It is on again.',
  overruled: 'A revocation of the same account came before it.',
  cancelled: 'It was cancelled before anything was done.',
  given_up: 'A person gave it up.',
}

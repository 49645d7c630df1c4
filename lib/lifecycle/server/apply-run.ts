import { setTimeout as sleep } from 'node:timers/promises'
import { type OpenConnection, openConnection } from '@/lib/connections/server/open-connection'
import { LiveError } from '@/lib/connectors/live-error'
import { formatDateTime } from '@/lib/platform/browser/format'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { isAppError } from '@/lib/platform/errors'
import { nextAct } from '../engine/next-act'
import type { Act } from '../engine/steps'
import { applyStep } from './apply-step'
import { deliver, tryDelivery } from './create-delivery'
import { factsOf, orderOf, planOf } from './map-run'
import { runTargetOf } from './present-run'
import { readCopies } from './read-copies'
import { refreshOrder } from './refresh-order'
import { type FoundRun, findOpenRuns, findRun, leaseSeconds, MovedOn, renewLease, takeLease } from './store'
import { openSecrets } from './store-secrets'
import type { Outcome, Probe, StepOrder, Tools } from './verify-login'
import {
  type Turn,
  writeEnd,
  writeIntent,
  writeKept,
  writeMark,
  writeOutcome,
  writePark,
  writeTurn,
  writeWait,
} from './write-turn'

/** A wait that is no longer than this is waited out; for a longer one another worker may come. */
const patienceMs = 2500

/**
 * Carries a run on from wherever it is until it ends, waits or needs a person. What to do next follows from what is stored, so
 * that it may be called by any worker, at any time, also after one was killed: what a dead one began is looked at first.
 */
export async function applyRun(ctx: Context, { id }: { id: string }, jobSignal?: AbortSignal): Promise<void> {
  const run = await findRun(ctx, id)
  if (run.endedAt !== null) return
  const permit = await ctx.authorize('carry_out', runTargetOf(run))
  const lease = uuidv7()
  const clock = await ctx.commitPart(permit, (bulk) => takeLease(bulk, run, lease))
  if (clock === null) return
  const worker = new Worker(ctx, permit, { id, lease, skewMs: clock.getTime() - Date.now() }, jobSignal)
  try {
    await worker.work()
  } catch (error) {
    // Another worker has it by now: what this one did is stored or will be found out.
    if (!isAppError(error) || error.code !== 'conflict') throw error
  } finally {
    await worker.stop()
  }
}

class Worker {
  readonly #stop = new AbortController()
  readonly #beat: NodeJS.Timeout
  #open: OpenConnection | undefined
  readonly #holder: NonNullable<Tools['holder']> = {}

  constructor(
    private readonly ctx: Context,
    private readonly permit: Permit,
    private readonly own: { id: string; lease: string; skewMs: number },
    jobSignal: AbortSignal | undefined,
  ) {
    jobSignal?.addEventListener('abort', () => this.#stop.abort(), { once: true })
    if (jobSignal?.aborted) this.#stop.abort()
    this.#beat = setInterval(() => void this.#renew(), (leaseSeconds * 1000) / 3)
  }

  /** Without a sign of life another worker goes on, so that this one has to let go. */
  async #renew(): Promise<void> {
    const has = await this.ctx
      .commitPart(this.permit, (bulk) => renewLease(bulk, this.own.id, this.own.lease))
      .catch(() => true)
    if (!has) this.#stop.abort()
  }

  /** The database's clock: workers whose own clocks differ agree on when something is over. */
  readonly #now = () => Date.now() + this.own.skewMs

  async work(): Promise<void> {
    for (;;) {
      try {
        if (await this.#turn()) return
      } catch (error) {
        // Somebody said something meanwhile: it is looked at anew.
        if (!(error instanceof MovedOn)) throw error
      }
    }
  }

  /** One look and what follows from it; true when this worker is through with the run. */
  async #turn(): Promise<boolean> {
    const run = await findRun(this.ctx, this.own.id)
    if (run.lease !== this.own.lease || run.endedAt !== null) return true
    const facts = factsOf(run, this.#now(), await this.#earlierOpen(run))
    const act = nextAct(facts)
    const turn: Turn = { ctx: this.ctx, permit: this.permit, run, lease: this.own.lease, now: this.#now }
    // A worker that was told to stop takes no further step.
    if (this.#stop.signal.aborted) {
      await writeWait(turn, { until: this.#now(), says: null, isHandedOn: true })
      return true
    }
    if (act.do === 'step') await this.#take(turn, act)
    else if (act.do === 'mark') await writeMark(turn, act, facts)
    else if (act.do === 'turn') await writeTurn(turn, act)
    else if (act.do === 'wait') return this.#wait(turn, act)
    else {
      if (act.do === 'park') await writePark(turn, act)
      else await this.#end(turn, act)
      return true
    }
    return false
  }

  async #wait(turn: Turn, act: Extract<Act, { do: 'wait' }>): Promise<boolean> {
    const pause = act.until === null ? null : act.until - this.#now()
    if (pause === null || pause > patienceMs) {
      await writeWait(turn, { until: act.until, says: waitSays(turn.run, act), isHandedOn: false })
      return true
    }
    if (pause > 0) await sleep(pause, undefined, { signal: this.#stop.signal }).catch(() => {})
    return false
  }

  /** A revocation outlives what was under way before it. */
  async #earlierOpen(run: FoundRun): Promise<number> {
    if (!planOf(run).outlives) return 0
    const open = await findOpenRuns(this.ctx, run)
    return open.filter(({ kind }) => kind !== 'revocation').length
  }

  async #take(turn: Turn, act: Extract<Act, { do: 'step' }>): Promise<void> {
    const { run } = turn
    if (!act.isResumed) await writeIntent(turn, act)
    const facts = factsOf(run, this.#now(), 0)
    const order = orderOf(run, facts, act, await openSecrets(this.ctx, run.id, run.twinId))
    const probes: Probe[] = []
    const outcome =
      act.step === 'deliver' ? await deliver(turn, order, this.#stop.signal) : await this.#atSource(turn, order, probes)
    const hindered =
      act.step === 'prepare' && outcome.state === 'done' ? await tryDelivery(turn, this.#stop.signal) : null
    await writeOutcome(turn, act, hindered ?? outcome, probes)
  }

  async #atSource(turn: Turn, order: StepOrder, probes: Probe[]): Promise<Outcome> {
    const { run } = turn
    const signal = this.#stop.signal
    try {
      this.#open ??= await openConnection(this.ctx, { id: run.liveId, signal })
    } catch (error) {
      if (isAppError(error) && error.code === 'not_found')
        return { state: 'refused', code: 'conflict', says: error.message }
      if (!(error instanceof LiveError)) throw error
      const isOpen = ['unreachable', 'timed_out', 'cancelled', 'unexpected_answer', 'rate_limited'].includes(error.code)
      return { state: isOpen ? 'failed' : 'refused', code: error.code, says: error.message }
    }
    const { connection, connector } = this.#open
    let lost: unknown
    const outcome = await applyStep(order, {
      ...{ connection, connector, signal, now: this.#now },
      probe: (probe) => probes.push(probe),
      holder: this.#holder,
      lookAtCopies: () => readCopies(turn, order, signal),
      keep: (kept) =>
        writeKept(turn, order, kept).catch((error: unknown) => {
          lost = error
          throw error
        }),
    })
    // Our own database's failure is not the source's word, however much it looks like one.
    if (lost !== undefined) throw lost
    return outcome
  }

  async #end(turn: Turn, act: Extract<Act, { do: 'end' }>): Promise<void> {
    await writeEnd(turn, act.as)
    await refreshOrder(this.ctx, turn.run)
  }

  async stop(): Promise<void> {
    clearInterval(this.#beat)
    await this.#holder.session?.close()
    this.#open?.connection.close()
  }
}

function waitSays(run: FoundRun, act: Extract<Act, { do: 'wait' }>): string {
  const at = act.until === null ? null : formatDateTime(new Date(act.until).toISOString())
  const until = at === null ? '' : ` until ${at}`
  if (act.for === 'delivery') return 'Waiting for the new secret to be taken.'
  if (act.for === 'other_run')
    return 'Waiting for what was under way on this account to end; then it is cut off once more.'
  if (act.for === 'retry') {
    const last = run.steps.filter(({ step }) => step === act.step).at(-1)
    return `Trying again${until}. ${last?.says ?? ''}`.trim()
  }
  if (act.step === 'hold')
    return hasWayBack(run)
      ? `It can be brought back${until}.`
      : `Waiting${until}. The source gave nothing by which the old one could be brought back.`
  if (['window', 'prepare', 'issue', 'retire'].includes(act.step)) return `The window opens at ${at}.`
  return act.step === 'adopt' ? `Both secrets work${until}.` : `Waiting${until}.`
}

/** Where one secret takes the place of the other, the old one comes back only by what the source gave of it. */
const hasWayBack = ({ kind, plan, secrets }: FoundRun): boolean =>
  kind !== 'rotation' ||
  (plan as { secrets?: string }).secrets !== 'one' ||
  secrets.some(({ purpose, wipedAt }) => purpose === 'former' && wipedAt === null)

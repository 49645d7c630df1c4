import { randomUUID } from 'node:crypto'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { isAppError } from '@/lib/platform/errors'
import { grantTarget } from '../rules'
import { GrantAtSource, type Outcome } from './apply-rights'
import { notifyDecided, settleOverrun } from './notify-grant'
import { readMoments } from './read-moments'
import { recordFailure } from './record-failure'
import { dropLease, type FoundGrant, findGrant, readClock, renewLease, takeLease, writeGrant } from './store'

const beatMs = 3000
const firstPauseMs = 2000
const longestPauseMs = 60_000
/** So often a grant is tried to be given; to take it away is tried for ever. */
const mostGiving = 5

/**
 * Carries a grant on from what is stored, by one worker at a time: lets it lapse, gives it at the source, ends it by its clock, takes
 * it away and shows that it is gone. It can be called at any time, and again after a worker died anywhere.
 */
export async function applyGrant(ctx: Context, { id }: { id: string }, signal?: AbortSignal): Promise<void> {
  const grant = await findGrant(ctx, id)
  const permit = await ctx.authorize('carry_out', grantTarget(grant))
  const lease = randomUUID()
  if (!(await ctx.commitPart(permit, (bulk) => takeLease(bulk, id, lease)))) return
  const stop = new AbortController()
  const beat = setInterval(() => {
    ctx
      .commitPart(permit, (bulk) => renewLease(bulk, id, lease))
      .then(
        (isMine) => isMine || stop.abort(),
        () => {},
      )
  }, beatMs)
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const work = new GrantWork(ctx, permit, id, lease, both)
  let wakeAt: Date | null = new Date(Date.now() + firstPauseMs)
  let seen = grant.eventCount
  try {
    wakeAt = await work.carryOn()
    seen = work.seen
  } catch (error) {
    // Another worker has it, or somebody said something: whoever comes next looks anew.
    if (!isAppError(error) || error.code !== 'conflict') throw error
    seen = -1
  } finally {
    clearInterval(beat)
    work.close()
    await ctx.commitPart(permit, (bulk) => dropLease(bulk, { id, eventCount: seen }, lease, wakeAt))
  }
}

const countedBy = ({ mode }: FoundGrant) => (mode === 'console' ? 'The organization' : 'The decision point')

class GrantWork {
  seen = 0
  readonly #source: GrantAtSource

  constructor(
    private readonly ctx: Context,
    private readonly permit: Permit,
    private readonly id: string,
    private readonly lease: string,
    signal: AbortSignal,
  ) {
    this.#source = new GrantAtSource(ctx, { permit, lease, signal })
  }

  close(): void {
    this.#source.close()
  }

  /** Until it waits for a moment, or has ended. Answers when to look again. */
  async carryOn(): Promise<Date | null> {
    for (;;) {
      const [grant, now] = [await findGrant(this.ctx, this.id), await readClock(this.ctx)]
      this.seen = grant.eventCount
      const wait = await this.#turn(grant, now)
      if (wait !== 'again') return wait
    }
  }

  async #turn(grant: FoundGrant, now: Date): Promise<Date | null | 'again'> {
    switch (grant.state) {
      case 'requested':
      case 'approved':
        return grant.lapsesAt > now ? grant.lapsesAt : this.#lapse(grant)
      case 'activating':
        return this.#give(grant)
      case 'active':
        return grant.endsAt !== null && grant.endsAt > now ? grant.endsAt : this.#expire(grant)
      case 'ending':
        return this.#take(grant)
      default:
        return null
    }
  }

  /** A change of state with its audit event, while this worker has the grant. */
  #move(
    grant: FoundGrant,
    verb: string,
    change: Parameters<typeof writeGrant>[3],
    line: { what: string; says: string },
    also: (tx: Parameters<typeof writeGrant>[0]) => Promise<unknown> = async () => {},
  ): Promise<void> {
    const after = { grantId: grant.id, state: String(change.state ?? grant.state) }
    return this.ctx.commit(this.permit, { action: `grant.${verb}`, target: grantTarget(grant), after }, async (tx) => {
      await writeGrant(tx, grant, { states: [grant.state], lease: this.lease, seen: grant.eventCount }, change, [line])
      await also(tx)
    })
  }

  async #lapse(grant: FoundGrant): Promise<'again'> {
    const says = grant.state === 'requested' ? 'Nobody decided in time.' : 'It was not activated in time.'
    await this.#move(grant, 'lapse', { state: 'lapsed' }, { what: 'lapsed', says }, (tx) =>
      notifyDecided(tx, grant, { says: says.toLowerCase().replace(/\.$/, ''), by: null }),
    )
    return 'again'
  }

  async #give(grant: FoundGrant): Promise<Date | 'again'> {
    // What was agreed to is no permit: the policies may say something else by now.
    try {
      const [moment] = await readMoments(this.ctx, [grant])
      await this.ctx.authorize('provision', grantTarget(grant, moment))
    } catch (error) {
      if (!isAppError(error) || error.code !== 'forbidden') throw error
      return this.#refuse(grant, 'The policies do not allow it any more. Nothing was given.')
    }
    const outcome = grant.mode === 'runtime' ? await this.#source.replace(grant) : await this.#source.give(grant)
    const current = await findGrant(this.ctx, grant.id)
    this.seen = current.eventCount
    if (current.state !== 'activating') return 'again'
    if (outcome.kind === 'done') {
      const startedAt = await readClock(this.ctx)
      const endsAt = new Date(startedAt.getTime() + grant.seconds * 1000)
      const change = { state: 'active', startedAt, endsAt, problem: null, tries: 0 }
      await this.#move(current, 'start', change, { what: 'active', says: `${outcome.says} The clock runs.` })
      return 'again'
    }
    if (outcome.kind === 'refused' || current.tries + 1 >= mostGiving) return this.#refuse(current, outcome.says)
    await recordFailure(this.ctx, this.permit, current, this.lease, outcome.says)
    this.seen = current.eventCount + 1
    return this.#later(current)
  }

  /** What may have been given already is taken away first. */
  async #refuse(grant: FoundGrant, says: string): Promise<'again'> {
    const isTouched = grant.rights.some(({ state }) => state === 'intended' || state === 'held')
    if (isTouched) {
      const now = await readClock(this.ctx)
      const change = { state: 'ending', endReason: 'revoked', endNote: says, endAskedAt: now, problem: says, tries: 0 }
      await this.#move(grant, 'fail', change, { what: 'ending', says: `${says} What was begun is taken back.` })
      return 'again'
    }
    await this.#move(
      grant,
      'refuse',
      { state: 'refused', problem: says, sealed: null },
      { what: 'refused', says },
      (tx) => notifyDecided(tx, grant, { says: 'could not be given', by: null }),
    )
    return 'again'
  }

  async #expire(grant: FoundGrant): Promise<'again'> {
    const change = { state: 'ending', endReason: 'expired', endAskedAt: grant.endsAt, tries: 0 }
    await this.#move(grant, 'expire', change, { what: 'ending', says: 'Its time is over.' })
    return 'again'
  }

  async #take(grant: FoundGrant): Promise<Date | 'again'> {
    const outcome: Outcome =
      grant.mode !== 'provisioned'
        ? { kind: 'done', says: `${countedBy(grant)} does not count it any more.`, proof: 'runtime', overrun: 0 }
        : await this.#source.take(grant)
    const current = await findGrant(this.ctx, grant.id)
    this.seen = current.eventCount
    if (outcome.kind === 'done') {
      const endedAt = await readClock(this.ctx)
      const change = { state: 'ended', endedAt, proof: outcome.proof ?? 'source_says', sealed: null }
      const overrun = { overrunSeconds: outcome.overrun ?? 0, problem: outcome.remark ?? null }
      await this.#move(current, 'end', { ...change, ...overrun }, { what: 'ended', says: outcome.says }, (tx) =>
        settleOverrun(tx, current),
      )
      return 'again'
    }
    await recordFailure(this.ctx, this.permit, current, this.lease, outcome.says)
    this.seen = current.eventCount + 1
    return this.#later(current)
  }

  async #later({ tries }: FoundGrant): Promise<Date> {
    const pause = Math.min(firstPauseMs * 2 ** tries, longestPauseMs)
    return new Date((await readClock(this.ctx)).getTime() + pause)
  }
}

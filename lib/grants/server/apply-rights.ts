import { type OpenConnection, openConnection } from '@/lib/connections/server/open-connection'
import { readHeldRights, type SoughtRight } from '@/lib/connections/server/read-held-rights'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import { LiveError } from '@/lib/connectors/live-error'
import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import { openSealed } from '@/lib/platform/crypto/seal'
import type { Permit } from '@/lib/platform/db/permit'
import { isAppError } from '@/lib/platform/errors'
import { grantTarget, overrunOf } from '../rules'
import { type GrantProof, overrunAfterSeconds, type RightState } from '../values'
import { Replacer, replacedBy } from './apply-replacements'
import { dueEnd } from './record-failure'
import { type FoundGrant, findRights, readClock, secretPlace, writeGrant, writeRight } from './store'

/** One look at a source is given so long. */
const patienceMs = 30_000

/** After these nobody knows whether it was done. */
const openCodes = ['unreachable', 'timed_out', 'cancelled', 'unexpected_answer', 'rate_limited']

type Right = FoundGrant['rights'][number]

export interface Outcome {
  /** `failed` may pass, `refused` will not. */
  kind: 'done' | 'failed' | 'refused'
  says: string
  proof?: GrantProof
  /** Something that a person should know of though it is over. */
  remark?: string | null
  overrun?: number
}

interface Tools {
  permit: Permit
  lease: string
  signal: AbortSignal
}

/** Gives and takes the rights of a grant at its source. What is about to be done is committed first; what was begun is looked at before it is done again. */
export class GrantAtSource {
  #open: OpenConnection | undefined

  constructor(
    private readonly ctx: Context,
    private readonly tools: Tools,
  ) {}

  close(): void {
    this.#open?.connection.close()
  }

  give(grant: FoundGrant): Promise<Outcome> {
    return this.#bounded(grant, async (connection, signal) => {
      const hand = connection.hands.identity?.grant
      if (!hand) return { kind: 'refused', says: 'This source lets nobody give rights from here.' }
      const kept = await this.#replacer(grant, connection, signal).takeRest()
      if (kept !== null) return kept
      const unclear = grant.rights.filter(({ state }) => state === 'planned' || state === 'intended')
      const before = await readHeldRights(
        connection,
        unclear.map((right) => soughtOf(grant, right)),
        signal,
      )
      for (const right of unclear) {
        const isThere = before.isWhollyThere(soughtOf(grant, right))
        if (right.state === 'planned' && isThere && replacedBy(grant, right)) {
          await this.#note(grant, right, 'held', 'It had it without an end; from now on it ends with this grant.')
          continue
        }
        if (right.state === 'planned' && before.isThere(soughtOf(grant, right)) && !isThere)
          return {
            kind: 'refused',
            says: `It has a part of what was asked for on ${right.name} already. Ask for the rest alone.`,
          }
        if (right.state === 'planned' && before.isThere(soughtOf(grant, right))) {
          // What it had without us is neither given nor taken.
          await this.#note(grant, right, 'had_before', 'It was there before, without an end: it is left as it is.')
          continue
        }
        if (right.state === 'intended' && isThere) {
          await this.#note(grant, right, 'held', 'The source lists it.')
          continue
        }
        if (right.state === 'planned') await this.#note(grant, right, 'intended', 'About to be given.')
        await hand(orderOf(grant, right), signal)
      }
      const given = (await findRights(this.ctx, grant.id)).filter(({ state }) => state === 'intended')
      const after = await readHeldRights(
        connection,
        given.map((right) => soughtOf(grant, right)),
        signal,
      )
      for (const right of given) {
        if (!after.isWhollyThere(soughtOf(grant, right)))
          return { kind: 'failed', says: `The source said that it gave ${right.name}, and does not list it.` }
        await this.#note(grant, right, 'held', 'Given; the source, read afterwards, lists it.')
      }
      const held = (await findRights(this.ctx, grant.id)).filter(({ state }) => state === 'held')
      if (held.length === 0)
        return { kind: 'refused', says: 'It has all of this already, without an end. Nothing was given.' }
      return { kind: 'done', says: `Given at the source: ${held.map(({ name }) => name).join(', ')}.` }
    })
  }

  /** Of a grant that only the decision point looks at: takes what it replaces away at the source. */
  replace(grant: FoundGrant): Promise<Outcome> {
    return this.#bounded(grant, async (connection, signal) => {
      const kept = await this.#replacer(grant, connection, signal).takeRest()
      return kept ?? { kind: 'done', says: 'What it replaces is gone; the decision point counts it from now on.' }
    })
  }

  #replacer(grant: FoundGrant, connection: LiveConnection, signal: AbortSignal): Replacer {
    return new Replacer(this.ctx, this.tools, grant, { connection, signal })
  }

  take(grant: FoundGrant): Promise<Outcome> {
    return this.#bounded(grant, async (connection, signal) => {
      const hand = connection.hands.identity?.ungrant
      const all = grant.rights.filter(({ state }) => ['intended', 'held', 'withdrawing'].includes(state))
      // A grant that never began takes nothing over: what was there without an end stays as it was.
      const own = (right: Right) => grant.startedAt !== null || !replacedBy(grant, right)
      const begun = all.filter(own)
      for (const right of all.filter((each) => !own(each)))
        await this.#note(grant, right, 'had_before', 'The grant did not begin: it is left as it was, without an end.')
      if (begun.length === 0) return { kind: 'done', says: 'Nothing had been given yet.', proof: 'source_says' }
      if (!hand)
        return {
          kind: 'failed',
          says: 'This source lets nobody take rights from here any more. Take it there by hand.',
        }
      for (const right of begun) {
        if (right.state !== 'withdrawing') await this.#note(grant, right, 'withdrawing', 'About to be taken away.')
        await hand(orderOf(grant, right), signal).catch((error: unknown) => {
          // Not there any more is what was wanted; the reading says so.
          if (!(error instanceof LiveError) || error.code !== 'not_found') throw error
        })
      }
      const after = await readHeldRights(
        connection,
        begun.map((right) => soughtOf(grant, right)),
        signal,
      )
      for (const right of begun) {
        if (!after.isGone(soughtOf(grant, right)))
          return { kind: 'failed', says: `The source said that it took ${right.name} away, and may still list it.` }
        await this.#note(grant, right, 'gone', 'Taken away; the source, read afterwards, does not list it.')
      }
      const past = overrunOf(dueEnd(grant), await readClock(this.ctx))
      const overrun = past >= overrunAfterSeconds ? past : 0
      return { ...(await this.#tryEnd(grant, connection, begun, signal)), overrun }
    })
  }

  /** A try as the account itself, where we were given what it signs in with; else the source's own word stands. */
  async #tryEnd(
    grant: FoundGrant,
    connection: LiveConnection,
    rights: readonly Right[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const says = 'The source, read afterwards, does not list it any more.'
    const bare = { kind: 'done' as const, proof: 'source_says' as const }
    const hand = connection.hands.identity?.attempt
    if (grant.sealed === null || !hand) return { ...bare, says: `${says} Nobody tried it.` }
    const secret = new Secret(openSealed(grant.sealed, secretPlace(grant.orgId, grant.id)))
    const told: string[] = []
    for (const right of rights) {
      const { answer, reason } = await hand({ ...orderOf(grant, right), secret }, signal)
      if (answer === 'accepted') {
        const remark = `It is taken away, and ${grant.subjectName} can still use ${right.name} by another way: ${reason}.`
        return { ...bare, says: `${says} ${remark}`, remark }
      }
      if (answer === 'unknown') return { ...bare, says: `${says} A try showed nothing: ${reason}.` }
      told.push(reason)
    }
    return {
      kind: 'done',
      proof: 'refused_attempt',
      says: `${says} Tried as ${grant.subjectName}: ${told.join('; ')}.`,
    }
  }

  async #bounded(
    grant: FoundGrant,
    work: (connection: LiveConnection, signal: AbortSignal) => Promise<Outcome>,
  ): Promise<Outcome> {
    const signal = AbortSignal.any([this.tools.signal, AbortSignal.timeout(patienceMs)])
    try {
      this.#open ??= await openConnection(this.ctx, { id: grant.liveId ?? '', signal })
      return await work(this.#open.connection, signal)
    } catch (error) {
      if (isAppError(error) && error.code === 'not_found') return { kind: 'refused', says: error.message }
      if (!(error instanceof LiveError)) throw error
      return { kind: openCodes.includes(error.code) ? 'failed' : 'refused', says: error.message }
    }
  }

  /** What becomes of one right, committed with a line of the history while this worker has the grant. */
  async #note(grant: FoundGrant, right: Right, state: RightState, says: string): Promise<void> {
    const now = await readClock(this.ctx)
    const change = {
      ...{ state, says },
      ...(state === 'intended' || state === 'withdrawing' ? { told: { increment: 1 } } : {}),
      ...(state === 'held' ? { heldAt: now } : state === 'gone' ? { goneAt: now } : {}),
    }
    const after = { grantId: grant.id, right: right.ref, state }
    const event = { action: `grant.right.${state}`, target: grantTarget(grant), after }
    await this.ctx.commit(this.tools.permit, event, async (tx) => {
      const line = { what: `right_${state}`, says: `${right.name}: ${says}` }
      await writeGrant(tx, grant, { states: [grant.state], lease: this.tools.lease }, {}, [line])
      await writeRight(tx, { orgId: grant.orgId, id: grant.id, no: right.no }, change)
    })
  }
}

const soughtOf = (grant: FoundGrant, right: Right): SoughtRight => ({
  ...{ kind: right.edgeKind, identityRef: grant.subjectRef ?? '', toRef: right.ref, scopes: right.scopes },
})

const orderOf = (grant: FoundGrant, right: Right) => ({
  ...{ target: { identity: grant.subjectRef ?? '' }, on: right.ref, scopes: right.scopes },
})

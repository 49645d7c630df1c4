import { readHeldRights, type SoughtRight } from '@/lib/connections/server/read-held-rights'
import type { LiveConnection } from '@/lib/connectors/live-connector'
import { LiveError } from '@/lib/connectors/live-error'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { grantTarget } from '../rules'
import type { ReplacementState } from '../values'
import { type FoundGrant, readClock, writeGrant } from './store'
import { findReplacements, writeReplacement } from './store-replacements'

type Replaced = FoundGrant['replacements'][number]

/** Why what is to go could not be taken away. */
interface Hindrance {
  kind: 'failed' | 'refused'
  says: string
}

/** Whether a right of a grant was held without an end, and is the grant's from its beginning on. */
export const replacedBy = (grant: FoundGrant, right: FoundGrant['rights'][number]): boolean =>
  grant.replacements.some(({ isKept, edgeKind, ref }) => isKept && edgeKind === right.edgeKind && ref === right.ref)

/**
 * Puts an end to what a grant replaces. What is asked for goes over to the grant, with nothing done at the source; the rest is taken
 * away, the intent first, and counts as gone when the source, read afterwards, does not list it.
 */
export class Replacer {
  constructor(
    private readonly ctx: Context,
    private readonly tools: { permit: Permit; lease: string },
    private readonly grant: FoundGrant,
    private readonly at: { connection: LiveConnection; signal: AbortSignal },
  ) {}

  /** Null when all of it is done. May be called again after a worker died anywhere. */
  async takeRest(): Promise<Hindrance | null> {
    const { grant, at } = this
    const open = grant.replacements.filter(({ state }) => state === 'planned' || state === 'intended')
    for (const each of open.filter((one) => !isTaking(one)))
      await this.#note(each, 'taken_over', 'It is the grant’s from now on, and ends with it.')
    const rest = open.filter(isTaking)
    if (rest.length === 0) return null
    const hand = at.connection.hands.identity?.ungrant
    if (!hand) return { kind: 'refused', says: 'This source lets nobody take single rights away from here.' }
    for (const each of rest) {
      if (each.state === 'planned') await this.#note(each, 'intended', 'About to be taken away.')
      await hand({ target: { identity: grant.subjectRef ?? '' }, on: each.ref, scopes: each.taken }, at.signal).catch(
        (error: unknown) => {
          // Not there any more is what was wanted; the reading says so.
          if (!(error instanceof LiveError) || error.code !== 'not_found') throw error
        },
      )
    }
    const word = await readHeldRights(
      at.connection,
      rest.map((each) => this.#soughtOf(each)),
      at.signal,
    )
    for (const each of await findReplacements(this.ctx, grant.id)) {
      if (each.state !== 'intended') continue
      if (!word.isGone(this.#soughtOf(each)))
        return { kind: 'failed', says: `The source said that it took ${each.name} away, and may still list it.` }
      await this.#note(each, 'gone', 'Taken away; the source, read afterwards, does not list it.')
    }
    return null
  }

  #soughtOf({ edgeKind, ref, taken }: Replaced): SoughtRight {
    return { kind: edgeKind, identityRef: this.grant.subjectRef ?? '', toRef: ref, scopes: taken }
  }

  async #note(each: Replaced, state: ReplacementState, says: string): Promise<void> {
    const { ctx, grant, tools } = this
    const now = await readClock(ctx)
    const change = {
      ...{ state, says },
      ...(state === 'intended' ? { told: { increment: 1 } } : {}),
      ...(state === 'gone' ? { goneAt: now } : {}),
    }
    const after = { grantId: grant.id, right: each.ref, taken: each.taken, state }
    const event = { action: `grant.replace.${state}`, target: grantTarget(grant), after }
    await ctx.commit(tools.permit, event, async (tx) => {
      const line = { what: `replace_${state}`, says: `What it replaces, ${each.name}: ${says}` }
      await writeGrant(tx, grant, { states: [grant.state], lease: tools.lease }, {}, [line])
      await writeReplacement(tx, { orgId: grant.orgId, id: grant.id, no: each.no }, change)
    })
  }
}

/** A role that is not asked for is taken whole. */
const isTaking = ({ isKept, taken }: Replaced): boolean => !isKept || taken.length > 0

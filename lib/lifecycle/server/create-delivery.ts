import { uuidv7 } from '@/lib/platform/db/uuid'
import type { Delivery } from '../schema'
import { restoreOf } from './map-run'
import { type FoundRun, findPerson, findSettings, insertLink } from './store-orders'
import type { Outcome, StepOrder } from './verify-login'
import type { Turn } from './write-turn'

/** Who or what gets the new secret of a run. */
export function deliveryOf(run: FoundRun): Delivery | null {
  const wish = restoreOf(run)
  if (run.direction === 'restore') return wish?.revealTo ? { way: 'reveal', userId: wish.revealTo } : null
  return (run.order.options as { delivery?: Delivery }).delivery ?? null
}

/** Hands the new secret over, in the way that was asked for. */
export async function deliver(turn: Turn, order: StepOrder): Promise<Outcome> {
  const delivery = deliveryOf(turn.run)
  if (delivery === null) return { state: 'refused', code: 'unclear', says: 'Nobody was named who gets the new secret.' }
  if (order.held.fresh === undefined)
    return { state: 'refused', code: 'unclear', says: 'The new secret is not held any more.' }
  return createLink(turn, order, delivery.userId)
}

/** A link for one person, in place of one that ran out. Whoever opens it is checked when it is opened. */
async function createLink(turn: Turn, order: StepOrder, userId: string): Promise<Outcome> {
  const { ctx, permit, run } = turn
  const person = await findPerson(ctx, userId)
  if (person === null)
    return {
      state: 'refused',
      code: 'unclear',
      says: 'The person who was named to take the new secret is no active member any more.',
    }
  const { linkMinutes } = await findSettings(ctx)
  const generation = generationOfLink(run)
  // By the clock that all workers go by: one that is wrong would make a link that is over, or that lives too long.
  const now = turn.now()
  const link = {
    ...{ orgId: run.orgId, id: uuidv7(now), runId: run.id, generation, userId, userName: person.name },
    expiresAt: new Date(now + linkMinutes * 60_000),
  }
  const target = { kind: 'lifecycle_run', id: run.id, label: run.identityName }
  const change = { action: 'lifecycle.link.create', target, after: { runId: run.id, linkId: link.id, userId } }
  await ctx.commit(permit, change, (tx) => insertLink(tx, link, order.isAgain, new Date(now)))
  return { state: 'done', says: `A link for ${person.name} is open for ${linkMinutes} minutes.` }
}

const generationOfLink = (run: FoundRun): number =>
  run.steps.filter(({ step }) => step === 'issue').at(-1)?.generation ?? 1

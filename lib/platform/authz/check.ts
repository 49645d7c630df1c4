import { Effect, type Value } from '@cerbos/core'
import { isAppError } from '../errors'
import { type DecisionPoint, decisionPoint, noDecision } from './client'
import { type Asker, principalOf } from './principal'

export interface Decision {
  allowed: boolean
  /** The decision point's id of this answer, found again in its decision log. */
  decisionId: string
}

/** What an action is aimed at, in the policies' words. */
export interface Aim {
  kind: string
  id: string
  attr: Record<string, unknown>
}

/** The decision point refuses more resources in one call (its `server.requestLimits`). */
const resourcesPerCall = 50

/**
 * Asks whether the actor may do this to that. Only an explicit allow for this very target and action counts.
 * @throws AppError `upstream_failed` when there is no usable answer within `DECISION_TIMEOUT_MS`
 */
export async function checkAction(asker: Asker, action: string, aim: Aim, pdp = decisionPoint()): Promise<Decision> {
  const { results, cerbosCallId } = await pdp.check(principalOf(asker), [
    { resource: resourceOf(aim), actions: [action] },
  ])
  const [result] = results
  const effect = result && isSame(result.resource, aim) ? result.actions[action] : undefined
  if (effect !== Effect.ALLOW && effect !== Effect.DENY) throw noDecision(new Error('the answer holds no decision'))
  return { allowed: effect === Effect.ALLOW, decisionId: cerbosCallId }
}

/**
 * What the actor may do to each target, in the targets' order; for the `can` of a response. Asked 50 at a time.
 * Everything is false when the decision point gives no usable answer: buttons disappear, nothing fails.
 */
export async function checkMany(
  asker: Asker,
  actions: readonly string[],
  aims: readonly Aim[],
  pdp = decisionPoint(),
): Promise<Record<string, boolean>[]> {
  const chunks: Aim[][] = []
  for (let at = 0; at < aims.length; at += resourcesPerCall) chunks.push(aims.slice(at, at + resourcesPerCall))
  const answers = await Promise.all(chunks.map((chunk) => checkChunk(asker, actions, chunk, pdp)))
  return answers.flat()
}

async function checkChunk(asker: Asker, actions: readonly string[], aims: Aim[], pdp: DecisionPoint) {
  const checks = aims.map((aim) => ({ resource: resourceOf(aim), actions: [...actions] }))
  try {
    const { results } = await pdp.check(principalOf(asker), checks)
    return aims.map((aim, index) => {
      const result = results[index]
      const effects = result && isSame(result.resource, aim) ? result.actions : {}
      return Object.fromEntries(actions.map((action) => [action, effects[action] === Effect.ALLOW]))
    })
  } catch (error) {
    if (!isAppError(error)) throw error
    return aims.map(() => Object.fromEntries(actions.map((action) => [action, false])))
  }
}

function resourceOf({ kind, id, attr }: Aim) {
  return { kind, id, attr: JSON.parse(JSON.stringify(attr)) as Record<string, Value> }
}

function isSame(resource: { kind: string; id: string }, aim: Aim): boolean {
  return resource.kind === aim.kind && resource.id === aim.id
}

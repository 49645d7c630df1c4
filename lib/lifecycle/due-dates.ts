import { type DueState, type PolicyRules, soonDays } from './policies'
import type { ImpactTarget } from './schema'

/** Pure decisions about what is due. */

const dayMs = 86_400_000

/** Until then something that falls due counts as due soon. */
export const soonUntil = (now: Date): Date => new Date(now.getTime() + soonDays * dayMs)

export interface DueFacts {
  dueAt: Date
  overdueAt: Date
  runId: string | null
  failedRunId: string | null
  exceptedUntil: Date | null
}

/** What a line of the board says; null = nothing is to be said of it yet. */
export function dueStateOf(
  { dueAt, overdueAt, runId, failedRunId, exceptedUntil }: DueFacts,
  now: Date,
): DueState | null {
  if (runId !== null) return 'rotating'
  if (failedRunId !== null) return 'stopped'
  if (exceptedUntil !== null && exceptedUntil > now) return 'excepted'
  if (overdueAt <= now) return 'overdue'
  if (dueAt <= now) return 'due'
  return dueAt <= soonUntil(now) ? 'soon' : null
}

/** Why a second person has to agree by the policy's own rules, as a sentence; null = by those nobody has to. */
export function policyApproval(
  { approvalScore, approvalTiers }: Pick<PolicyRules, 'approvalScore' | 'approvalTiers'>,
  target: Pick<ImpactTarget, 'name' | 'score'> & { criticality: string | null },
): string | null {
  if (approvalScore === 0) return 'Its policy asks for a second person each time.'
  if (target.criticality !== null && (approvalTiers as readonly string[]).includes(target.criticality))
    return `${target.name} is of ${target.criticality} criticality; its policy asks for a second person there.`
  if (approvalScore !== null && target.score !== null && target.score >= approvalScore)
    return `The blast radius of ${target.name} is ${Math.round(target.score)}; from ${approvalScore} on its policy asks for a second person.`
  return null
}

/** Why a policy must not begin this by itself; null = it may. */
export function unattendedHindrance(
  { delivery }: Pick<PolicyRules, 'delivery'>,
  target: { mode: 'overlap' | 'window' },
): string | null {
  if (delivery === null) return 'The policy does not say where the new secret goes.'
  if (delivery.way === 'reveal' && target.mode === 'window')
    return 'Only one secret works at a time here, and a link waits for a person: whatever uses the old one would fail until then. Rotate it by hand, or deliver to where it is read by itself.'
  return null
}

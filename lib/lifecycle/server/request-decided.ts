import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { secondPersonReason } from '../rules'
import type { OrderTarget, TargetProblem } from '../schema'
import { createOrder, type MadeOrder } from './create-order'
import { hashList, presentImpact } from './present-impact'
import { type ResolvedTarget, resolveTargets } from './resolve-targets'
import { findSettings } from './store-orders'

/** Revocations that others have decided, on the record of another noun. */
export interface DecidedRevocations {
  /** Whose decision it was: they cannot be the second person. */
  author: { id: string | null; name: string }
  targets: readonly Judged[]
  reason: string
  /** So many were asked for by the same decision before: the bound above which a second person agrees counts them too. */
  earlier: number
  /** What those together are called: “the review …”. */
  whole: string
  /** Written with the order. */
  write: (tx: Tx, made: MadeOrder) => Promise<void>
}

/** A target with what stands in its way. */
export interface Judged {
  target: ResolvedTarget
  /** Null = nothing does. */
  problem: TargetProblem | null
  /** The same is under way already, by this run. */
  openRunId: string | null
}

/**
 * What revoking these would meet, all together: who would be the last administrator depends on the others.
 * @throws AppError `not_found` for what is not in this organization
 */
export async function judgeDecided(ctx: Context, given: readonly OrderTarget[]): Promise<Judged[]> {
  const targets = await resolveTargets(ctx, 'revocation', given)
  return targets.map((target) => {
    const credentialId = target.credential?.id ?? null
    const other = target.problems.find(({ kind }) => kind !== 'run_open') ?? null
    const isOpen = target.problems.some(({ kind }) => kind === 'run_open')
    const open = target.open.find((run) => run.kind === 'revocation' && run.credentialId === credentialId)
    return { target, problem: other, openRunId: other === null && isOpen ? (open?.id ?? null) : null }
  })
}

/**
 * Asks for revocations that a review has decided. A signed decision is a request and no more: the order waits for a second person as any
 * other would, and what one decision asks for in parts counts as one.
 * @throws AppError as `createOrder`
 */
export async function requestDecided(ctx: Context, decided: DecidedRevocations): Promise<void> {
  const targets = decided.targets.map(({ target }) => target)
  const settings = await findSettings(ctx)
  const wish = { endsSessions: true, removes: false, holdSeconds: settings.restoreHours * 3600 }
  const impact = await presentImpact(ctx, 'revocation', targets, wish, false)
  const all = decided.earlier + targets.length
  const isMany = all > settings.secondPersonCount
  const secondPerson = isMany
    ? `${decided.whole} revokes ${all} so far; more than ${settings.secondPersonCount} need a second person.`
    : secondPersonReason(impact, settings)
  await createOrder(ctx, {
    ...{ kind: 'revocation', targets, impact, wish, isEmergency: false, reason: decided.reason },
    listHash: hashList('revocation', impact),
    options: {},
    byPolicy: { authorId: decided.author.id, name: decided.author.name, secondPerson, write: decided.write },
  })
}

/** Why a second person has to agree to taking rights away from these, beside so many others of the same decision; null = nobody has to. */
export async function findSecondPerson(
  ctx: Context,
  accounts: readonly { name: string; score: number | null }[],
  all: { count: number; whole: string },
): Promise<string | null> {
  const settings = await findSettings(ctx)
  if (all.count > settings.secondPersonCount)
    return `${all.whole} reduces ${all.count} so far; more than ${settings.secondPersonCount} need a second person.`
  return secondPersonReason(accounts, settings)
}

import type { Reduction } from '../items'

/** A right of an account as the inventory has it. */
export interface HeldRight {
  entitlementId: string
  kind: string
  toRef: string
  scopes: readonly string[]
  /** How many there are; `scopes` names at most 200. */
  scopeCount: number
  isAllow: boolean
  /** Granted to the account itself; what every account has, or what follows from something else, nobody takes away from one. */
  isGranted: boolean
  condition: string | null
  lastUsedAt: Date | null
  firstSeenAt: Date
}

export interface Withdrawal {
  entitlementId: string
  kind: string
  toRef: string
  scopes: string[]
}

export interface WithdrawalPlan {
  take: Withdrawal[]
  /** What cannot be taken away from here, as sentences. */
  left: string[]
}

/** What a connector takes away by name: single rights, and membership in a role. */
const takeable = ['grants', 'member_of']

/**
 * Which rights a decision takes away. It stands on what was frozen: what was granted since is not touched. Where the source does not
 * say whether a right was used, nobody takes it for unused.
 */
export function withdrawalsOf(
  remedy: {
    decision: 'revoke' | 'reduce'
    entitlementId: string | null
    reduction: Reduction | null
    staleBefore: Date
    frozenAt: Date
  },
  held: readonly HeldRight[],
): WithdrawalPlan {
  const { decision, entitlementId, reduction } = remedy
  const plan: WithdrawalPlan = { take: [], left: [] }
  const own = held.filter(
    (right) =>
      right.isAllow &&
      (right.isGranted || decision === 'revoke') &&
      (entitlementId === null || right.entitlementId === entitlementId) &&
      right.firstSeenAt <= remedy.frozenAt,
  )
  let unknown = 0
  for (const right of own) {
    const wanted = wantedOf(right)
    if (wanted === 'unknown') unknown += 1
    else if (wanted !== null) add(right, wanted)
  }
  if (unknown > 0)
    plan.left.push(
      `The source does not say whether ${unknown === 1 ? 'one of its rights was' : `${unknown} of its rights were`} used. Look, and take away by hand what is not needed.`,
    )
  return plan

  function wantedOf(right: HeldRight): readonly string[] | null | 'unknown' {
    if (decision === 'revoke') return right.scopes
    if (reduction?.to !== 'chosen') {
      if (right.lastUsedAt === null) return 'unknown'
      return right.lastUsedAt < remedy.staleBefore ? right.scopes : null
    }
    const kept = reduction.keep.find((each) => each.entitlementId === right.entitlementId)
    if (kept === undefined) return right.scopes
    // A membership is one thing, whatever options it has.
    if (right.scopes.length === 0 || right.kind === 'member_of') return null
    const taken = right.scopes.filter((scope) => !kept.scopes.includes(scope))
    return taken.length > 0 ? taken : null
  }

  function add(right: HeldRight, scopes: readonly string[]): void {
    if (!right.isGranted)
      plan.left.push(`Its right to ${right.toRef} was not granted to it: it follows from something else.`)
    else if (!takeable.includes(right.kind)) plan.left.push(`Its way to ${right.toRef} cannot be taken away from here.`)
    else if (right.condition !== null)
      plan.left.push(`Its right to ${right.toRef} is bound to a condition. Take it away at the source.`)
    else if (right.scopeCount > right.scopes.length)
      plan.left.push(`Its right to ${right.toRef} has ${right.scopeCount} parts, not all of which are known here.`)
    else
      plan.take.push({ entitlementId: right.entitlementId, kind: right.kind, toRef: right.toRef, scopes: [...scopes] })
  }
}

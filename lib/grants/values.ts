/** The words of grants that screens, policies and the worker share. Without Zod, so that lists are small. */

/**
 * `requested` waits for somebody; `approved` waits to be activated; `activating`, `active` and `ending` may have been given at the
 * source. The others are ends, and stay.
 */
export const grantStates = [
  'requested',
  'approved',
  'activating',
  'active',
  'ending',
  'ended',
  'denied',
  'lapsed',
  'withdrawn',
  'refused',
] as const
export type GrantState = (typeof grantStates)[number]

/** What is asked of a source, or of the decision point alone: nothing is given then. */
export const accessModes = ['provisioned', 'runtime'] as const
export type AccessMode = (typeof accessModes)[number]
/** Console: a role in this organization itself, counted at each request. */
export const grantModes = [...accessModes, 'console'] as const
export type GrantMode = (typeof grantModes)[number]

/** How much stands behind what is granted: it bounds the time and says how many agree. */
export const grantTiers = ['highest', 'high', 'ordinary'] as const
export type GrantTier = (typeof grantTiers)[number]

export const endReasons = ['expired', 'released', 'revoked', 'ticket_closed', 'incident', 'used'] as const
export type EndReason = (typeof endReasons)[number]

/**
 * What shows that it is over: somebody tried and was refused; the source, read afterwards, does not list it; or nothing was given
 * and the decision point does not count it any more.
 */
export const grantProofs = ['refused_attempt', 'source_says', 'runtime'] as const
export type GrantProof = (typeof grantProofs)[number]

export const rightStates = ['planned', 'intended', 'held', 'had_before', 'withdrawing', 'gone', 'refused'] as const
export type RightState = (typeof rightStates)[number]

/** Of a right without an end that a grant takes the place of: gone, or the grant’s own from then on. */
export const replacementStates = ['planned', 'intended', 'gone', 'taken_over'] as const
export type ReplacementState = (typeof replacementStates)[number]

const minute = 60
const hour = 60 * minute

/** At most so long, and so many people agree. */
export const tierBounds: Record<GrantTier, { seconds: number; needed: number }> = {
  highest: { seconds: 4 * hour, needed: 2 },
  high: { seconds: 24 * hour, needed: 1 },
  ordinary: { seconds: 14 * 24 * hour, needed: 1 },
}

/** Roles that can be held for a time, the least first, and how much stands behind each. */
export const roleTiers = { reviewer: 'high', auditor: 'high', security: 'high', admin: 'highest' } as const
export const askableRoles = ['reviewer', 'auditor', 'security', 'admin'] as const
export type AskableRole = (typeof askableRoles)[number]

/** What can be chosen, shortest first; those beyond the tier's bound are left out. */
export const durationSteps = [
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  24 * hour,
  3 * 24 * hour,
  7 * 24 * hour,
  14 * 24 * hour,
] as const

/** How often something can be asked for; what is not counted is asked for without one. */
export const timesSteps = [1, 2, 5, 10] as const

/** What a policy agrees to beforehand is at most so long; the policy says the rest. */
export const preapprovedSeconds = hour

/** A request that nobody decides on lapses, and so does one that is not activated. */
export const pendingSeconds = hour
export const activationSeconds = 8 * hour
/** From so much past its end on, a right that is still at the source is an overrun. */
export const overrunAfterSeconds = 30

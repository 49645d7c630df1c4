/** The words of the list of standing access that screens and the worker share. Without Zod, so that lists are small. */

/** `user`: somebody with a role in this organization itself. */
export const holderKinds = ['identity', 'user'] as const
export type HolderKind = (typeof holderKinds)[number]

/** Why a holder weighs so much, the most first. */
export const standingReasons = [
  ...['admin', 'secret_read', 'restricted', 'product_admin'],
  ...['untold', 'write', 'confidential', 'unclassified', 'production', 'product_decides'],
  ...['reads', 'product_reads'],
] as const
export type StandingReason = (typeof standingReasons)[number]

/** Counts of the list end here: as long as it takes to read so many entries of an index, and no longer. */
export const mostCounted = 1000

import { type Privilege, privileges } from '@/lib/connectors/contract'
import type { OwnerDuty, OwnerState, OwnershipState } from './schema'

const dayMs = 86_400_000
/** From how many days before its end a credential counts as expiring. */
export const expiringWithinDays = 30

type Moment = Date | string

const ms = (moment: Moment) => (typeof moment === 'string' ? Date.parse(moment) : moment.getTime())

/** Whole days since a credential was issued, never negative; null when that is not known. */
export function ageInDays(issuedAt: Moment | null, nowMs: number): number | null {
  return issuedAt === null ? null : Math.max(0, Math.floor((nowMs - ms(issuedAt)) / dayMs))
}

export type AgeState = 'fresh' | 'due' | 'overdue' | 'unknown'

/** An age against the organization's rule: due in its last tenth, overdue past it. */
export function ageState(days: number | null, rotateAfterDays: number): AgeState {
  if (days === null) return 'unknown'
  if (days > rotateAfterDays) return 'overdue'
  return days > rotateAfterDays * 0.9 ? 'due' : 'fresh'
}

export type ExpiryState = 'expired' | 'soon' | 'later' | 'never' | 'unknown'

/** Where a credential stands towards its end. `expired` is worked out here and never stored. */
export function expiryState(
  expiry: { expiresAt: Moment | null; neverExpires?: boolean },
  nowMs: number,
  withinDays = expiringWithinDays,
): ExpiryState {
  if (expiry.expiresAt === null) return expiry.neverExpires ? 'never' : 'unknown'
  const left = ms(expiry.expiresAt) - nowMs
  if (left <= 0) return 'expired'
  return left <= withinDays * dayMs ? 'soon' : 'later'
}

export type UsageState = 'used' | 'stale' | 'never' | 'unknown'

/** Whether something is in use: last use within the organization's `staleAfterDays`, longer ago, never, or not known. */
export function usageState(
  usage: { lastUsedAt: Moment | null; neverUsed: boolean },
  nowMs: number,
  staleAfterDays: number,
): UsageState {
  if (usage.lastUsedAt === null) return usage.neverUsed ? 'never' : 'unknown'
  return nowMs - ms(usage.lastUsedAt) > staleAfterDays * dayMs ? 'stale' : 'used'
}

/** A credential that could still open something: not switched off, not gone. Expiry is told apart. */
export function isInUse(status: string): boolean {
  return !['disabled', 'deleted', 'gone'].includes(status)
}

/** Rank 0 = none known, then the four privileges in order. */
export function privilegeOfRank(rank: number): Privilege | null {
  return privileges[rank - 1] ?? null
}

export function rankOfPrivilege(privilege: Privilege | 'none'): number {
  return privilege === 'none' ? 0 : privileges.indexOf(privilege) + 1
}

// Ownership: suggested → assigned → confirmed, and from each of them → ended. A suggestion may be confirmed at once; nothing goes
// back, and what has ended stays ended.

export interface OwnershipLike {
  id: string
  ownerKey: string
  label: string
  duty: OwnerDuty
  state: OwnershipState
}

/** In these states somebody was named by a person, and may act as the owner. A suggestion gives no right. */
export const answeringStates: readonly OwnershipState[] = ['assigned', 'confirmed']

/** What the list says of an identity: confirmed when anybody confirmed, suggested when anybody is named, else none. */
export function ownerStateOf(states: readonly OwnershipState[]): OwnerState {
  if (states.includes('confirmed')) return 'confirmed'
  return states.length > 0 ? 'suggested' : 'none'
}

const weight: Record<OwnershipState, number> = { confirmed: 0, assigned: 1, suggested: 2 }
const dutyWeight: Record<OwnerDuty, number> = { technical: 0, business: 1, backup: 2 }

/** Those who answer before their backup, confirmed before assigned before suggested, technical before business, then by name. */
export function sortOwnerships<T extends OwnershipLike>(ownerships: readonly T[]): T[] {
  return ownerships.toSorted(
    (a, b) =>
      Number(a.duty === 'backup') - Number(b.duty === 'backup') ||
      weight[a.state] - weight[b.state] ||
      dutyWeight[a.duty] - dutyWeight[b.duty] ||
      a.label.localeCompare(b.label, 'en') ||
      (a.id < b.id ? -1 : 1),
  )
}

/** A suggestion whose text matches nobody: someone has to say who is meant before it can be confirmed. */
export function isHint(ownerKey: string): boolean {
  return ownerKey.startsWith('hint:')
}

export function ownerKind(ownerKey: string): 'person' | 'team' | 'text' {
  if (isHint(ownerKey)) return 'text'
  return ownerKey.startsWith('team:') ? 'team' : 'person'
}

export type Assignment =
  | { kind: 'create' }
  /** A suggestion of the same owner becomes the assignment. */
  | { kind: 'accept'; ownershipId: string }
  | { kind: 'already'; state: OwnershipState }

/** What naming an owner does to an identity's ownerships. */
export function assignmentOf(ownerships: readonly OwnershipLike[], ownerKey: string, duty: OwnerDuty): Assignment {
  const same = ownerships.find((ownership) => ownership.ownerKey === ownerKey && ownership.duty === duty)
  if (!same) return { kind: 'create' }
  return same.state === 'suggested' ? { kind: 'accept', ownershipId: same.id } : { kind: 'already', state: same.state }
}

/** Whether nobody would be both the owner and the one who stands in for the owner. Suggestions do not count. */
export function isBackupApart(ownerships: readonly OwnershipLike[], ownerKey: string, duty: OwnerDuty): boolean {
  return !ownerships.some(
    (held) =>
      held.ownerKey === ownerKey && held.state !== 'suggested' && (held.duty === 'backup') !== (duty === 'backup'),
  )
}

export type Confirmation =
  | { kind: 'confirm'; ownerKey: string }
  | { kind: 'already' }
  | { kind: 'unresolved' }
  /** The person or team that was named holds this duty by another row; that row is the one to confirm. */
  | { kind: 'duplicate'; ownershipId: string }

/** What confirming does; `resolved` says who is meant by a hint, or corrects a suggestion. */
export function confirmationOf(
  ownerships: readonly OwnershipLike[],
  ownership: OwnershipLike,
  resolved: string | undefined,
): Confirmation {
  if (ownership.state === 'confirmed') return { kind: 'already' }
  const ownerKey = ownership.state === 'suggested' ? (resolved ?? ownership.ownerKey) : ownership.ownerKey
  if (isHint(ownerKey)) return { kind: 'unresolved' }
  const other = ownerships.find(
    (candidate) =>
      candidate.id !== ownership.id && candidate.duty === ownership.duty && candidate.ownerKey === ownerKey,
  )
  return other ? { kind: 'duplicate', ownershipId: other.id } : { kind: 'confirm', ownerKey }
}

export type Transfer = { kind: 'transfer'; mergesInto: string | null } | { kind: 'not_owned' } | { kind: 'same' }

/** What handing over does: the receiver is assigned and has to confirm. A suggestion has nobody who could hand over. */
export function transferOf(ownerships: readonly OwnershipLike[], from: OwnershipLike, toOwnerKey: string): Transfer {
  if (from.state === 'suggested') return { kind: 'not_owned' }
  if (from.ownerKey === toOwnerKey) return { kind: 'same' }
  const held = ownerships.find((candidate) => candidate.duty === from.duty && candidate.ownerKey === toOwnerKey)
  return { kind: 'transfer', mergesInto: held?.id ?? null }
}

/** The keys under which somebody answers for the identity, for the policies' `ownerKeys`. */
export function answeringKeys(ownerships: readonly Pick<OwnershipLike, 'ownerKey' | 'state'>[]): string[] {
  return [...new Set(ownerships.filter((o) => answeringStates.includes(o.state)).map((o) => o.ownerKey))]
}

/** The keys of those who confirmed that they answer, for the policies' `confirmedKeys`. */
function confirmedKeys(ownerships: readonly Pick<OwnershipLike, 'ownerKey' | 'state'>[]): string[] {
  return [...new Set(ownerships.filter(({ state }) => state === 'confirmed').map(({ ownerKey }) => ownerKey))]
}

/** What the decision point is told of an identity. */
export function identityTarget(identity: {
  id: string
  name: string
  kind: string
  environment: string | null
  ownerships: readonly Pick<OwnershipLike, 'ownerKey' | 'state'>[]
}) {
  const { id, name, kind, environment } = identity
  const attr = {
    kind,
    environment: environment ?? 'unknown',
    ownerKeys: answeringKeys(identity.ownerships),
    confirmedKeys: confirmedKeys(identity.ownerships),
  }
  return { kind: 'identity' as const, id, label: name, attr }
}

/** What the decision point is told of a credential: the owners are those of its identity. */
export function credentialTarget(credential: {
  id: string
  name: string
  type: string
  identity: { ownerships: readonly Pick<OwnershipLike, 'ownerKey' | 'state'>[] } | null
}) {
  const attr = { type: credential.type, ownerKeys: answeringKeys(credential.identity?.ownerships ?? []) }
  return { kind: 'credential' as const, id: credential.id, label: credential.name, attr }
}

/** The address of an identity's page, at one of its tabs. */
export function identityHref(id: string, tab = 'summary'): string {
  return tab === 'summary' ? `/inventory/${id}` : `/inventory/${id}?tab=${tab}`
}

import type { Segment } from '@/lib/platform/db/keyset'
import { daysOf, type IdentityFilter, type IdentitySort } from '../filters'
import { answeringStates, rankOfPrivilege } from '../rules'
import { type OwnerState, ownerStates } from '../schema'
import type { IdentityWhere as Where } from './store'

const dayMs = 86_400_000
const notInUse = ['disabled', 'deleted']

/** One condition for each filter that is set; the dimension's name lets facets leave their own one out. */
export type IdentityConditions = Partial<Record<keyof IdentityFilter, Where>>

/** The instant that is `days` ("90d") before (negative sign) or after `now`. */
export function instantAt(now: Date, days: string, sign: 1 | -1): Date {
  return new Date(now.getTime() + sign * daysOf(days) * dayMs)
}

/** Text for `LIKE`, in which nothing stands for anything else. */
export function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)
}

/** Turns the filters into conditions. `ownerKeys` are the caller's own, for `owner=mine`. Pure. */
export function identityConditions(
  filter: IdentityFilter,
  now: Date,
  ownerKeys: readonly string[],
): IdentityConditions {
  return {
    ...(filter.q && { q: textWhere(filter.q) }),
    ...(filter.kind && { kind: { kind: { in: filter.kind } } }),
    ...(filter.environment && { environment: environmentWhere(filter.environment) }),
    ...(filter.owner && { owner: ownerWhere(filter.owner, ownerKeys) }),
    ...(filter.privilege && {
      privilege: { listing: { is: { privilegeRank: { in: filter.privilege.map(rankOfPrivilege) } } } },
    }),
    status: statusWhere(filter.status),
    ...(filter.source && { source: { sourceId: { in: filter.source } } }),
    ...(filter.age && {
      age: { listing: { is: { oldestCredentialAt: { lt: instantAt(now, filter.age, -1) } } } },
    }),
    ...(filter.expiry && { expiry: expiryWhere(filter.expiry, now) }),
    ...(filter.used && { used: usedWhere(filter.used, now) }),
  }
}

/** All conditions at once, but for the dimension that is left out. */
export function allOf(conditions: IdentityConditions, permitted: Where, except?: keyof IdentityFilter): Where {
  const kept = Object.entries(conditions).filter(([dimension]) => dimension !== except)
  return { AND: [permitted, ...kept.map(([, where]) => where)] }
}

function textWhere(q: string): Where {
  const text = literal(q)
  if (q.length < 3) return { name: { startsWith: text, mode: 'insensitive' } }
  return {
    OR: [{ name: { contains: text, mode: 'insensitive' } }, { externalId: { contains: text, mode: 'insensitive' } }],
  }
}

/** `unknown` stands for "the source does not say". */
export function environmentWhere(environments: readonly string[]): { OR: { environment: { in: string[] } | null }[] } {
  const named = environments.filter((environment) => environment !== 'unknown')
  return {
    OR: [
      ...(named.length > 0 ? [{ environment: { in: named } }] : []),
      ...(named.length < environments.length ? [{ environment: null }] : []),
    ],
  }
}

/** Identities for which one of these keys answers. */
export function ownedBy(ownerKeys: readonly string[]): Where {
  return { ownerships: { some: { ownerKey: { in: [...ownerKeys] }, state: { in: [...answeringStates] } } } }
}

function ownerWhere(owners: NonNullable<IdentityFilter['owner']>, ownerKeys: readonly string[]): Where {
  const states = owners.filter((owner): owner is OwnerState => owner !== 'mine')
  return {
    OR: [
      ...(states.length > 0 ? [{ listing: { is: { ownerState: { in: states } } } }] : []),
      ...(owners.includes('mine') ? [ownedBy(ownerKeys)] : []),
    ],
  }
}

function statusWhere(statuses: IdentityFilter['status']): Where {
  if (!statuses) return { deletedAt: null }
  const present = statuses.filter((status) => status !== 'gone')
  return {
    OR: [
      ...(present.length > 0 ? [{ deletedAt: null, status: { in: present } }] : []),
      ...(present.length < statuses.length ? [{ deletedAt: { not: null } }] : []),
    ],
  }
}

function expiryWhere(expiry: NonNullable<IdentityFilter['expiry']>, now: Date): Where {
  const usable = { deletedAt: null, status: { notIn: notInUse } }
  if (expiry === 'never') return { credentials: { some: { ...usable, neverExpires: true } } }
  if (expiry === 'expired') return { credentials: { some: { ...usable, expiresAt: { lte: now } } } }
  return { credentials: { some: { ...usable, expiresAt: { gt: now, lte: instantAt(now, expiry, 1) } } } }
}

/** The same columns exist on identities and credentials. */
export function usedWhere(used: string, now: Date) {
  if (used === 'never') return { lastUsedAt: null, neverUsed: true }
  if (used === 'unknown') return { lastUsedAt: null, neverUsed: false }
  return { lastUsedAt: { lt: instantAt(now, used, -1) } }
}

const byName = { column: 'name', type: 'text' } as const

/** What is known comes first in its order; what is not known comes last in both directions. */
export function identitySegments(sort: IdentitySort, direction: 'asc' | 'desc'): Segment[] {
  if (sort === 'name') return [{ where: {}, ...byName }]
  if (sort === 'owner') {
    const segments = ownerStates.map((state) => ({ where: { listing: { is: { ownerState: state } } }, ...byName }))
    return direction === 'asc' ? segments : segments.toReversed()
  }
  if (sort === 'environment') return known('environment', 'text')
  return lastUsedSegments(direction)
}

function known(column: string, type: Segment['type']): Segment[] {
  return [
    { where: { [column]: { not: null } }, column, type },
    { where: { [column]: null }, ...byName },
  ]
}

/** "Never" is earlier than every instant, and not the same as unknown. */
export function lastUsedSegments(direction: 'asc' | 'desc'): Segment[] {
  const instant: Segment = { where: { lastUsedAt: { not: null } }, column: 'lastUsedAt', type: 'instant' }
  const never: Segment = { where: { lastUsedAt: null, neverUsed: true }, ...byName }
  const unknown: Segment = { where: { lastUsedAt: null, neverUsed: false }, ...byName }
  return direction === 'asc' ? [never, instant, unknown] : [instant, never, unknown]
}

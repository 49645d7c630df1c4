import type { Segment } from '@/lib/platform/db/keyset'
import type { CredentialFilter, CredentialSort, Holder } from '../filters'
import { environmentWhere, instantAt, lastUsedSegments, literal, usedWhere } from './resolve-identity-filter'
import type { CredentialWhere as Where } from './store'

export type CredentialConditions = Partial<Record<keyof CredentialFilter, Where>>

/** Turns the filters into conditions. Pure. */
export function credentialConditions(filter: CredentialFilter, now: Date): CredentialConditions {
  return {
    ...(filter.q && { q: textWhere(filter.q) }),
    ...(filter.type && { type: { type: { in: filter.type } } }),
    status: statusWhere(filter.status),
    ...(filter.environment && { environment: { identity: { is: environmentWhere(filter.environment) } } }),
    ...(filter.age && { age: ageWhere(instantAt(now, filter.age, -1)) }),
    ...(filter.expiry && { expiry: expiryWhere(filter.expiry, now) }),
    ...(filter.used && { used: usedWhere(filter.used, now) }),
    ...(filter.identity && { identity: { identityId: filter.identity } }),
    holder: holderWhere(filter.holder),
  }
}

/** All conditions at once, but for the dimension that is left out. */
export function allOfCredential(
  conditions: CredentialConditions,
  permitted: Where,
  except?: keyof CredentialFilter,
): Where {
  const kept = Object.entries(conditions).filter(([dimension]) => dimension !== except)
  return { AND: [permitted, ...kept.map(([, where]) => where)] }
}

function textWhere(q: string): Where {
  const text = literal(q)
  if (q.length < 3) return { name: { startsWith: text, mode: 'insensitive' } }
  return {
    OR: [
      { name: { contains: text, mode: 'insensitive' } },
      { externalId: { contains: text, mode: 'insensitive' } },
      { lastFour: q },
    ],
  }
}

function statusWhere(statuses: CredentialFilter['status']): Where {
  if (!statuses) return { deletedAt: null, status: { not: 'deleted' } }
  const present = statuses.filter((status) => status !== 'gone')
  return {
    OR: [
      ...(present.length > 0 ? [{ deletedAt: null, status: { in: present } }] : []),
      ...(present.length < statuses.length ? [{ deletedAt: { not: null } }] : []),
    ],
  }
}

const heldBy: Record<Holder, Where> = {
  identity: { identityId: { not: null } },
  person: { identityId: null, humanId: { not: null } },
  unknown: { identityId: null, humanId: null },
}

/** Whose credentials; people's only when asked for. The facet counts use the same conditions. */
export function holderWhere(chosen: readonly Holder[] = ['identity', 'unknown']): Where {
  return { OR: chosen.map((holder) => heldBy[holder]) }
}

/** In use, and neither issued nor rotated since. */
function ageWhere(since: Date): Where {
  return {
    status: { notIn: ['disabled', 'deleted'] },
    OR: [{ rotatedAt: { lt: since } }, { rotatedAt: null, issuedAt: { lt: since } }],
  }
}

/** Whether the end of a credential is past, near, none or not known; the facet counts use the same conditions. */
export function expiryWhere(expiry: NonNullable<CredentialFilter['expiry']>, now: Date): Where {
  if (expiry === 'never') return { expiresAt: null, neverExpires: true }
  if (expiry === 'unknown') return { expiresAt: null, neverExpires: false }
  if (expiry === 'expired') return { expiresAt: { lte: now } }
  return { expiresAt: { gt: now, lte: instantAt(now, expiry, 1) } }
}

const byName = { column: 'name', type: 'text' } as const

/** "Never expires" is later than every instant; what is not known comes last in both directions. */
export function credentialSegments(sort: CredentialSort, direction: 'asc' | 'desc'): Segment[] {
  if (sort === 'name' || sort === 'type' || sort === 'status') return [{ where: {}, column: sort, type: 'text' }]
  if (sort === 'lastUsed') return lastUsedSegments(direction)
  if (sort === 'issued') {
    return [
      { where: { issuedAt: { not: null } }, column: 'issuedAt', type: 'instant' },
      { where: { issuedAt: null }, ...byName },
    ]
  }
  const instant: Segment = { where: { expiresAt: { not: null } }, column: 'expiresAt', type: 'instant' }
  const never: Segment = { where: { expiresAt: null, neverExpires: true }, ...byName }
  const unknown: Segment = { where: { expiresAt: null, neverExpires: false }, ...byName }
  return direction === 'asc' ? [instant, never, unknown] : [never, instant, unknown]
}

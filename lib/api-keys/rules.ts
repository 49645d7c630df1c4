import type { NormalisedRecord, Privilege } from '../connectors/contract'
import { type ApiKey, maxLifetimeDays, type Scope } from './schema'

const dayMs = 86_400_000
/** Clocks of browser and server differ; a date of "365 days" may lie a little beyond. */
const clockSlackMs = 60_000

/** A key whose expiry has come is dead, whether or not anybody revoked it. */
export function keyState(key: { expiresAt: Date; revokedAt: Date | null }, nowMs: number): ApiKey['state'] {
  if (key.revokedAt) return 'revoked'
  return key.expiresAt.getTime() <= nowMs ? 'expired' : 'active'
}

/** Why an expiry cannot be taken, as a sentence; undefined when it can. */
export function expiryProblem(expiresAtMs: number, nowMs: number): string | undefined {
  if (expiresAtMs <= nowMs) return 'Choose a moment in the future.'
  if (expiresAtMs > nowMs + maxLifetimeDays * dayMs + clockSlackMs) return `Choose at most ${maxLifetimeDays} days.`
  return undefined
}

/** What each scope lets a program do, and how far that goes. */
export const scopeMeanings: Record<Scope, { label: string; privilege: Privilege }> = {
  'inventory:read': { label: 'Read identities, credentials and access', privilege: 'read' },
  'inventory:write': { label: 'Assign, confirm and transfer owners', privilege: 'write' },
  'imports:read': { label: 'Read imports and their results', privilege: 'read' },
  'imports:write': { label: 'Upload and apply imports', privilege: 'write' },
  'lifecycle:read': { label: 'Read rotations, revocations and drills', privilege: 'read' },
  'lifecycle:write': { label: 'Rotate and revoke at the sources', privilege: 'admin' },
  'reviews:read': { label: 'Read access reviews', privilege: 'read' },
  'reviews:write': { label: 'Plan and launch access reviews', privilege: 'write' },
  'grants:read': { label: 'Read requests for access and grants', privilege: 'read' },
  'grants:write': { label: 'Ask for access, activate and end it', privilege: 'write' },
  'incidents:read': { label: 'Read incidents', privilege: 'read' },
  'incidents:write': { label: 'Declare incidents and change their severity', privilege: 'write' },
  'audit:read': { label: 'Read and verify the audit trail', privilege: 'read' },
  'decisions:read': { label: 'Read what the decision point answered', privilege: 'read' },
  'decisions:ask': { label: 'Ask the decision point about itself', privilege: 'read' },
  'decisions:ask_any': { label: 'Ask the decision point about anybody', privilege: 'read' },
  'settings:read': { label: 'Read members, teams, keys and settings', privilege: 'read' },
  'settings:write': { label: 'Change members, teams and settings', privilege: 'admin' },
}

const order: readonly Privilege[] = ['read', 'write', 'secret_read', 'admin']

/** The highest privilege among scopes; a scope that is not known any more counts as `read`. */
export function privilegeOf(scopes: readonly string[]): Privilege {
  const ranks = scopes.map((scope) => order.indexOf(scopeMeanings[scope as Scope]?.privilege ?? 'read'))
  return order[Math.max(0, ...ranks)] ?? 'read'
}

export interface KeyFacts {
  id: string
  name: string
  prefix: string
  lastFour: string
  scopes: string[]
  ownerEmail: string
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** The id under which a key's identity stands in the inventory. */
export function keyIdentityRef(keyId: string): string {
  return `api-key:${keyId}`
}

/**
 * All API keys of an organization as inventory records: Bailiwick governs its own non-human identities like any other.
 * A revoked key stays as a disabled identity that reaches nothing. Expiry is told as a date, never as a status.
 */
export function apiKeyRecords(keys: readonly KeyFacts[], org: { slug: string; name: string }): NormalisedRecord[] {
  const resource = { type: 'resource', externalId: `bailiwick:${org.slug}` } as const
  const own: NormalisedRecord = {
    ...resource,
    kind: 'system',
    name: 'Bailiwick',
    environment: 'production',
    sensitivity: 'restricted',
    attributes: { organization: org.name },
  }
  return [own, ...keys.flatMap((key) => recordsOfKey(key, resource))]
}

function recordsOfKey(key: KeyFacts, resource: { type: 'resource'; externalId: string }): NormalisedRecord[] {
  const identity = { type: 'identity', externalId: keyIdentityRef(key.id) } as const
  const status = key.revokedAt ? 'disabled' : 'active'
  const createdAt = key.createdAt.toISOString()
  const lastUsedAt = key.lastUsedAt?.toISOString() ?? null
  const expiresAt = key.expiresAt.toISOString()
  const records: NormalisedRecord[] = [
    {
      ...identity,
      kind: 'api_client',
      name: key.name,
      description: key.revokedAt
        ? `Program that called Bailiwick with an API key. The key was revoked on ${key.revokedAt.toISOString().slice(0, 10)} and reaches nothing now.`
        : 'Program that calls Bailiwick with an API key',
      environment: 'production',
      status,
      createdAt,
      lastUsedAt,
      ...(key.revokedAt
        ? { attributes: { revokedAt: key.revokedAt.toISOString(), formerScopes: [...key.scopes].sort() } }
        : {}),
      ownerHints: [{ value: key.ownerEmail, from: 'owner of the API key' }],
    },
    {
      type: 'credential',
      externalId: `${identity.externalId}:token`,
      subject: identity,
      credentialType: 'api_key',
      name: key.prefix,
      status,
      lastFour: key.lastFour,
      createdAt,
      expiresAt,
      lastUsedAt,
    },
  ]
  if (key.revokedAt) return records
  return [
    ...records,
    {
      type: 'entitlement',
      kind: 'grants',
      from: identity,
      to: resource,
      effect: 'allow',
      scopes: [...key.scopes].sort(),
      scopeCount: key.scopes.length,
      privilege: privilegeOf(key.scopes),
      condition: 'never more than the role of its owner',
      expiresAt,
      lastUsedAt,
      basis: 'entitlement',
    },
  ]
}

/** What the decision point is told of a key. `ownerUserId` is the person's id, not the membership's. */
export function apiKeyTarget(key: { id: string; name: string; ownerUserId: string }) {
  return { kind: 'api_key' as const, id: key.id, label: key.name, attr: { ownerId: key.ownerUserId } }
}

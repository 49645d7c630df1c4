import { z } from 'zod'
import { credentialTypes, identityKinds, privileges } from '@/lib/connectors/contract'
import { Decision, Outcome, Usage } from './values'

/** What a campaign froze of one item at its launch. `null` = not known, and shown as unknown. Never changed afterwards. */

const Instant = z.iso.datetime().nullable()
const Privilege = z.enum(privileges).nullable()

const Grant = z.object({
  entitlementId: z.uuid(),
  kind: z.string(),
  to: z.string(),
  toKind: z.string(),
  environment: z.string().nullable(),
  sensitivity: z.string().nullable(),
  privilege: Privilege,
  /** The first 20; `scopeCount` tells how many there are. */
  scopes: z.array(z.string()),
  scopeCount: z.int(),
  isAllow: z.boolean(),
  condition: z.string().nullable(),
  expiresAt: Instant,
  lastUsedAt: Instant,
})
export type Grant = z.infer<typeof Grant>

const HeldCredential = z.object({
  id: z.uuid(),
  name: z.string(),
  type: z.enum(credentialTypes),
  status: z.string(),
  issuedAt: Instant,
  rotatedAt: Instant,
  expiresAt: Instant,
  neverExpires: z.boolean(),
  lastUsedAt: Instant,
  neverUsed: z.boolean(),
  lastFour: z.string().nullable(),
})

export const Evidence = z.object({
  identity: z.object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(identityKinds),
    status: z.string(),
    externalId: z.string(),
    system: z.string(),
    source: z.string(),
    environment: z.string().nullable(),
    /** What it is for, as its source or a person describes it. */
    purpose: z.string().nullable(),
    criticality: z.string().nullable(),
    issuedAt: Instant,
    firstSeenAt: z.iso.datetime(),
  }),
  /** Set at level `credential`. */
  credential: HeldCredential.nullable(),
  /** Set at level `entitlement`. */
  entitlement: Grant.nullable(),
  owners: z.array(
    z.object({ key: z.string(), label: z.string(), duty: z.string(), state: z.string(), confirmedAt: Instant }),
  ),
  access: z.object({
    /** The highest privilege of all; null = none known. */
    privilege: Privilege,
    /** Its own grants, the mightiest first; at most 10. */
    grants: z.array(Grant),
    grantCount: z.int(),
  }),
  /** Blast radius; null = not worked out. */
  reach: z
    .object({
      score: z.number(),
      identities: z.int(),
      systems: z.int(),
      /** Hours until the last live credential on a path expires; null with `isUnbounded` = never. */
      hours: z.number().nullable(),
      isUnbounded: z.boolean(),
    })
    .nullable(),
  credentials: z.object({
    count: z.int(),
    /** At most 5, the oldest first. */
    held: z.array(HeldCredential),
    oldestAt: Instant,
    nextExpiryAt: Instant,
    neverExpires: z.boolean(),
  }),
  usage: z.object({ state: Usage, lastUsedAt: Instant, neverUsed: z.boolean(), where: z.string().nullable() }),
  /** Its last decision in an earlier campaign; null = it was never reviewed. */
  previous: z
    .object({
      campaignId: z.uuid(),
      item: z.int(),
      campaign: z.string(),
      outcome: Outcome,
      by: z.string().nullable(),
      at: z.iso.datetime(),
    })
    .nullable(),
  /** What changed since that review, as sentences; null = there was none to compare with. */
  changes: z.array(z.string()).nullable(),
  /** By the organization's rules. */
  problems: z.array(z.object({ rule: z.string(), says: z.string() })),
  /** What stops working if it is revoked: who acts by it, and where its secrets were seen. */
  dependents: z.object({
    count: z.int(),
    listed: z.array(z.object({ id: z.uuid(), type: z.string(), name: z.string(), how: z.string() })),
    sightings: z.int(),
  }),
  recommendation: z.object({ decision: Decision, reasons: z.array(z.string()) }),
})
export type Evidence = z.infer<typeof Evidence>

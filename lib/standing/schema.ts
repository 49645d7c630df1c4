import { z } from 'zod'
import { grantTiers } from '@/lib/grants/values'
import { holderKinds, mostCounted, standingReasons } from './values'

const Instant = z.iso.datetime().nullable()

/** Somebody who holds access without an end. */
export const StandingHolder = z.object({
  id: z.uuid(),
  kind: z.enum(holderKinds),
  name: z.string(),
  tier: z.enum(grantTiers),
  reason: z.enum(standingReasons),
  /** Blast radius, 0 to 100; null = not worked out, or a person. */
  score: z.number().nullable(),
  rights: z.int(),
  /** Of a person: their role in this organization. */
  role: z.string().nullable(),
  source: z.object({ id: z.uuid(), name: z.string(), system: z.string() }).nullable(),
  environment: z.string().nullable(),
  owner: z.string().nullable(),
  /** Since when the oldest of it is known. */
  since: z.iso.datetime(),
  lastUsedAt: Instant,
  /** A grant that is to take its place and waits, by its id. */
  replacedBy: z.uuid().nullable(),
})
export type StandingHolder = z.infer<typeof StandingHolder>

export const StandingQuery = z.strictObject({
  tier: z.enum(grantTiers).optional(),
  kind: z.enum(holderKinds).optional(),
  source: z.uuid().optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type StandingQuery = z.output<typeof StandingQuery>

/** Up to a bound: `1000` is a thousand or more. */
const Count = z.int().max(mostCounted)

export const StandingPage = z.object({
  items: z.array(StandingHolder),
  /** By weight, of what the other filters leave; with the first page only. */
  counts: z.object({ highest: Count, high: Count, ordinary: Count }).nullable(),
  /** The sources that can be chosen; with the first page only. */
  sources: z.array(z.object({ id: z.uuid(), name: z.string() })).nullable(),
  nextCursor: z.string().nullable(),
  /** When the list was worked out; null = not yet. */
  asOf: Instant,
  can: z.object({ replace: z.boolean() }),
})
export type StandingPage = z.infer<typeof StandingPage>

/** One right without an end. */
export const StandingRight = z.object({
  entitlementId: z.uuid(),
  nodeId: z.uuid().nullable(),
  nodeType: z.enum(['role', 'resource', 'other']),
  name: z.string(),
  scopes: z.array(z.string()),
  privilege: z.string().nullable(),
  since: z.iso.datetime(),
  lastUsedAt: Instant,
  /** Why a grant cannot take its place; null = it can. */
  hindrance: z.string().nullable(),
})
export type StandingRight = z.infer<typeof StandingRight>

export const StandingDetail = z.object({
  holder: StandingHolder,
  /** The first 200, the weightiest first. */
  rights: z.array(StandingRight),
  can: z.object({ replace: z.boolean() }),
})
export type StandingDetail = z.infer<typeof StandingDetail>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

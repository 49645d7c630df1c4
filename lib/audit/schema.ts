import { z } from 'zod'
import { SearchText } from '@/lib/platform/browser/search-text'

export const AuditActor = z.object({ kind: z.enum(['user', 'api_key', 'job']), id: z.string(), label: z.string() })

export const AuditEntry = z.object({
  seq: z.int(),
  id: z.uuid(),
  occurredAt: z.iso.datetime(),
  actor: AuditActor,
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), label: z.string() }),
  reason: z.string().nullable(),
  /** The decision of the policy decision point that allowed it. */
  decisionId: z.string().nullable(),
  requestId: z.string().nullable(),
  before: z.json(),
  after: z.json(),
  prevHash: z.string(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditList = z.object({
  items: z.array(AuditEntry),
  nextCursor: z.string().nullable(),
  can: z.record(z.string(), z.boolean()),
})
export type AuditList = z.infer<typeof AuditList>

export const AuditFilter = z.object({
  /** One event by its number in the chain. */
  seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  /** Part of the target's name. */
  q: SearchText.optional(),
  /** `user:<id>`, `api_key:<id>` or `job:<name>`. */
  actor: z.string().max(200).optional(),
  /** An action or its beginning: `import` finds `import.apply`. */
  action: z.string().max(200).optional(),
  targetKind: z.string().max(100).optional(),
  targetId: z.string().max(500).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
})
export type AuditFilter = z.infer<typeof AuditFilter>

export const AuditFacets = z.object({
  actors: z.array(z.object({ key: z.string(), label: z.string(), count: z.int() })),
  actions: z.array(z.object({ action: z.string(), count: z.int() })),
  targetKinds: z.array(z.object({ kind: z.string(), count: z.int() })),
})
export type AuditFacets = z.infer<typeof AuditFacets>

export const chainProblems = ['altered', 'missing', 'unlinked', 'truncated', 'rewritten', 'forged_checkpoint'] as const

/** What a verification found. `firstBad` is the lowest sequence number that does not hold. */
export const ChainReport = z.object({
  isIntact: z.boolean(),
  events: z.int(),
  checkpoints: z.int(),
  lastSeq: z.int(),
  lastHash: z.string(),
  firstBad: z
    .object({ seq: z.int(), id: z.string().nullable(), problem: z.enum(chainProblems), detail: z.string() })
    .nullable(),
  verifiedAt: z.iso.datetime(),
})
export type ChainReport = z.infer<typeof ChainReport>

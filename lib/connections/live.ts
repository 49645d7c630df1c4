import { z } from 'zod'
import { ImportChanges, ImportCounts, importStatuses } from './schema'

/** One field of a connection's configuration, for its form. What is secret goes in and never comes out. */
const LiveField = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string().optional(),
  secret: z.boolean(),
  required: z.boolean(),
  type: z.string(),
  choices: z.array(z.string()).optional(),
  default: z.unknown().optional(),
  /** It says what is read and not where anything is sent: stored secrets stay when it changes. */
  isScope: z.literal(true).optional(),
  /** Several lines long. */
  isLong: z.literal(true).optional(),
})
export type LiveField = z.infer<typeof LiveField>

/** What revoking really does at a system. */
const SemanticsCard = z.object({
  disable: z.string(),
  delete: z.string(),
  openSessions: z.object({ goOn: z.boolean(), says: z.string() }),
  residualSeconds: z.number().nullable(),
  refusedWithinSeconds: z.number(),
  enablingRevives: z.object({ does: z.boolean(), says: z.string() }),
  twoSecrets: z.object({ can: z.boolean(), says: z.string() }),
  undo: z.string(),
  source: z.string(),
})

/** A system that can be connected to while it runs. */
export const LiveSystem = z.object({
  id: z.string(),
  title: z.string(),
  /** `real`: proved against a real server; `recorded`: against recorded answers. */
  evidence: z.enum(['real', 'recorded']),
  fields: z.array(LiveField),
  /** To run or paste at the source, the least rights first. */
  instructions: z.array(z.object({ title: z.string(), language: z.string(), text: z.string() })),
  /** What it can do: for identities, and for each type of credential. */
  capabilities: z.record(z.string(), z.array(z.string())),
  semantics: z.record(z.string(), SemanticsCard),
  /** Whether a sync can read what changed alone. */
  reading: z.object({
    changesOnly: z.boolean(),
    /** How the source tells, or why everything is read each time. */
    says: z.string(),
    /** What only a reading of everything finds. */
    unseen: z.string().nullable(),
  }),
})
export type LiveSystem = z.infer<typeof LiveSystem>

export const SystemList = z.object({ items: z.array(LiveSystem) })
export type SystemList = z.infer<typeof SystemList>

const Config = z.record(z.string().max(64), z.union([z.string().max(100_000), z.number(), z.boolean()]))
export type Config = z.infer<typeof Config>

const OwnerKey = z.string().regex(/^(user|team):[0-9a-f-]{36}$/, 'must be user: or team: and an id')

const settings = {
  name: z.string().trim().min(1, 'Give it a name.').max(80),
  /** For identities of which the source does not say it. */
  environment: z.string().trim().min(1).max(64).nullable(),
  /** Who answers for the connection. */
  ownerKey: OwnerKey.nullable(),
  /** Minutes between two syncs; null = only when somebody asks. */
  intervalMinutes: z.int().min(5, 'At least 5 minutes.').max(43_200, 'At most 30 days.').nullable(),
}

export const CreateConnectionInput = z.strictObject({
  connector: z.string().max(64),
  /** What the source is called. Records of files with the same system and instance are the same records. */
  instance: z.string().trim().min(1, 'Say what the source is called.').max(120),
  /** By the fields of the system, secrets among them. */
  config: Config,
  name: settings.name,
  environment: settings.environment.default(null),
  ownerKey: settings.ownerKey.default(null),
  intervalMinutes: settings.intervalMinutes.default(60),
})
export type CreateConnectionInput = z.input<typeof CreateConnectionInput>

/** Only what is given changes. A secret that is not given stays, unless a setting beside it changes: then it is asked for again. */
export const UpdateConnectionInput = z.strictObject({
  id: z.uuid(),
  name: settings.name.optional(),
  config: Config.optional(),
  environment: settings.environment.optional(),
  ownerKey: settings.ownerKey.optional(),
  intervalMinutes: settings.intervalMinutes.optional(),
  status: z.enum(['active', 'paused']).optional(),
})
export type UpdateConnectionInput = z.input<typeof UpdateConnectionInput>

export const DeleteConnectionInput = z.strictObject({
  id: z.uuid(),
  /** What becomes of what only this connection vouches for: it stays as it was last seen, or is marked gone. */
  records: z.enum(['keep', 'mark_gone']),
})
export type DeleteConnectionInput = z.infer<typeof DeleteConnectionInput>

export const RequestSyncInput = z.strictObject({
  id: z.uuid(),
  /** Everything, although the source could tell what changed. */
  readAll: z.boolean().default(false),
})

export const TestConnectionInput = z.strictObject({
  connector: z.string().max(64),
  instance: z.string().trim().min(1).max(120).default('test'),
  config: Config,
})
export type TestConnectionInput = z.input<typeof TestConnectionInput>

/** Whom the connection signs in as, and what that may do. */
export const RightsReport = z.object({
  account: z.string(),
  product: z.string(),
  statements: z.array(
    z.object({
      what: z.string(),
      allowed: z.union([z.boolean(), z.literal('unknown')]),
      missing: z.string().optional(),
    }),
  ),
})
export type RightsReport = z.infer<typeof RightsReport>

/** A failed test is an answer, not an error. */
export const TestResult = z.object({
  ok: z.boolean(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
  rights: RightsReport.nullable(),
  /** Ids of what the connection itself lives on, which it will refuse to change. */
  selfIds: z.array(z.string()),
  tookMs: z.int(),
})
export type TestResult = z.infer<typeof TestResult>

const Skipped = z.object({ scope: z.string(), reason: z.string() })

/** As a run keeps it, with how the ids of the resources in it begin. */
const KeptSkipped = Skipped.extend({ within: z.array(z.string()).optional() })
export type KeptSkipped = z.infer<typeof KeptSkipped>

/** How the ids of resources begin of which a run knows nothing, for what it keeps as skipped. */
export const sparedBy = (skipped: unknown): string[] =>
  z
    .array(KeptSkipped)
    .parse(skipped)
    .flatMap(({ within }) => within ?? [])

/** One sync. Those that wait for a person are confirmed as the import of the same id. */
export const SyncRun = z.object({
  id: z.uuid(),
  status: z.enum(importStatuses),
  startedBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** Whether it read everything or what changed, and why; null until it begins. */
  reads: z.enum(['all', 'changes']).nullable(),
  readsBecause: z.string().nullable(),
  /** What it read. */
  counts: ImportCounts,
  changes: ImportChanges,
  /** It is not known what was missed: nothing was marked gone. */
  isPartial: z.boolean(),
  /** What was not looked at: nothing in it was marked gone. */
  skipped: z.array(Skipped),
  refusedCount: z.int(),
  error: z.string().nullable(),
  isCancelling: z.boolean(),
  /** `total` is what the sync before found; null when there was none. */
  progress: z
    .object({ phase: z.string(), done: z.int(), total: z.int().nullable(), perSecond: z.number().nullable() })
    .nullable(),
})
export type SyncRun = z.infer<typeof SyncRun>

export const SyncList = z.object({ items: z.array(SyncRun), nextCursor: z.string().nullable() })
export type SyncList = z.infer<typeof SyncList>

export const Connection = z.object({
  id: z.uuid(),
  connector: z.string(),
  systemTitle: z.string(),
  evidence: z.enum(['real', 'recorded']).nullable(),
  name: z.string(),
  instance: z.string(),
  /** Without secrets, and which of them are stored. */
  config: z.record(z.string(), z.unknown()),
  secretFields: z.array(z.string()),
  environment: z.string().nullable(),
  owner: z.object({ key: z.string(), label: z.string() }).nullable(),
  status: z.enum(['active', 'paused']),
  intervalMinutes: z.int().nullable(),
  nextSyncAt: z.iso.datetime().nullable(),
  rights: RightsReport.nullable(),
  rightsAt: z.iso.datetime().nullable(),
  selfIds: z.array(z.string()),
  /** Its source in the inventory; null until something was read. */
  sourceId: z.uuid().nullable(),
  /** What the inventory says of this source is as of then; null when nothing was read yet. */
  asOf: z.iso.datetime().nullable(),
  /** When everything was last read to its end; later syncs may have read changes. Null where that is not kept. */
  readAllAt: z.iso.datetime().nullable(),
  lastRun: SyncRun.nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  can: z.record(z.string(), z.boolean()),
})
export type Connection = z.infer<typeof Connection>

export const ConnectionList = z.object({ items: z.array(Connection), can: z.object({ create: z.boolean() }) })
export type ConnectionList = z.infer<typeof ConnectionList>

/** What a connection may do with one identity, and why not. */
export const LiveRight = z.object({
  connectionId: z.uuid(),
  connectionName: z.string(),
  see: z.literal('yes'),
  rotate: z.enum(['yes', 'no', 'unknown']),
  revoke: z.enum(['yes', 'no', 'unknown']),
  why: z.string().nullable(),
  asOf: z.iso.datetime().nullable(),
})
export type LiveRight = z.infer<typeof LiveRight>

import { z } from 'zod'

/** Numbers of each kind of record in a file or a run; the same on the screen, in the API and at the prompt. */
export const ImportCounts = z.object({
  identities: z.int(),
  credentials: z.int(),
  roles: z.int(),
  resources: z.int(),
  entitlements: z.int(),
  humans: z.int(),
  sightings: z.int(),
  unresolved: z.int(),
})
export type ImportCounts = z.infer<typeof ImportCounts>

export const ChangeCounts = z.object({
  new: z.int(),
  changed: z.int(),
  gone: z.int(),
  unchanged: z.int(),
  /** Up to 20 names of each. */
  samples: z.object({ new: z.array(z.string()), changed: z.array(z.string()), gone: z.array(z.string()) }),
})
export type ChangeCounts = z.infer<typeof ChangeCounts>

export const changeKinds = ['identity', 'credential', 'role', 'resource', 'entitlement', 'human', 'sighting'] as const

export const ImportChanges = z.partialRecord(z.enum(changeKinds), ChangeCounts)
export type ImportChanges = z.infer<typeof ImportChanges>

export const Refusal = z.object({ at: z.string(), reason: z.string() })
export const Unresolved = z.object({ at: z.string(), reference: z.string(), reason: z.string() })

/** Entries of one reason: how many, and the first few of them. */
export const ImportNote = z.object({ reason: z.string(), count: z.int(), samples: z.array(z.string()) })
export type ImportNote = z.infer<typeof ImportNote>

/** What a preview tells of a file beside numbers; at most 20 reasons of each, the rest counted together. */
export const ImportNotes = z.object({
  /** Why principals are taken for people and kept apart, with names. */
  people: z.array(ImportNote).default([]),
  /** Grants of scopes whose privilege is not known, with the scopes. */
  unknownPrivileges: z.array(ImportNote).default([]),
  /** Grants that could not be evaluated, and why, with who has them. */
  notEvaluable: z.array(ImportNote).default([]),
  /** What was left out, with the first places; the counts are true however few are listed. */
  refused: z.array(ImportNote).default([]),
})
export type ImportNotes = z.infer<typeof ImportNotes>

/** The last two are of syncs of live connections alone. */
export const importStatuses = [
  'previewed',
  'refused',
  'queued',
  'applying',
  'applied',
  'failed',
  'discarded',
  'reading',
  'cancelled',
] as const
export type ImportStatus = (typeof importStatuses)[number]

/** Which column stands for what in files with a certain header, as somebody of the organization chose it. */
export const ColumnMapping = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Equal for headers with the same titles, whatever their order, case and spaces. */
  headerKey: z.string(),
  /** Our column to a title of the header. */
  columns: z.record(z.string(), z.string()),
  createdBy: z.string(),
  usedAt: z.iso.datetime(),
})
export type ColumnMapping = z.infer<typeof ColumnMapping>

export const ColumnMappingList = z.object({ items: z.array(ColumnMapping) })
export type ColumnMappingList = z.infer<typeof ColumnMappingList>

export const CreateColumnMappingInput = z.strictObject({
  name: z.string().trim().min(1).max(80),
  /** All titles of the file. */
  header: z.array(z.string().max(1024)).min(1).max(1000),
  /** Our column to a title of the header; `name` is needed. */
  columns: z.record(z.string().max(64), z.string().max(1024)).refine((columns) => 'name' in columns, {
    error: 'must say which column holds the name',
  }),
})
export type CreateColumnMappingInput = z.infer<typeof CreateColumnMappingInput>

export const ImportFile = z.object({
  no: z.int(),
  /** The file's, with that of the member of an archive or the sheet of a workbook. */
  name: z.string(),
  /** The file as it was uploaded. One that speaks of several systems, or holds several files, has several entries. */
  upload: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  /** Null when the file was not recognised; `error` says what was expected and what was found. */
  format: z.string().nullable(),
  formatTitle: z.string().nullable(),
  system: z.string().nullable(),
  instance: z.string().nullable(),
  instanceName: z.string().nullable(),
  counts: ImportCounts.nullable(),
  changes: ImportChanges,
  /** At most 500, as `unresolved`; `refusedCount` and `counts.unresolved` tell the true numbers. */
  refused: z.array(Refusal),
  refusedCount: z.int(),
  notes: ImportNotes,
  unresolved: z.array(Unresolved),
  /** CSV only: the header, and which of its columns stands for what; choose others and preview again. */
  header: z.array(z.string()).nullable(),
  columns: z.record(z.string(), z.string()).nullable(),
  /** Mappings that are kept for this header, the last used first; without a choice of columns the first one is used. */
  mappings: z.array(ColumnMapping),
  error: z.string().nullable(),
})
export type ImportFile = z.infer<typeof ImportFile>

export const ImportProgress = z.object({
  phase: z.string(),
  done: z.int(),
  total: z.int(),
  startedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

export const ImportRun = z.object({
  id: z.uuid(),
  status: z.enum(importStatuses),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  counts: ImportCounts,
  changes: ImportChanges,
  /** Share of the known records that would be marked gone, 0 to 1; above `vanishedLimit` the apply must say so. */
  vanishedShare: z.number(),
  needsConsent: z.boolean(),
  progress: ImportProgress.nullable(),
  error: z.string().nullable(),
  fileNames: z.array(z.string()),
  /** Files that are left out as a whole. */
  refusedFiles: z.int(),
  /** True when nothing but the choice of columns keeps the refused files from being read. */
  needsColumns: z.boolean(),
  can: z.record(z.string(), z.boolean()),
})
export type ImportRun = z.infer<typeof ImportRun>

export const ImportDetail = ImportRun.extend({ files: z.array(ImportFile) })
export type ImportDetail = z.infer<typeof ImportDetail>

export const ImportList = z.object({
  items: z.array(ImportRun),
  nextCursor: z.string().nullable(),
  can: z.record(z.string(), z.boolean()),
})
export type ImportList = z.infer<typeof ImportList>

export const ApplyImportInput = z.object({
  id: z.uuid(),
  /** Consent to marking more than a fifth of a kind as gone, after having seen the preview. */
  acceptVanished: z.boolean().default(false),
})
export type ApplyImportInput = z.input<typeof ApplyImportInput>

/** Above this share of a connection's records an import asks before it marks them gone. */
export const vanishedLimit = 0.2

/** What one request may bring. Bytes before unpacking; unpacked limits are `platform/files`'. */
export const uploadLimits = { files: 200, bytesPerFile: 200 * 1024 * 1024, bytesInAll: 200 * 1024 * 1024 }

export const formatFamilies = ['cloud', 'platform', 'code', 'saas', 'agents', 'scanners', 'tables'] as const

/** One file format: what its files look like, what comes of them, and how to make one. */
export const FormatGuide = z.object({
  id: z.string(),
  title: z.string(),
  /** The system that its files come from, as a key and in words. */
  system: z.string(),
  systemTitle: z.string(),
  family: z.enum(formatFamilies),
  expects: z.string(),
  yields: z.string(),
  /** What no such file can say. */
  omits: z.string().nullable(),
  /** `source`: one file is the whole truth about its source; `file`: it is a part. */
  coverage: z.enum(['source', 'file']),
  /** The best way first: where, the commands or clicks, one in each entry, and the least rights that suffice. */
  production: z.array(z.object({ from: z.string(), steps: z.array(z.string()), rights: z.string() })),
})
export type FormatGuide = z.infer<typeof FormatGuide>

export const FormatList = z.object({
  items: z.array(FormatGuide),
  /** What one upload may bring; bytes before unpacking. */
  limits: z.object({ files: z.int(), bytesPerFile: z.int(), bytesInAll: z.int() }),
})
export type FormatList = z.infer<typeof FormatList>

/** What a column of a CSV can stand for, in the words of the mapping step. Same keys as the CSV connector's targets. */
export const csvColumnLabels = {
  name: 'Name',
  externalId: 'Id at the source',
  kind: 'Kind of identity',
  description: 'Description',
  environment: 'Environment',
  status: 'Status',
  owner: 'Owner',
  created: 'Created',
  lastUsed: 'Last used',
  expires: 'Expires',
  rotated: 'Rotated',
  credentialType: 'Kind of credential',
  credentialName: 'Name of the credential',
  system: 'System it reaches',
  privilege: 'Privilege',
  scopes: 'Scopes',
  secret: 'The secret itself (fingerprinted, then dropped)',
} as const

/** An import that told of a record, the last of its kind: what a fact is "as of". */
export const Teller = z.object({
  connector: z.string(),
  /** What of a source that connector reads, such as one of its namespaces; '' = all. */
  part: z.string(),
  system: z.string(),
  sourceName: z.string(),
  at: z.iso.datetime(),
  /** The run and the file, as far as they are still known. */
  runId: z.uuid().nullable(),
  file: z.string().nullable(),
})
export type Teller = z.infer<typeof Teller>

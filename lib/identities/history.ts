import { z } from 'zod'
import { listOf, parsersFor } from '@/lib/platform/browser/query-parsers'

/** The history of one identity: what people did to it and what syncs changed, as one list. */

export const historyFields = [
  'owner',
  'description',
  'environment',
  'tags',
  'criticality',
  'exclusions',
  'name',
  'kind',
  'state',
  'use',
  'created',
  'attributes',
] as const
export type HistoryField = (typeof historyFields)[number]

/** Under which keys of a before and after a field stands: those of edits, and the columns that syncs change. */
export const keysOfField: Record<HistoryField, readonly string[]> = {
  owner: ['owner_hints', 'ownerKey'],
  description: ['description'],
  environment: ['environment'],
  tags: ['tags'],
  criticality: ['criticality'],
  exclusions: ['exclusions'],
  name: ['name'],
  kind: ['kind'],
  state: ['status', 'gone'],
  use: ['last_used_at', 'never_used'],
  created: ['issued_at'],
  attributes: ['attributes'],
}

/** The fields that a change touches, in their order. */
export function fieldsOf(change: { before: unknown; after: unknown }): HistoryField[] {
  const keys = new Set([change.before, change.after].flatMap((side) => (isObject(side) ? Object.keys(side) : [])))
  return historyFields.filter((field) => keysOfField[field].some((key) => keys.has(key)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const HistoryQuery = z.strictObject({
  /** Only changes of one of these. */
  field: listOf(z.enum(historyFields)).optional(),
  cursor: z.string().max(300).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).optional(),
})
export type HistoryQuery = z.output<typeof HistoryQuery>

/** The address of the tab: which fields. */
export const historyParsers = parsersFor({ field: listOf(z.enum(historyFields)).optional() })

export const HistoryEntry = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  before: z.json(),
  after: z.json(),
  /** Set when somebody did it here: the event of the audit trail. */
  event: z
    .object({
      seq: z.int(),
      action: z.string(),
      actor: z.object({ kind: z.enum(['user', 'api_key', 'job']), label: z.string() }),
      reason: z.string().nullable(),
      decisionId: z.string().nullable(),
    })
    .nullable(),
  /** Set when a sync brought it, as far as its import is still known. */
  sync: z.object({ runId: z.uuid().nullable(), by: z.string().nullable(), files: z.array(z.string()) }).nullable(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>

export const HistoryPage = z.object({
  /** Latest first; at the same instant what people did before what syncs brought. */
  items: z.array(HistoryEntry),
  nextCursor: z.string().nullable(),
  firstSeenAt: z.iso.datetime(),
})
export type HistoryPage = z.infer<typeof HistoryPage>

/** Where an entry stands: its instant in ms, then 0 = a person's or 1 = a sync's, then the event's number or the change's id. */
export type HistoryPosition = [atMs: number, rank: 0 | 1, key: string]

/** Latest first; people before syncs; later events and changes first. */
export function compareHistory(a: HistoryPosition, b: HistoryPosition): number {
  return (
    b[0] - a[0] || a[1] - b[1] || (a[1] === 0 ? Number(b[2]) - Number(a[2]) : a[2] < b[2] ? 1 : a[2] > b[2] ? -1 : 0)
  )
}

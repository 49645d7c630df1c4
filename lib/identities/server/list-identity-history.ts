import { z } from 'zod'
import { listHistory } from '@/lib/audit/server/list-events'
import { listRunNames } from '@/lib/connections/server/list-run-names'
import { listBulkChanges } from '@/lib/ownership/server/list-bulk-changes'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import {
  compareHistory,
  type HistoryEntry,
  type HistoryField,
  HistoryPage,
  type HistoryPosition,
  type HistoryQuery,
  keysOfField,
} from '../history'
import { identityTarget } from '../rules'
import { withStates } from './present-identities'
import { findIdentity, findIdentityFacts, listChangeRows } from './store'

const pageLength = 50
const Position = z.tuple([z.int(), z.union([z.literal(0), z.literal(1)]), z.string()])

interface Found {
  position: HistoryPosition
  entry: HistoryEntry
}

/**
 * Every change of an identity, latest first: what people did (audit events) and what syncs brought, merged by time. Whoever
 * may see the identity may see its history.
 * @throws AppError `not_found` for an id of another organization, `forbidden`, `invalid_input` for a bad cursor
 */
export async function listIdentityHistory(
  ctx: Context,
  { id, field, cursor, limit = pageLength }: HistoryQuery & { id: string },
): Promise<HistoryPage> {
  const row = await findIdentity(ctx, id)
  const permit = await ctx.authorize('read', identityTarget(withStates(row)))
  const list = `history:${id}:${(field ?? []).toSorted().join(',')}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, Position)
  const [{ firstSeenAt }, events, changes] = await Promise.all([
    findIdentityFacts(ctx, id),
    findEvents(ctx, permit, id, field, after, limit + 1),
    findChanges(ctx, id, field, after, limit + 1),
  ])
  const found = [...events, ...changes].toSorted((a, b) => compareHistory(a.position, b.position))
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return HistoryPage.parse({
    items: shown.map(({ entry }) => entry),
    nextCursor: found.length > limit && last ? encodeCursor(list, last.position) : null,
    firstSeenAt: firstSeenAt.toISOString(),
  })
}

async function findEvents(
  ctx: Context,
  permit: Permit,
  identityId: string,
  fields: readonly HistoryField[] | undefined,
  after: HistoryPosition | null,
  limit: number,
): Promise<Found[]> {
  const events = await listHistory(ctx, permit, {
    // A sync's change at the same instant stands after all events of it.
    before: after && { at: new Date(after[0]), seq: after[1] === 0 ? Number(after[2]) : 0 },
    about: fields && { keys: keysOf(fields), actions: fields.includes('owner') ? ['identity.owner', 'ownership'] : [] },
    among: fields && !fields.includes('owner') ? [] : await listBulkChanges(ctx, identityId),
    limit,
  })
  return events.map(({ seq, id, occurredAt, actor, action, reason, decisionId, target, before, after: becomes }) => ({
    position: [Date.parse(occurredAt), 0, String(seq)],
    entry: {
      id,
      at: occurredAt,
      before,
      // An event of many things names some of the others, which the reader may not be allowed to see.
      after: target.id === identityId ? becomes : ofEach(becomes),
      event: { seq, action, actor: { kind: actor.kind, label: actor.label }, reason, decisionId },
      sync: null,
    },
  }))
}

async function findChanges(
  ctx: Context,
  identityId: string,
  fields: readonly HistoryField[] | undefined,
  after: HistoryPosition | null,
  limit: number,
): Promise<Found[]> {
  const rows = await listChangeRows(ctx, identityId, {
    before: after && { at: new Date(after[0]), id: after[1] === 1 ? after[2] : null },
    keys: fields ? keysOf(fields) : null,
    limit,
  })
  const runs = await listRunNames(ctx, [...new Set(rows.flatMap(({ runId }) => runId ?? []))])
  return rows.map(({ id, at, runId, before, after: becomes }) => ({
    position: [at.getTime(), 1, id],
    entry: {
      id,
      at: at.toISOString(),
      before,
      after: becomes,
      event: null,
      sync: { runId, ...(runs.get(runId ?? '') ?? { by: null, files: [] }) },
    },
  }))
}

function keysOf(fields: readonly HistoryField[]): string[] {
  return fields.flatMap((field) => keysOfField[field])
}

/** What a bulk change says of each thing that it changed. */
const OfEach = z
  .object({
    ownerKey: z.string(),
    label: z.string(),
    duty: z.string(),
    validUntil: z.iso.datetime().nullable(),
    change: z.string(),
  })
  .partial()

function ofEach(after: unknown) {
  const { data } = OfEach.safeParse(after)
  return data ?? null
}

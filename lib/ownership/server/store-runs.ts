import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { type OwnerChangeState, undoMinutes } from '../rules'
import type { OwnerChangeKind } from '../schema'
import { runSql } from './store'

/** What a run was asked for: the order, with the owner's name then. */
export interface RunOrder {
  ownerKey?: string | undefined
  duty?: string | undefined
  validUntil?: string | undefined
  reason?: string | undefined
  label?: string | null | undefined
}

export interface RunRow {
  id: string
  actorKey: string
  actorLabel: string
  change: OwnerChangeKind | 'restore'
  status: OwnerChangeState
  isCancelling: boolean
  stoppedBy: string | null
  order: RunOrder
  selectionId: string | null
  undoes: string | null
  total: number
  done: number
  changed: number
  already: number
  refused: Record<string, number>
  at: Date
  startedAt: Date | null
  updatedAt: Date
  finishedAt: Date | null
  error: string | null
  undoUntil: Date
  undoneAt: Date | null
}

const columns = Prisma.sql`id, actor_key AS "actorKey", coalesce(actor_label, '') AS "actorLabel", change, status,
  cancel_asked_at IS NOT NULL AS "isCancelling", stopped_by AS "stoppedBy", coalesce(input, '{}') AS "order", selection_id AS "selectionId", undoes,
  total, done, changed, already, refused, at, started_at AS "startedAt", updated_at AS "updatedAt",
  finished_at AS "finishedAt", error, undo_until AS "undoUntil", undone_at AS "undoneAt"`

export async function findRun(ctx: Context, id: string): Promise<RunRow | undefined> {
  const [row] = await ctx.sql<RunRow>(Prisma.sql`SELECT ${columns} FROM bulk_change
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${id}::uuid AND total IS NOT NULL`)
  return row
}

/** What others began is told of for so long after its end. */
const othersMinutes = 2

/**
 * The runs that are under way, and those that ended: one's own within the time of an undo, those of others a moment ago. One's
 * own first, then the latest, at most 20.
 * @param readable, cancellable predicates on the row `l` of `bulk_change`
 */
export function findRecentRuns(
  ctx: Context,
  { actorKey, readable, cancellable }: { actorKey: string; readable: Prisma.Sql; cancellable: Prisma.Sql },
): Promise<(RunRow & { mayCancel: boolean })[]> {
  const ended = (minutes: number) => Prisma.sql`finished_at > now() - make_interval(mins => ${minutes}::int)`
  return ctx.sql(Prisma.sql`SELECT ${columns}, (${cancellable}) AS "mayCancel" FROM bulk_change l
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND total IS NOT NULL AND (${readable})
      AND (finished_at IS NULL OR ${ended(undoMinutes)})
      AND (actor_key = ${actorKey} OR finished_at IS NULL OR ${ended(othersMinutes)})
    ORDER BY actor_key = ${actorKey} DESC, at DESC LIMIT 20`)
}

/** Queues a run. Answers its id. */
export async function insertRun(
  tx: Tx,
  run: { orgId: string; actorKey: string; actorLabel: string; change: RunRow['change']; order: RunOrder } & {
    selectionId?: string | null
    undoes?: string
    total: number
  },
): Promise<string> {
  const { orgId, actorKey, actorLabel, change, order, selectionId = null, undoes = null, total } = run
  const [made] = await sqlOf(tx)(
    `INSERT INTO bulk_change (org_id, actor_key, actor_label, change, changed, status, total, input, selection_id, undoes, undo_until)
     VALUES ($1::uuid, $2, $3, $4, 0, 'queued', $5::int, $6::jsonb, $7::uuid, $8::uuid, now() + make_interval(mins => $9::int))
     RETURNING id::text AS id`,
    [orgId, actorKey, actorLabel, change, total, JSON.stringify(order), selectionId, undoes, undoMinutes],
  )
  if (!made) throw new Error('the run was not kept')
  return String(made.id)
}

interface RunKey {
  orgId: string
  id: string
}

/** Asks a run to stop; one that nobody has begun has ended with that. False when it is not under way, or was asked before. */
export async function askCancel(tx: Tx, { orgId, id }: RunKey, by: string): Promise<boolean> {
  const rows = await sqlOf(tx)(
    `UPDATE bulk_change SET cancel_asked_at = now(), stopped_by = $3, updated_at = now(),
       finished_at = CASE WHEN status = 'queued' THEN now() END,
       status = CASE WHEN status = 'queued' THEN 'cancelled' ELSE status END
     WHERE org_id = $1::uuid AND id = $2::uuid AND status IN ('queued', 'running') AND cancel_asked_at IS NULL AND change <> 'restore'
     RETURNING 1 AS asked`,
    [orgId, id, by],
  )
  return rows.length > 0
}

/** Ends a run; from now on it can be taken back for 15 minutes. Answers its numbers, nothing when it has ended already. */
export async function endRun(
  tx: Tx,
  { orgId, id }: RunKey,
  end: { status: 'done' | 'cancelled' | 'failed'; error: string | null },
): Promise<Pick<RunRow, 'changed' | 'already' | 'refused' | 'done'> | undefined> {
  const [row] = await sqlOf(tx)(
    `UPDATE bulk_change SET status = $3, error = $4, finished_at = now(), updated_at = now(),
       undo_until = now() + make_interval(mins => $5::int)
     WHERE org_id = $1::uuid AND id = $2::uuid AND status IN ('queued', 'running')
     RETURNING changed, already, refused, done, undoes::text AS undoes`,
    [orgId, id, end.status, end.error, undoMinutes],
  )
  if (row?.undoes && end.status === 'failed') {
    // What could not be taken back as a whole may be tried again.
    await sqlOf(tx)(
      `UPDATE bulk_change SET undone_at = NULL, undo_until = now() + make_interval(mins => $3::int)
       WHERE org_id = $1::uuid AND id = $2::uuid`,
      [orgId, row.undoes, undoMinutes],
    )
  }
  return row as Pick<RunRow, 'changed' | 'already' | 'refused' | 'done'> | undefined
}

/** Puts a run that failed to take a change back into the queue again, where it stopped; answers its id if there is one. */
export async function requeueRestore(tx: Tx, orgId: string, undoes: string): Promise<string | undefined> {
  const [row] = await sqlOf(tx)(
    `UPDATE bulk_change SET status = 'queued', error = NULL, finished_at = NULL, updated_at = now()
     WHERE org_id = $1::uuid AND undoes = $2::uuid AND status = 'failed' RETURNING id::text AS id`,
    [orgId, undoes],
  )
  return row && String(row.id)
}

/**
 * Takes the run for one batch, alone among workers: how far it is. Nothing when it has ended. Whoever asks it to stop does not
 * wait for the batch.
 */
export async function holdRun(
  bulk: BulkTx,
  id: string,
): Promise<{ reached: string | null; isCancelling: boolean } | undefined> {
  await runSql(bulk, Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended('owner-change:' || ${id}::text, 0))`)
  const [row] = await runSql<{ reached: string | null; isCancelling: boolean }>(
    bulk,
    Prisma.sql`SELECT reached::text AS reached, cancel_asked_at IS NOT NULL AS "isCancelling" FROM bulk_change
      WHERE org_id = ${bulk.orgId}::uuid AND id = ${id}::uuid AND status IN ('queued', 'running')`,
  )
  return row
}

/** Adds what a batch did to the run. */
export async function recordBatch(
  bulk: BulkTx,
  id: string,
  batch: { reached: string; done: number; changed: number; already: number; refused: Record<string, number> },
): Promise<void> {
  const { reached, done, changed, already, refused } = batch
  await runSql(
    bulk,
    Prisma.sql`UPDATE bulk_change c SET status = 'running', started_at = coalesce(started_at, now()), updated_at = clock_timestamp(),
      reached = ${reached}::uuid, done = done + ${done}::int, changed = changed + ${changed}::int, already = already + ${already}::int,
      undo_until = now() + make_interval(mins => ${undoMinutes}::int),
      refused = c.refused || (SELECT coalesce(jsonb_object_agg(key, value::int + coalesce((c.refused ->> key)::int, 0)), '{}')
        FROM jsonb_each_text(${JSON.stringify(refused)}::jsonb))
      WHERE org_id = ${bulk.orgId}::uuid AND id = ${id}::uuid`,
  )
}

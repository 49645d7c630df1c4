import type { Context } from '@/lib/platform/context'
import { installationClient } from '@/lib/platform/db/client'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { StepName } from '../engine/steps'
import type { RunEvent } from '../schema'
import type { HopChange, Probe } from './verify-login'

const whole = {
  order: true,
  steps: { orderBy: { no: 'asc' as const } },
  hops: { orderBy: [{ position: 'asc' as const }, { hop: 'asc' as const }] },
  links: { orderBy: { createdAt: 'asc' as const } },
  secrets: { select: { id: true, purpose: true, generation: true, wipedAt: true, origin: true } },
} satisfies Prisma.LifecycleRunInclude
export type FoundRun = Prisma.LifecycleRunGetPayload<{ include: typeof whole }>
export type RunRow = Prisma.LifecycleRunGetPayload<{ include: { order: true; links: true } }>

interface Key {
  orgId: string
  id: string
}

/** One run with its steps and hops. @throws AppError `not_found` */
export async function findRun(ctx: Context, id: string): Promise<FoundRun> {
  const run = await ctx.db.lifecycleRun.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: whole,
  })
  if (!run) throw new AppError('not_found', 'There is no such run in this organization.')
  return run
}

/** A page of runs, newest first. */
export function findRuns(
  ctx: Context,
  where: Prisma.LifecycleRunWhereInput,
  take: number,
  before?: string,
): Promise<RunRow[]> {
  return ctx.db.lifecycleRun.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId, ...(before ? { id: { lt: before } } : {}) }] },
    include: { order: true, links: true },
    orderBy: { id: 'desc' },
    take,
  })
}

/** Open runs on the same account, this one left out. */
export function findOpenRuns(
  ctx: Context,
  { id, sourceId, identityRef }: { id: string; sourceId: string; identityRef: string },
) {
  return ctx.db.lifecycleRun.findMany({
    where: {
      ...{ orgId: ctx.tenant.orgId, sourceId, endedAt: null, id: { not: id } },
      OR: [{ identityRef }, { twinRef: identityRef }],
    },
    select: { id: true, kind: true },
  })
}

export function findProbes(ctx: Context, runId: string, take: number) {
  return ctx.db.lifecycleProbe.findMany({
    where: { orgId: ctx.tenant.orgId, runId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take,
  })
}

/** The lines behind a number, in their order. */
export function findEvents(ctx: Context, runId: string, after: number, take: number) {
  return ctx.db.lifecycleEvent.findMany({
    where: { orgId: ctx.tenant.orgId, runId, no: { gt: after } },
    orderBy: { no: 'asc' },
    take,
  })
}

/** Whether a run has ended and how far its lines go. */
export function findRunEnd(ctx: Context, id: string) {
  return ctx.db.lifecycleRun.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: { endedAt: true, eventCount: true },
  })
}

// What a turn of a worker writes

export interface NewEvent {
  what: RunEvent['what']
  says: string
  step?: string | null
  attempt?: number | null
  data?: Record<string, unknown>
}

export type RunChange = Prisma.LifecycleRunUncheckedUpdateManyInput

/** Somebody said something between a worker's look and its decision: it has to look again. */
export class MovedOn extends Error {}

/**
 * Changes a run and adds lines to its history, numbered without a gap: the row is locked from here to the end of the transaction.
 * @param hold of a worker: only while it still has the run, and, with `seen`, only when nobody wrote a line since it looked
 * @throws MovedOn when somebody did; AppError `conflict` when another worker has it by now, or when it has ended
 */
export async function writeRun(
  tx: Tx,
  { orgId, id }: Key,
  hold: { lease: string; seen?: number } | null,
  change: RunChange,
  events: readonly NewEvent[],
): Promise<void> {
  const { count } = await tx.lifecycleRun.updateMany({
    where: {
      ...{ orgId, id, endedAt: null },
      ...(hold === null ? {} : { lease: hold.lease }),
      ...(hold?.seen === undefined ? {} : { eventCount: hold.seen }),
    },
    data: { ...change, updatedAt: new Date(), eventCount: { increment: events.length } },
  })
  if (count === 0 && hold?.seen !== undefined) throw new MovedOn()
  if (count === 0) throw new AppError('conflict', 'This run has moved on in the meantime.')
  if (events.length === 0) return
  const row = await tx.lifecycleRun.findUniqueOrThrow({
    where: { orgId_id: { orgId, id } },
    select: { eventCount: true },
  })
  const first = row.eventCount - events.length + 1
  await tx.lifecycleEvent.createMany({
    data: events.map(({ what, says, step = null, attempt = null, data = {} }, index) => ({
      ...{ orgId, runId: id, no: first + index, what, says, step, attempt },
      data: data as Prisma.InputJsonObject,
    })),
  })
}

export async function insertStep(tx: Tx, step: Prisma.LifecycleStepUncheckedCreateInput): Promise<void> {
  await tx.lifecycleStep.create({ data: step, select: { no: true } })
}

/** Writes what came of a step; once, whoever comes later finds it done. */
export async function endStep(
  tx: Tx,
  { orgId, runId, step, attempt }: { orgId: string; runId: string; step: string; attempt: number },
  data: Prisma.LifecycleStepUncheckedUpdateManyInput,
): Promise<void> {
  const { count } = await tx.lifecycleStep.updateMany({
    where: { orgId, runId, step, attempt, state: 'intended' },
    data,
  })
  if (count === 0) throw new AppError('conflict', 'This step was ended by another worker in the meantime.')
}

/** When a hop was told of, acknowledged and proved is said once; its state is what was seen last. */
export async function writeHop(
  tx: Tx,
  key: { orgId: string; runId: string },
  change: HopChange,
  now: Date,
): Promise<void> {
  const { hop, title, state, says, evidence = null, residualSeconds } = change
  const isProof = ['refused', 'source_says_off', 'already_absent', 'dormant'].includes(state)
  const isAcked = isProof || state === 'acknowledged'
  const where = { orgId_runId_hop: { ...key, hop } }
  const known = await tx.lifecycleHop.findUnique({ where })
  const residualUntil =
    typeof residualSeconds === 'number' && residualSeconds > 0
      ? new Date(now.getTime() + residualSeconds * 1000)
      : (known?.residualUntil ?? null)
  const data = {
    ...{ state, says, evidence, residualUntil },
    sentAt: known?.sentAt ?? now,
    ackedAt: known?.ackedAt ?? (isAcked ? now : null),
    // A hop that works again was not proved.
    provedAt: isProof
      ? (known?.provedAt ?? now)
      : state === 'acknowledged' || state === 'not_testable'
        ? (known?.provedAt ?? null)
        : null,
  }
  const position = hopOrder.findIndex((each) => hop.startsWith(each))
  await tx.lifecycleHop.upsert({ where, create: { ...key, hop, title, position, ...data }, update: data })
}

/** From where access comes to where it is kept; others come first. */
const hopOrder = ['source', 'sessions', 'grants', 'copy']

export async function insertProbes(
  tx: Tx,
  key: { orgId: string; runId: string },
  probes: readonly Probe[],
): Promise<void> {
  if (probes.length === 0) return
  await tx.lifecycleProbe.createMany({
    data: probes.map(({ at, ...probe }) => ({ ...key, ...probe, at: new Date(at) })),
  })
}

// Leases

/** Seconds without a sign of life after which another worker may go on. */
export const leaseSeconds = 9
/** Planned runs that work at a time: on one connection, and for one organization. */
const atOncePerConnection = 3
const atOncePerOrganization = 6

/**
 * Gives a run to one worker. Of planned runs only a few work at a time on one connection and for one organization; an emergency
 * waits for none.
 * @returns the database's clock, by which all workers go; null when another worker has the run, it has ended, its order waits for
 *   somebody, or the connection has enough to do
 */
export async function takeLease(
  bulk: BulkTx,
  run: { id: string; liveId: string; isEmergency: boolean },
  lease: string,
): Promise<Date | null> {
  const sql = sqlOf(bulk)
  if (!run.isEmergency) {
    await sql(`SELECT pg_advisory_xact_lock(hashtextextended('lifecycle:' || $1, 0))`, [bulk.orgId])
    const [row] = await sql(
      `SELECT count(*)::int AS own, count(*) FILTER (WHERE live_connection_id = $2::uuid)::int AS here FROM lifecycle_run
       WHERE org_id = $1::uuid AND lease IS NOT NULL AND lease_until > now() AND NOT is_emergency AND id <> $3::uuid`,
      [bulk.orgId, run.liveId, run.id],
    )
    if (Number(row?.here) >= atOncePerConnection || Number(row?.own) >= atOncePerOrganization) {
      // Not all of them come back at the same moment.
      await sql(
        `UPDATE lifecycle_run SET wake_at = now() + make_interval(secs => 1 + 4 * random())
         WHERE org_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL AND lease IS NULL`,
        [bulk.orgId, run.id],
      )
      return null
    }
  }
  const got = await sql(
    `UPDATE lifecycle_run SET lease = $3::uuid, lease_until = now() + make_interval(secs => $4), wake_at = now(), state = 'running'
     WHERE org_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL AND (lease_until IS NULL OR lease_until < now())
       AND EXISTS (SELECT FROM lifecycle_order o WHERE o.org_id = $1::uuid AND o.id = order_id AND o.state = 'released'
         AND (lifecycle_run.wave <= o.wave OR is_cancel_asked OR is_overruled))
     RETURNING clock_timestamp() AS now`,
    [bulk.orgId, run.id, lease, leaseSeconds],
  )
  return (got[0]?.now as Date | undefined) ?? null
}

/** False when another worker has it by now. */
export async function renewLease(bulk: BulkTx, id: string, lease: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE lifecycle_run SET lease_until = now() + make_interval(secs => $4)
     WHERE org_id = $1::uuid AND id = $2::uuid AND lease = $3::uuid AND ended_at IS NULL RETURNING id`,
    [bulk.orgId, id, lease, leaseSeconds],
  )
  return rows.length > 0
}

/** Lets go of a run that waits. False when somebody wrote a line meanwhile: it has to be looked at again. */
export async function letGo(
  bulk: BulkTx,
  run: { id: string; eventCount: number },
  wait: { lease: string; wakeAt: Date | null; problem: string | null; isHandedOn: boolean },
): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE lifecycle_run SET lease = NULL, lease_until = NULL, wake_at = $5::timestamptz,
       state = CASE WHEN $6::boolean THEN state ELSE 'waiting' END, problem = coalesce($7::text, problem)
     WHERE org_id = $1::uuid AND id = $2::uuid AND lease = $3::uuid AND (event_count = $4::int OR $6::boolean) RETURNING id`,
    [bulk.orgId, run.id, wait.lease, run.eventCount, wait.wakeAt, wait.isHandedOn, wait.problem],
  )
  return rows.length > 0
}

/** Which runs nobody has and whose time has come, over all organizations. */
export async function findDueRuns(): Promise<{ orgId: string; id: string; isEmergency: boolean }[]> {
  const rows = await installationClient().$queryRaw<
    { org_id: string; id: string; is_emergency: boolean }[]
  >`SELECT org_id, id, is_emergency FROM resolve_due_runs()`
  return rows.map(({ org_id: orgId, id, is_emergency: isEmergency }) => ({ orgId, id, isEmergency }))
}

/** Puts a due run's next look off for a while, for whoever queues it now. False when somebody else did, or has it. */
export async function touchRun(bulk: BulkTx, id: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE lifecycle_run SET wake_at = now() + interval '10 seconds'
     WHERE org_id = $1::uuid AND id = $2::uuid AND ended_at IS NULL AND wake_at <= now() AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    [bulk.orgId, id],
  )
  return rows.length > 0
}

/** The step that each of these runs is at. */
export async function findLastSteps(ctx: Context, runIds: readonly string[]): Promise<Map<string, StepName>> {
  const rows = await ctx.db.lifecycleStep.findMany({
    where: { orgId: ctx.tenant.orgId, runId: { in: [...runIds] } },
    orderBy: [{ runId: 'asc' }, { no: 'desc' }],
    distinct: ['runId'],
    select: { runId: true, step: true },
  })
  return new Map(rows.map(({ runId, step }) => [runId, step as StepName]))
}

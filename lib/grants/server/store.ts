import type { Context } from '@/lib/platform/context'
import { installationClient } from '@/lib/platform/db/client'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

const whole = {
  rights: { orderBy: { no: 'asc' as const } },
  approvals: { orderBy: { at: 'asc' as const } },
  replacements: { orderBy: { no: 'asc' as const } },
} satisfies Prisma.AccessGrantInclude
export type FoundGrant = Prisma.AccessGrantGetPayload<{ include: typeof whole }>

/** @throws AppError `not_found` */
export async function findGrant(ctx: Context, id: string): Promise<FoundGrant> {
  const grant = await ctx.db.accessGrant.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: whole,
  })
  if (!grant) throw new AppError('not_found', 'There is no such grant in this organization.')
  return grant
}

export function findGrants(ctx: Context, where: Prisma.AccessGrantWhereInput, take: number): Promise<FoundGrant[]> {
  return ctx.db.accessGrant.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId }] },
    include: whole,
    orderBy: { id: 'desc' },
    take,
  })
}

export const countGrants = (ctx: Context, where: Prisma.AccessGrantWhereInput): Promise<number> =>
  ctx.db.accessGrant.count({ where: { AND: [where, { orgId: ctx.tenant.orgId }] } })

export function findEvents(ctx: Context, grantId: string) {
  return ctx.db.grantEvent.findMany({ where: { orgId: ctx.tenant.orgId, grantId }, orderBy: { no: 'asc' }, take: 500 })
}

/** What somebody asked for before this grant. */
export async function findRequesterHistory(
  ctx: Context,
  { id, requesterId, subjectId }: Pick<FoundGrant, 'id' | 'requesterId' | 'subjectId'>,
) {
  const [row] = await ctx.sql<{ asked: number; denied: number; overran: number; same: number; lastAt: Date | null }>(
    Prisma.sql`SELECT count(*)::int AS asked, (count(*) FILTER (WHERE state = 'denied'))::int AS denied,
      (count(*) FILTER (WHERE overrun_seconds > 0))::int AS overran,
      (count(*) FILTER (WHERE subject_id = ${subjectId}::uuid))::int AS same, max(requested_at) AS "lastAt"
    FROM access_grant WHERE org_id = ${ctx.tenant.orgId}::uuid AND requester_id = ${requesterId}::uuid AND id < ${id}::uuid`,
  )
  return row ?? { asked: 0, denied: 0, overran: 0, same: 0, lastAt: null }
}

/** How long earlier grants of one of these rights really lasted, newest first. */
export async function findUsedSeconds(ctx: Context, nodeIds: readonly string[]): Promise<number[]> {
  const rows = await ctx.sql<{ used: number }>(Prisma.sql`
    SELECT ceil(extract(epoch FROM coalesce(g.end_asked_at, g.ends_at) - g.started_at))::int AS used
    FROM access_grant g WHERE g.org_id = ${ctx.tenant.orgId}::uuid AND g.state = 'ended' AND g.started_at IS NOT NULL
      AND EXISTS (SELECT FROM grant_right r WHERE r.org_id = g.org_id AND r.grant_id = g.id AND r.node_id = ANY (${[...nodeIds]}::uuid[]))
    ORDER BY g.id DESC LIMIT 100`)
  return rows.map(({ used }) => used)
}

/** The database's clock, by which all workers go. */
export async function readClock(ctx: Context): Promise<Date> {
  const [row] = await ctx.sql<{ now: Date }>(Prisma.sql`SELECT clock_timestamp() AS now`)
  return row?.now ?? new Date()
}

// Writes

export interface NewEvent {
  what: string
  says: string
  by?: string | null
}

export async function insertGrant(
  tx: Tx,
  grant: Prisma.AccessGrantUncheckedCreateInput,
  rights: readonly Omit<Prisma.GrantRightCreateManyInput, 'orgId' | 'grantId' | 'no'>[],
  event: NewEvent,
): Promise<void> {
  const { orgId, id: grantId = '' } = grant
  await tx.accessGrant.create({ data: { ...grant, eventCount: 1 }, select: { id: true } })
  await tx.grantRight.createMany({ data: rights.map((right, at) => ({ ...right, orgId, grantId, no: at + 1 })) })
  await tx.grantEvent.create({ data: { orgId, grantId, no: 1, ...event }, select: { no: true } })
}

type Key = Pick<FoundGrant, 'orgId' | 'id'>

/**
 * Moves a grant on if it is in one of these states, with a line of its history, numbered without a gap: the row is locked from here.
 * @param from of a worker with its `lease`: only while it still has the grant; with `seen`: only when no line was added since
 * @throws AppError `conflict` when it is in another state by now
 */
export async function writeGrant(
  tx: Tx,
  { orgId, id }: Key,
  from: { states: readonly string[]; lease?: string; seen?: number },
  change: Prisma.AccessGrantUncheckedUpdateManyInput,
  events: readonly NewEvent[],
): Promise<void> {
  const { count } = await tx.accessGrant.updateMany({
    where: {
      ...{ orgId, id },
      state: { in: [...from.states] },
      ...(from.lease ? { lease: from.lease } : {}),
      ...(from.seen === undefined ? {} : { eventCount: from.seen }),
    },
    data: { ...change, eventCount: { increment: events.length } },
  })
  if (count === 0) throw new AppError('conflict', 'This grant has moved on in the meantime. Look at it again.')
  if (events.length === 0) return
  const row = await tx.accessGrant.findUniqueOrThrow({
    where: { orgId_id: { orgId, id } },
    select: { eventCount: true },
  })
  await insertEvents(tx, { orgId, id }, row.eventCount, events)
}

/** Adds lines to a grant's history without moving it on. */
export async function writeEvents(tx: Tx, { orgId, id }: Key, events: readonly NewEvent[]): Promise<void> {
  const { eventCount } = await tx.accessGrant.update({
    where: { orgId_id: { orgId, id } },
    data: { eventCount: { increment: events.length } },
    select: { eventCount: true },
  })
  await insertEvents(tx, { orgId, id }, eventCount, events)
}

function insertEvents(tx: Tx, { orgId, id }: Key, last: number, events: readonly NewEvent[]) {
  const first = last - events.length + 1
  return tx.grantEvent.createMany({
    data: events.map(({ what, says, by = null }, at) => ({ orgId, grantId: id, no: first + at, what, says, by })),
  })
}

/** Counts one use down, with its line; undefined when none is left, or the grant is over. */
export async function takeUseOf(
  tx: Tx,
  { orgId, id }: Key,
  { what, by }: { what: string; by: string },
): Promise<number | undefined> {
  const [row] = await sqlOf(tx)(
    `UPDATE access_grant SET uses_left = uses_left - 1, event_count = event_count + 1,
       state = CASE WHEN uses_left = 1 THEN 'ending' ELSE state END, end_reason = CASE WHEN uses_left = 1 THEN 'used' ELSE end_reason END,
       end_asked_at = CASE WHEN uses_left = 1 THEN clock_timestamp() ELSE end_asked_at END, wake_at = CASE WHEN uses_left = 1 THEN now() ELSE wake_at END
     WHERE org_id = $1::uuid AND id = $2::uuid AND state = 'active' AND uses_left > 0 AND ends_at > clock_timestamp()
     RETURNING uses_left AS left, event_count AS no`,
    [orgId, id],
  )
  if (!row) return undefined
  const left = Number(row.left)
  const says = `Used: ${what}. ${left === 0 ? 'That was the last time that was agreed to.' : `${left} more ${left === 1 ? 'time' : 'times'}.`}`
  await tx.grantEvent.create({
    data: { orgId, grantId: id, no: Number(row.no), what: 'used', says, by },
    select: { no: true },
  })
  return left
}

export async function insertApproval(tx: Tx, data: Prisma.GrantApprovalUncheckedCreateInput): Promise<void> {
  await tx.grantApproval.create({ data, select: { at: true } }).catch((error: unknown) => {
    if ((error as { code?: unknown } | null)?.code === 'P2002')
      throw new AppError('conflict', 'You have given your word on this grant already.', { cause: error })
    throw error
  })
}

export function findRights(ctx: Context, grantId: string): Promise<FoundGrant['rights']> {
  return ctx.db.grantRight.findMany({ where: { orgId: ctx.tenant.orgId, grantId }, orderBy: { no: 'asc' } })
}

export function writeRight(
  tx: Tx,
  key: Key & { no: number },
  change: Prisma.GrantRightUncheckedUpdateManyInput,
): Promise<unknown> {
  const { orgId, id: grantId, no } = key
  return tx.grantRight.updateMany({ where: { orgId, grantId, no }, data: change })
}

/** Where what an account signs in with is kept until its end was tried. */
export const secretPlace = (orgId: string, row: string) => ({ orgId, table: 'access_grant', column: 'sealed', row })

// Leases

/** Seconds without a sign of life after which another worker may go on. */
const leaseSeconds = 9

export async function takeLease(bulk: BulkTx, id: string, lease: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE access_grant SET lease = $3::uuid, lease_until = now() + make_interval(secs => $4)
     WHERE org_id = $1::uuid AND id = $2::uuid AND wake_at IS NOT NULL AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    [bulk.orgId, id, lease, leaseSeconds],
  )
  return rows.length > 0
}

export async function renewLease(bulk: BulkTx, id: string, lease: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE access_grant SET lease_until = now() + make_interval(secs => $4) WHERE org_id = $1::uuid AND id = $2::uuid AND lease = $3::uuid RETURNING id`,
    [bulk.orgId, id, lease, leaseSeconds],
  )
  return rows.length > 0
}

/** Gives a grant back, to be looked at again at a moment; of those that have ended never. A word that came meanwhile is looked at now. */
export async function dropLease(
  bulk: BulkTx,
  grant: { id: string; eventCount: number },
  lease: string,
  wakeAt: Date | null,
): Promise<void> {
  await sqlOf(bulk)(
    `UPDATE access_grant SET lease = NULL, lease_until = NULL, wake_at = CASE WHEN event_count = $4 THEN $5::timestamptz ELSE now() END
     WHERE org_id = $1::uuid AND id = $2::uuid AND lease = $3::uuid`,
    [bulk.orgId, grant.id, lease, grant.eventCount, wakeAt],
  )
}

/** Which grants nobody has and whose time has come, over all organizations. */
export async function findDueGrants(): Promise<{ orgId: string; id: string }[]> {
  const rows = await installationClient().$queryRaw<
    { org_id: string; id: string }[]
  >`SELECT org_id, id FROM resolve_due_grants()`
  return rows.map(({ org_id: orgId, id }) => ({ orgId, id }))
}

/** Puts a due grant's next look off for a while, for whoever queues it now. False when somebody else did, or has it. */
export async function touchGrant(bulk: BulkTx, id: string): Promise<boolean> {
  const rows = await sqlOf(bulk)(
    `UPDATE access_grant SET wake_at = now() + interval '10 seconds'
     WHERE org_id = $1::uuid AND id = $2::uuid AND wake_at <= now() AND (lease_until IS NULL OR lease_until < now()) RETURNING id`,
    [bulk.orgId, id],
  )
  return rows.length > 0
}

/** Where what each grant gives is: the system of each right, and its environment or else that of the account. */
export async function findPlaces(
  ctx: Context,
  grantIds: readonly string[],
): Promise<Map<string, { sourceId: string | null; environment: string | null }[]>> {
  const rows = await ctx.sql<{ id: string; sourceId: string | null; environment: string | null }>(Prisma.sql`
    SELECT g.id, coalesce(r.source_id, s.source_id, g.source_id) AS "sourceId", coalesce(s.environment, i.environment) AS environment
    FROM access_grant g JOIN grant_right t ON t.org_id = g.org_id AND t.grant_id = g.id
      LEFT JOIN role r ON t.node_type = 'role' AND r.org_id = g.org_id AND r.id = t.node_id
      LEFT JOIN resource s ON t.node_type = 'resource' AND s.org_id = g.org_id AND s.id = t.node_id
      LEFT JOIN identity i ON g.subject_kind = 'identity' AND i.org_id = g.org_id AND i.id = g.subject_id
    WHERE g.org_id = ${ctx.tenant.orgId}::uuid AND g.id = ANY (${[...grantIds]}::uuid[])`)
  const places = new Map<string, { sourceId: string | null; environment: string | null }[]>()
  for (const { id, sourceId, environment } of rows)
    places.set(id, [...(places.get(id) ?? []), { sourceId, environment }])
  return places
}

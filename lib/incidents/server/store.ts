import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { IncidentModel as FoundIncident } from '@/lib/platform/db/generated/models'
import { AppError } from '@/lib/platform/errors'

export type { FoundIncident }

/** @throws AppError `not_found` */
export async function findIncident(ctx: Context, id: string): Promise<FoundIncident> {
  const incident = await ctx.db.incident.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!incident) throw new AppError('not_found', 'There is no such incident in this organization.')
  return incident
}

export function findIncidents(ctx: Context, where: Prisma.IncidentWhereInput, take: number): Promise<FoundIncident[]> {
  return ctx.db.incident.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId }] },
    orderBy: { id: 'desc' },
    take,
  })
}

export function findEvents(ctx: Context, incidentId: string) {
  return ctx.db.incidentEvent.findMany({
    where: { orgId: ctx.tenant.orgId, incidentId },
    orderBy: { no: 'asc' },
    take: 500,
  })
}

/** Somebody of the organization who is active. */
export async function findMember(ctx: Context, userId: string): Promise<{ id: string; name: string } | undefined> {
  const found = await ctx.db.membership.findFirst({
    where: { orgId: ctx.tenant.orgId, userId, status: 'active', user: { status: 'active' } },
    select: { user: { select: { id: true, name: true } } },
  })
  return found?.user
}

export function findSources(ctx: Context, ids?: readonly string[]) {
  return ctx.db.source.findMany({
    where: { orgId: ctx.tenant.orgId, ...(ids ? { id: { in: [...ids] } } : {}) },
    select: { id: true, name: true, system: true },
    orderBy: { name: 'asc' },
    take: 1000,
  })
}

/** The environments that any identity or resource is in. */
export async function findEnvironments(ctx: Context): Promise<string[]> {
  const { orgId } = ctx.tenant
  const rows = await ctx.sql<{ environment: string }>(Prisma.sql`
    SELECT environment FROM identity WHERE org_id = ${orgId}::uuid AND environment IS NOT NULL AND deleted_at IS NULL
    UNION SELECT environment FROM resource WHERE org_id = ${orgId}::uuid AND environment IS NOT NULL AND deleted_at IS NULL
    ORDER BY 1 LIMIT 100`)
  return rows.map(({ environment }) => environment)
}

/** The database's clock. */
export async function readClock(ctx: Context): Promise<Date> {
  const [row] = await ctx.sql<{ now: Date }>(Prisma.sql`SELECT clock_timestamp() AS now`)
  return row?.now ?? new Date()
}

export interface NewEvent {
  what: string
  says: string
  by?: string | null
}

export async function insertIncident(
  tx: Tx,
  incident: Prisma.IncidentUncheckedCreateInput & { id: string },
  { what, says, by = null }: NewEvent,
): Promise<void> {
  const { orgId, id: incidentId } = incident
  await tx.incident.create({ data: { ...incident, eventCount: 1 }, select: { id: true } })
  await tx.incidentEvent.create({ data: { orgId, incidentId, no: 1, what, says, by }, select: { no: true } })
}

/**
 * Changes an incident that is still so, with a line of its history, numbered without a gap: the row is locked from here. Answers
 * whether it was so.
 */
export async function writeIncident(
  tx: Tx,
  { orgId, id }: Pick<FoundIncident, 'orgId' | 'id'>,
  where: Prisma.IncidentWhereInput,
  change: Prisma.IncidentUncheckedUpdateManyInput,
  { what, says, by = null }: NewEvent,
): Promise<boolean> {
  const { count } = await tx.incident.updateMany({
    where: { AND: [where, { orgId, id }] },
    data: { ...change, eventCount: { increment: 1 } },
  })
  if (count === 0) return false
  const { eventCount: no } = await tx.incident.findUniqueOrThrow({
    where: { orgId_id: { orgId, id } },
    select: { eventCount: true },
  })
  await tx.incidentEvent.create({ data: { orgId, incidentId: id, no, what, says, by }, select: { no: true } })
  return true
}

/** The same for what a person does, who saw it as it was. @throws AppError `conflict` when it is not so any more */
export async function moveIncident(
  tx: Tx,
  incident: FoundIncident,
  change: Prisma.IncidentUncheckedUpdateManyInput,
  event: NewEvent,
): Promise<void> {
  const { severity, commanderId } = incident
  if (!(await writeIncident(tx, incident, { state: 'open', severity, commanderId }, change, event)))
    throw new AppError('conflict', 'Somebody has changed this incident meanwhile. Look at it again.')
}

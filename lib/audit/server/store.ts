import type { AuditEvent, Json } from '@/lib/platform/audit/event'
import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import { Prisma, type AuditEvent as Row } from '@/lib/platform/db/generated/client'
import type { AuditFilter } from '../schema'

function toEvent(row: Row): AuditEvent {
  return {
    orgId: row.orgId,
    seq: Number(row.seq),
    id: row.id,
    occurredAt: row.occurredAt.toISOString(),
    actor: row.actor as unknown as AuditEvent['actor'],
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId, label: row.targetLabel },
    reason: row.reason,
    decisionId: row.decisionId,
    requestId: row.requestId,
    before: row.before as Json,
    after: row.after as Json,
    prevHash: row.prevHash,
    hash: row.hash,
  }
}

/** The chain in order, in pages, with the column beside it that the hash does not name. */
export async function* readChain(db: Reader, orgId: string): AsyncGenerator<{ event: AuditEvent; actorKey: string }> {
  const size = 2000
  let after = 0n
  while (true) {
    const rows = await db.auditEvent.findMany({
      where: { orgId, seq: { gt: after } },
      orderBy: { seq: 'asc' },
      take: size,
    })
    for (const row of rows) yield { event: toEvent(row), actorKey: row.actorKey }
    const last = rows.at(-1)
    if (!last || rows.length < size) return
    after = last.seq
  }
}

/** The head that the database remembers; null before the first event. */
export async function readHead(db: Reader, orgId: string): Promise<{ seq: number; hash: string } | null> {
  const head = await db.auditHead.findUnique({ where: { orgId } })
  return head && { seq: Number(head.seq), hash: head.hash }
}

function whereOf(filter: AuditFilter) {
  return {
    ...(filter.seq === undefined ? {} : { seq: BigInt(filter.seq) }),
    ...(filter.actor ? { actorKey: filter.actor } : {}),
    ...(filter.action ? { OR: [{ action: filter.action }, { action: { startsWith: `${filter.action}.` } }] } : {}),
    ...(filter.q ? { targetLabel: { contains: filter.q, mode: 'insensitive' as const } } : {}),
    ...(filter.targetKind ? { targetKind: filter.targetKind } : {}),
    ...(filter.targetId ? { targetId: filter.targetId } : {}),
    ...(filter.from || filter.to
      ? {
          occurredAt: {
            ...(filter.from ? { gte: new Date(filter.from) } : {}),
            ...(filter.to ? { lte: new Date(filter.to) } : {}),
          },
        }
      : {}),
  }
}

/** A page of events, newest first, from just before `before`. */
export async function findEvents(
  ctx: Context,
  allowed: object,
  filter: AuditFilter,
  page: { before: number | null; limit: number },
): Promise<AuditEvent[]> {
  const rows = await ctx.db.auditEvent.findMany({
    where: {
      AND: [
        allowed,
        { orgId: ctx.tenant.orgId },
        whereOf(filter),
        page.before === null ? {} : { seq: { lt: BigInt(page.before) } },
      ],
    },
    orderBy: { seq: 'desc' },
    take: page.limit,
  })
  return rows.map(toEvent)
}

export interface HistoryPart {
  /** Events of that instant count as before it only under that number. */
  before: { at: Date; seq: number } | null
  /** Only events whose before or after has one of the keys, or whose action is one of these or begins with one and a point. */
  about?: { keys: readonly string[]; actions: readonly string[] } | undefined
  /** Ids of changes of many things, this one among them: their events are of its history too. */
  among?: readonly string[]
  limit: number
}

/** The events of one target, latest first. */
export async function findHistory(
  ctx: Context,
  target: { kind: string; id: string },
  { before, about, among = [], limit }: HistoryPart,
): Promise<AuditEvent[]> {
  const { orgId } = ctx.tenant
  const isBefore = before
    ? Prisma.sql`AND (occurred_at < ${before.at} OR (occurred_at = ${before.at} AND seq < ${before.seq}))`
    : Prisma.empty
  const isAbout = about
    ? Prisma.sql`AND (before ?| ${[...about.keys]}::text[] OR after ?| ${[...about.keys]}::text[]
        OR action = ANY (${[...about.actions]}::text[]) OR action LIKE ANY (${about.actions.map((action) => `${action}.%`)}::text[]))`
    : Prisma.empty
  const found = await ctx.sql<{ seq: bigint }>(Prisma.sql`
    SELECT seq FROM audit_event
    WHERE org_id = ${orgId}::uuid AND target_kind = ${target.kind} AND target_id = ANY (${[target.id, ...among]}::text[]) ${isBefore} ${isAbout}
    ORDER BY occurred_at DESC, seq DESC LIMIT ${limit}`)
  const rows = await ctx.db.auditEvent.findMany({
    where: { orgId, seq: { in: found.map(({ seq }) => BigInt(seq)) } },
    orderBy: [{ occurredAt: 'desc' }, { seq: 'desc' }],
  })
  return rows.map(toEvent)
}

/** The commonest actors, actions and kinds of target, for the filters; at most 50 of each. */
export async function countFacets(ctx: Context, allowed: object) {
  const where = { AND: [allowed, { orgId: ctx.tenant.orgId }] }
  const [actors, actions, kinds] = await Promise.all([
    ctx.db.auditEvent.groupBy({
      by: ['actorKey', 'actor'],
      where,
      _count: true,
      orderBy: { _count: { actorKey: 'desc' } },
      take: 50,
    }),
    ctx.db.auditEvent.groupBy({
      by: ['action'],
      where,
      _count: true,
      orderBy: { _count: { action: 'desc' } },
      take: 50,
    }),
    ctx.db.auditEvent.groupBy({
      by: ['targetKind'],
      where,
      _count: true,
      orderBy: { _count: { targetKind: 'desc' } },
      take: 50,
    }),
  ])
  return { actors, actions, kinds }
}

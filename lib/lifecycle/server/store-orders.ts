import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { defaultSettings, type Settings } from '../rules'
import { mostTargets } from '../schema'
import { type FoundRun as Run, writeRun } from './store'

export type FoundRun = Run

const whole = {
  approvals: { orderBy: { at: 'asc' as const } },
  runs: { include: { order: true, links: true }, orderBy: { id: 'asc' as const }, take: 100 },
} satisfies Prisma.LifecycleOrderInclude
export type FoundOrder = Prisma.LifecycleOrderGetPayload<{ include: typeof whole }>

/** @throws AppError `not_found` */
export async function findOrder(ctx: Context, id: string): Promise<FoundOrder> {
  const order = await ctx.db.lifecycleOrder.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: { ...whole, runs: { ...whole.runs, take: mostTargets } },
  })
  if (!order) throw new AppError('not_found', 'There is no such order in this organization.')
  return order
}

export function findOrders(
  ctx: Context,
  where: Prisma.LifecycleOrderWhereInput,
  take: number,
  before?: string,
): Promise<FoundOrder[]> {
  return ctx.db.lifecycleOrder.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId, ...(before ? { id: { lt: before } } : {}) }] },
    include: whole,
    orderBy: { id: 'desc' },
    take,
  })
}

/** How many runs of an order are in each state. */
export async function countRuns(
  ctx: Context,
  orderIds: readonly string[],
): Promise<Map<string, Record<string, number>>> {
  const rows = await ctx.db.lifecycleRun.groupBy({
    by: ['orderId', 'state'],
    where: { orgId: ctx.tenant.orgId, orderId: { in: [...orderIds] } },
    _count: true,
  })
  const counts = new Map<string, Record<string, number>>()
  for (const { orderId, state, _count } of rows) counts.set(orderId, { ...counts.get(orderId), [state]: _count })
  return counts
}

export async function insertOrder(tx: Tx, order: Prisma.LifecycleOrderUncheckedCreateInput): Promise<void> {
  await tx.lifecycleOrder.create({ data: order, select: { id: true } })
}

/** @throws AppError `conflict` when a run of the kind is open for one of the accounts */
export async function insertRuns(tx: Tx, runs: Prisma.LifecycleRunCreateManyInput[]): Promise<void> {
  await tx.lifecycleRun.createMany({ data: runs }).catch((error: unknown) => {
    if ((error as { code?: unknown } | null)?.code === 'P2002')
      throw new AppError(
        'conflict',
        'Somebody began the same for one of these accounts in the meantime. Look at its runs.',
        { cause: error },
      )
    throw error
  })
}

/** Moves an order on, if it is in the state that was seen. */
export async function moveOrder(
  tx: Tx,
  key: { orgId: string; id: string },
  from: string,
  data: Prisma.LifecycleOrderUncheckedUpdateManyInput,
): Promise<boolean> {
  const { count } = await tx.lifecycleOrder.updateMany({ where: { ...key, state: from }, data })
  return count > 0
}

export async function insertApproval(tx: Tx, data: Prisma.LifecycleApprovalUncheckedCreateInput): Promise<void> {
  await tx.lifecycleApproval.create({ data, select: { at: true } }).catch((error: unknown) => {
    if ((error as { code?: unknown } | null)?.code === 'P2002')
      throw new AppError('conflict', 'You have given your word on this order already.', { cause: error })
    throw error
  })
}

/** Rotations and drills on these accounts end, because a revocation of them came: they are told, and looked at now. */
export async function overrule(
  tx: Tx,
  accounts: readonly { orgId: string; sourceId: string; identityRef: string }[],
): Promise<void> {
  const [first] = accounts
  if (!first) return
  const OR = accounts.flatMap(({ sourceId, identityRef }) => [
    { sourceId, identityRef },
    { sourceId, twinRef: identityRef },
  ])
  const where = { orgId: first.orgId, OR, kind: { in: ['rotation', 'drill'] }, endedAt: null }
  for (const { orgId, id } of await tx.lifecycleRun.findMany({ where, select: { orgId: true, id: true } }))
    await writeRun(tx, { orgId, id }, null, { isOverruled: true, wakeAt: new Date() }, [
      { what: 'person', says: 'The account is being revoked, which comes first: this run ends.' },
    ])
}

// Links

/**
 * One link at a time: one that is open stays when the step is taken again after a crash, and one that was opened meanwhile is the
 * only one that there ever is.
 */
export async function insertLink(
  tx: Tx,
  link: Prisma.RevealLinkUncheckedCreateInput,
  isAgain: boolean,
  now: Date,
): Promise<void> {
  const { orgId, runId, generation = 1 } = link
  const open = { orgId, runId, endedAt: null }
  const stands = [{ openedAt: { not: null } }, { endedAt: null, expiresAt: { gt: now } }]
  if (isAgain && (await tx.revealLink.count({ where: { orgId, runId, generation, OR: stands } })) > 0) return
  await tx.revealLink.updateMany({ where: open, data: { endedAt: now } })
  await tx.revealLink.create({ data: link, select: { id: true } })
}

/** A link to the caller's own secret. For anybody else it does not exist. @throws AppError `not_found` */
export async function findOwnLink(ctx: Context, id: string) {
  const link = await ctx.db.revealLink.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: { run: { include: { order: true, links: true } } },
  })
  if (!link || ctx.actor.kind !== 'user' || link.userId !== ctx.actor.id)
    throw new AppError('not_found', 'There is no such link.')
  return link
}

/** Opens a link, once. False when it was opened, ended or ran out. */
export async function openLink(tx: Tx, key: { orgId: string; id: string }, now: Date): Promise<boolean> {
  const { count } = await tx.revealLink.updateMany({
    where: { ...key, openedAt: null, endedAt: null, expiresAt: { gt: now } },
    data: { openedAt: now, endedAt: now },
  })
  return count > 0
}

// People and settings

/** An active member. */
export async function findPerson(ctx: Context, userId: string): Promise<{ name: string } | null> {
  const found = await ctx.db.membership.findFirst({
    where: { orgId: ctx.tenant.orgId, userId, status: 'active' },
    select: { user: { select: { name: true } } },
  })
  return found?.user ?? null
}

/** Of which system a live connection is. */
export async function findConnector(ctx: Context, id: string): Promise<string | null> {
  const row = await ctx.db.liveConnection.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: { connector: true, deletedAt: true },
  })
  return row && row.deletedAt === null ? row.connector : null
}

/** What the organization is called in addresses. */
export async function findSlug(ctx: Context): Promise<string> {
  const row = await ctx.db.organization.findUniqueOrThrow({ where: { id: ctx.tenant.orgId }, select: { slug: true } })
  return row.slug
}

export async function findSettings(ctx: Context): Promise<Settings> {
  const row = await ctx.db.lifecycleSetting.findUnique({ where: { orgId: ctx.tenant.orgId } })
  if (row === null) return defaultSettings
  const { secondPersonScore, secondPersonCount, restoreHours, linkMinutes } = row
  return { secondPersonScore, secondPersonCount, restoreHours, linkMinutes }
}

export async function writeSettings(tx: Tx, orgId: string, settings: Settings): Promise<void> {
  await tx.lifecycleSetting.upsert({
    where: { orgId },
    create: { orgId, ...settings },
    update: { ...settings, updatedAt: new Date() },
  })
}

/** What the connections are called. */
export async function findConnectionNames(ctx: Context, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await ctx.db.liveConnection.findMany({
    where: { orgId: ctx.tenant.orgId, id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** What the inventory calls these credentials. */
export async function findCredentialNames(ctx: Context, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const known = [...new Set(ids.filter((id) => id !== null))]
  if (known.length === 0) return new Map()
  const rows = await ctx.db.credential.findMany({
    where: { orgId: ctx.tenant.orgId, id: { in: known } },
    select: { id: true, name: true },
  })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** The runs of an order, as far as waves depend on them. */
export function findWaveStates(ctx: Context, orderId: string) {
  return ctx.db.lifecycleRun.findMany({
    where: { orgId: ctx.tenant.orgId, orderId },
    select: { id: true, wave: true, state: true, endedAt: true },
  })
}

/** Orders that wait for a second person and whose time is over. At most 100. */
export async function findLapsedOrders(ctx: Context, now: Date): Promise<string[]> {
  const rows = await ctx.db.lifecycleOrder.findMany({
    where: { orgId: ctx.tenant.orgId, state: 'waiting', expiresAt: { lte: now } },
    select: { id: true },
    take: 100,
  })
  return rows.map(({ id }) => id)
}

/** A run of each order that goes on though none of its begun runs does, and none has ended since `before`. At most 100. */
export function findSettledRuns(ctx: Context, before: Date) {
  return ctx.sql<{ orderId: string; liveId: string }>(Prisma.sql`
    SELECT DISTINCT ON (r.order_id) r.order_id AS "orderId", r.live_connection_id AS "liveId"
    FROM lifecycle_order o JOIN lifecycle_run r ON r.org_id = o.org_id AND r.order_id = o.id
    WHERE o.org_id = ${ctx.tenant.orgId}::uuid AND o.state = 'released' AND NOT EXISTS (
      SELECT FROM lifecycle_run b WHERE b.org_id = o.org_id AND b.order_id = o.id AND b.wave <= o.wave
        AND (b.ended_at IS NULL OR b.ended_at > ${before}))
    ORDER BY r.order_id LIMIT 100`)
}

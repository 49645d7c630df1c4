import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { TriggerEvent } from '../values'
import type { ResolvedScope } from './resolve-scope'
import type { TemplateRow } from './store'
import { run } from './store-acts'

// Recurrence

/** Templates whose time has come. */
export function findDueTemplates(ctx: Context, now: Date): Promise<TemplateRow[]> {
  return ctx.db.reviewTemplate.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null, isActive: true, nextAt: { lte: now } },
    orderBy: { nextAt: 'asc' },
    take: 50,
  })
}

/** Moves a template's time on, if it is as it was seen. No version: nobody changed what it says. */
export async function moveTemplate(
  tx: Tx,
  row: Pick<TemplateRow, 'orgId' | 'id' | 'nextAt'>,
  data: Prisma.ReviewTemplateUncheckedUpdateManyInput,
): Promise<boolean> {
  const { orgId, id, nextAt } = row
  const { count } = await tx.reviewTemplate.updateMany({ where: { orgId, id, nextAt, deletedAt: null }, data })
  return count === 1
}

/** The campaign that was made of a template since an instant by itself: a worker that died may have left it. */
export function findMadeSince(ctx: Context, templateId: string, since: Date) {
  return ctx.db.reviewCampaign.findFirst({
    where: {
      orgId: ctx.tenant.orgId,
      templateId,
      createdAt: { gte: since },
      createdById: null,
      deletedAt: null,
      trigger: { equals: Prisma.AnyNull },
    },
    orderBy: { createdAt: 'asc' },
    select: { id: true, version: true, state: true },
  })
}

// Events

/** What is looked at again each time: a row is seen when its transaction ends, and has the time of its begin. */
const overlap = Prisma.sql`interval '2 hours'`

const happened: Record<TriggerEvent, (org: string) => Prisma.Sql> = {
  owner_left: (org) => Prisma.sql`
    SELECT o.identity_id, max(o.ended_at) AS at, 'Whoever answered for it has left: ' || string_agg(DISTINCT o.label, ', ') || '.' AS says
    FROM ownership o JOIN identity i ON i.org_id = o.org_id AND i.id = o.identity_id AND i.deleted_at IS NULL, seen
    WHERE o.org_id = ${org}::uuid AND o.ended_at > seen.at - ${overlap} AND o.ended_at > seen.began AND o.ended_reason IN ('left', 'disabled', 'team_deleted') GROUP BY 1`,
  // A right that came after the account did: what an account has when it is first seen is no widening.
  scope_widened: (org) => Prisma.sql`
    SELECT e.from_id AS identity_id, max(e.first_seen_at) AS at, 'It was given ' || count(*) || ' more ' ||
      CASE WHEN count(*) = 1 THEN 'right, to ' ELSE 'rights, one of them to ' END || min(e.to_ref) || '.' AS says
    FROM entitlement e JOIN identity i ON i.org_id = e.org_id AND i.id = e.from_id AND i.deleted_at IS NULL, seen
    WHERE e.org_id = ${org}::uuid AND e.first_seen_at > seen.at - ${overlap} AND e.first_seen_at > seen.began AND e.effect = 'allow' AND e.deleted_at IS NULL
      AND i.first_seen_at < e.first_seen_at GROUP BY 1`,
  finding_opened: (org) => Prisma.sql`
    SELECT t.identity_id, max(t.reappeared_at) AS at, 'It is there again after it had been cut off.' AS says
    FROM tombstone t JOIN identity i ON i.org_id = t.org_id AND i.id = t.identity_id AND i.deleted_at IS NULL, seen
    WHERE t.org_id = ${org}::uuid AND t.reappeared_at > seen.at - ${overlap} AND t.reappeared_at > seen.began AND t.settled_at IS NULL AND t.identity_id IS NOT NULL GROUP BY 1`,
}

/** Events that any active template waits for. */
export async function findAwaited(ctx: Context): Promise<TriggerEvent[]> {
  const rows = await ctx.sql<{ event: TriggerEvent }>(Prisma.sql`
    SELECT DISTINCT unnest(events) AS event FROM review_template
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND deleted_at IS NULL AND is_active ORDER BY 1`)
  return rows.map(({ event }) => event)
}

/**
 * Notes what has happened since the last look, each once: an event about an identity that waits already, or was taken up after it
 * happened, is no other one. The first look notes nothing: what was before nobody waited for.
 */
export async function noteEvents(bulk: BulkTx, event: TriggerEvent): Promise<number> {
  const org = bulk.orgId
  const [seen] = await run<{ at: Date }>(
    bulk,
    Prisma.sql`SELECT seen_until AS at FROM review_watch WHERE org_id = ${org}::uuid AND event = ${event} FOR UPDATE`,
  )
  const rows = seen
    ? await run(
        bulk,
        Prisma.sql`INSERT INTO review_trigger (org_id, event, identity_id, says, at)
          WITH seen AS (SELECT seen_until AS at, began_at AS began FROM review_watch WHERE org_id = ${org}::uuid AND event = ${event})
          SELECT ${org}::uuid, ${event}, h.identity_id, left(h.says, 500), h.at FROM (${happened[event](org)}) h
          WHERE NOT EXISTS (SELECT FROM review_trigger t WHERE t.org_id = ${org}::uuid AND t.event = ${event} AND t.identity_id = h.identity_id AND t.at >= h.at)
          ON CONFLICT (org_id, event, identity_id) WHERE taken_at IS NULL DO NOTHING RETURNING 1`,
      )
    : []
  await run(
    bulk,
    Prisma.sql`INSERT INTO review_watch (org_id, event, seen_until, began_at) VALUES (${org}::uuid, ${event}, now(), now())
      ON CONFLICT (org_id, event) DO UPDATE SET seen_until = excluded.seen_until`,
  )
  return rows.length
}

export interface OpenTrigger {
  id: string
  identityId: string
  says: string
}

/**
 * Gives a worker the oldest events that wait together and that no other has, for a while. Those that were given to one that was killed
 * are given together again, with none beside them.
 */
export async function holdTriggers(
  bulk: BulkTx,
  event: TriggerEvent,
  { batch, most }: { batch: string; most: number },
): Promise<{ batch: string; open: OpenTrigger[] } | null> {
  const org = bulk.orgId
  const waiting = Prisma.sql`org_id = ${org}::uuid AND event = ${event} AND taken_at IS NULL`
  // One worker at a time, until this is committed.
  await run(bulk, Prisma.sql`SELECT 1 FROM review_watch WHERE org_id = ${org}::uuid AND event = ${event} FOR UPDATE`)
  await run(
    bulk,
    Prisma.sql`UPDATE review_trigger SET batch = ${batch}::uuid WHERE org_id = ${org}::uuid AND id IN (
      SELECT id FROM review_trigger WHERE ${waiting} AND batch IS NULL ORDER BY at, id LIMIT ${most}::int)`,
  )
  const rows = await run<OpenTrigger & { batch: string }>(
    bulk,
    Prisma.sql`UPDATE review_trigger SET held_until = now() + interval '10 minutes' WHERE ${waiting} AND batch = (
        SELECT batch FROM review_trigger WHERE ${waiting} AND batch IS NOT NULL AND (held_until IS NULL OR held_until < now())
        ORDER BY at, id LIMIT 1)
      RETURNING batch, id, identity_id AS "identityId", says`,
  )
  const [first] = rows
  return first ? { batch: first.batch, open: rows } : null
}

/** Templates that an event begins. */
export function findWaiting(ctx: Context, event: TriggerEvent): Promise<TemplateRow[]> {
  return ctx.db.reviewTemplate.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null, isActive: true, events: { has: event } },
    orderBy: { id: 'asc' },
  })
}

/** Those of the identities that a scope matches. */
export async function findWithin(
  ctx: Context,
  { list, matching }: ResolvedScope,
  ids: readonly string[],
): Promise<string[]> {
  const identity =
    list === 'identities'
      ? Prisma.sql`SELECT m.id FROM (${matching}) m WHERE m.id = ANY (${[...ids]}::uuid[])`
      : Prisma.sql`SELECT DISTINCT c.identity_id AS id FROM credential c WHERE c.org_id = ${ctx.tenant.orgId}::uuid
          AND c.identity_id = ANY (${[...ids]}::uuid[]) AND c.id IN (SELECT m.id FROM (${matching}) m)`
  return (await ctx.sql<{ id: string }>(identity)).map(({ id }) => id)
}

/** Those that stand in an open campaign of the template already, without an outcome. */
export async function findUnderReview(ctx: Context, templateId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT DISTINCT i.identity_id AS id FROM review_campaign c JOIN review_item i ON i.org_id = c.org_id AND i.campaign_id = c.id
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.template_id = ${templateId}::uuid AND c.state IN ('active', 'deciding_silence')
      AND c.deleted_at IS NULL AND i.identity_id = ANY (${[...ids]}::uuid[]) AND i.outcome IS NULL`)
  return new Set(rows.map(({ id }) => id))
}

/** The campaign that a worker made for these events and did not come to launch. */
export function findTriggered(ctx: Context, templateId: string, mark: string) {
  return ctx.db.reviewCampaign.findFirst({
    where: { orgId: ctx.tenant.orgId, templateId, deletedAt: null, trigger: { path: ['mark'], equals: mark } },
    select: { id: true, version: true, state: true },
  })
}

export async function takeTriggers(
  tx: Tx,
  orgId: string,
  ids: readonly string[],
  campaignId: string | null,
): Promise<void> {
  await tx.reviewTrigger.updateMany({
    where: { orgId, id: { in: [...ids] }, takenAt: null },
    data: { takenAt: new Date(), campaignId },
  })
}

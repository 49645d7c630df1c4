import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Reduction } from '../items'
import type { ItemLevel, RemedyState } from '../values'

/** A worker that was killed leaves what it had taken; another takes it up after so long. */
const leaseSeconds = 180
/** Days that somebody has for what cannot be done from here. */
const taskDays = 14

const open = Prisma.sql`('planned', 'waiting', 'running', 'failed')`
/** Campaigns whose remedies still move. */
const working = Prisma.sql`('active', 'deciding_silence', 'remediating', 'verifying')`

async function run<Row extends object>(tx: Tx | BulkTx, { text, values }: Prisma.Sql): Promise<Row[]> {
  return (await sqlOf(tx)(text, values)) as Row[]
}

export interface WorkingCampaign {
  id: string
  name: string
}

/** Campaigns with remedies that are not at their end, or whose revocations could still be taken back. */
export function findWorkingCampaigns(ctx: Context): Promise<WorkingCampaign[]> {
  return ctx.sql<WorkingCampaign>(Prisma.sql`
    SELECT c.id, c.name FROM review_campaign c
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.state IN ${working}
      AND EXISTS (SELECT FROM review_remedy r WHERE r.org_id = c.org_id AND r.campaign_id = c.id) ORDER BY c.id`)
}

/** Who does what cannot be done from here: who answers for it, else the campaign's fallback, else whoever launched it. */
const taskOwner = Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT w.owner_key, w.label FROM ownership w
    WHERE w.org_id = r.org_id AND w.identity_id = r.identity_id AND w.ended_at IS NULL AND w.state IN ('assigned', 'confirmed')
      AND (w.valid_until IS NULL OR w.valid_until > now())
    ORDER BY (w.duty = 'technical') DESC, w.asserted_at, w.id LIMIT 1
  ) own ON true
  CROSS JOIN LATERAL (SELECT
    coalesce(own.owner_key, c.rules ->> 'fallback', 'user:' || c.created_by_id) AS task_key,
    coalesce(own.label, (SELECT v.name FROM review_reviewer v WHERE v.org_id = c.org_id AND v.campaign_id = c.id AND v.key = c.rules ->> 'fallback'),
      (SELECT t.name FROM team t WHERE t.org_id = c.org_id AND 'team:' || t.id = c.rules ->> 'fallback'),
      (SELECT u.name FROM membership m JOIN user_account u ON u.id = m.user_id
        WHERE m.org_id = c.org_id AND 'user:' || m.user_id = c.rules ->> 'fallback'),
      CASE WHEN c.rules ->> 'fallback' IS NOT NULL THEN c.rules ->> 'fallback' ELSE c.created_by END) AS task_name) task`

/** What the runs have shown since, as states of the remedies. */
const followed = (org: string, campaignId: string) => Prisma.sql`
  SELECT r.item_no, n.state, n.says, CASE WHEN n.state = 'verified' THEN coalesce(l.verified_at, now()) END AS verified_at,
    task.task_key, task.task_name
  FROM review_remedy r
  JOIN review_campaign c ON c.org_id = r.org_id AND c.id = r.campaign_id
  JOIN lifecycle_run l ON l.org_id = r.org_id AND l.id = r.run_id
  JOIN lifecycle_order o ON o.org_id = l.org_id AND o.id = l.order_id
  ${taskOwner}
  CROSS JOIN LATERAL (SELECT
    CASE
      WHEN l.state = 'restored' THEN 'open'
      WHEN l.effect IN ('refused', 'source_says_off', 'absent') THEN 'verified'
      WHEN l.ended_at IS NOT NULL THEN 'open'
      WHEN o.state = 'waiting' THEN 'waiting'
      WHEN l.state = 'parked' THEN 'failed'
      ELSE 'running' END AS state,
    CASE
      WHEN l.state = 'restored' THEN 'It was switched on again at its source after it had been cut off.'
      WHEN l.effect = 'refused' THEN 'A login was tried and refused.'
      WHEN l.effect = 'source_says_off' THEN 'The source says that it is off; no login was tried.'
      WHEN l.effect = 'absent' THEN 'The source has it no more.'
      WHEN l.ended_at IS NOT NULL AND o.state = 'rejected' THEN 'The second person did not agree; nothing was done.'
      WHEN l.ended_at IS NOT NULL AND o.state = 'expired' THEN 'Nobody agreed in time; nothing was done.'
      WHEN l.ended_at IS NOT NULL AND o.state = 'withdrawn' THEN 'The order was withdrawn; nothing was done.'
      WHEN l.ended_at IS NOT NULL THEN 'Its run ended, and nothing shows that it is cut off' || coalesce(': ' || l.problem, '.')
      WHEN o.state = 'waiting' THEN 'It waits for a second person. ' || coalesce(o.options ->> 'secondPerson', '')
      WHEN l.state = 'parked' THEN coalesce(l.problem, 'Its run needs a person.')
      ELSE 'Its run is under way.' END AS says) n
  WHERE r.org_id = ${org}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.way = 'run' AND r.run_id IS NOT NULL
    AND (r.state IN ${open} OR (r.state = 'verified' AND l.state = 'restored')) AND (r.state, r.says) IS DISTINCT FROM (n.state, n.says)`

/** Tasks that need nobody any more: the source, read since, has what it is about no longer, or says that it is off. */
const provedTasks = (org: string, campaignId: string) => Prisma.sql`
  SELECT r.item_no, CASE WHEN e.deleted_at IS NOT NULL OR k.deleted_at IS NOT NULL OR i.deleted_at IS NOT NULL
      THEN 'The source, read since, has it no more.' ELSE 'The source, read since, says that it is off.' END AS says
  FROM review_remedy r
  JOIN identity i ON i.org_id = r.org_id AND i.id = r.identity_id
  LEFT JOIN credential k ON k.org_id = r.org_id AND k.id = r.credential_id
  LEFT JOIN entitlement e ON e.org_id = r.org_id AND e.id = r.entitlement_id
  WHERE r.org_id = ${org}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.way = 'task' AND r.state IN ('open', 'done') AND r.decision = 'revoke'
    AND (i.deleted_at IS NOT NULL OR k.deleted_at IS NOT NULL OR e.deleted_at IS NOT NULL
      OR (r.entitlement_id IS NULL AND (i.status = 'disabled' OR k.status = 'disabled')))`

/** Whether `followRemedies` would change anything. */
export async function hasNews(ctx: Context, campaignId: string): Promise<boolean> {
  const { orgId } = ctx.tenant
  const [row] = await ctx.sql<{ has: boolean }>(Prisma.sql`
    SELECT EXISTS (${followed(orgId, campaignId)}) OR EXISTS (${provedTasks(orgId, campaignId)}) AS has`)
  return row?.has === true
}

/** Takes over what runs and readings of the sources have shown. Answers how many came to which state. */
export async function followRemedies(bulk: BulkTx, campaignId: string): Promise<Partial<Record<RemedyState, number>>> {
  const rows = await run<{ state: RemedyState }>(
    bulk,
    Prisma.sql`UPDATE review_remedy r SET state = n.state, says = n.says, verified_at = n.verified_at, updated_at = now(),
        way = CASE WHEN n.state = 'open' THEN 'task' ELSE r.way END,
        owner_key = CASE WHEN n.state = 'open' THEN n.task_key ELSE r.owner_key END,
        owner_name = CASE WHEN n.state = 'open' THEN n.task_name ELSE r.owner_name END,
        due_at = CASE WHEN n.state = 'open' THEN now() + make_interval(days => ${taskDays}::int) ELSE r.due_at END
      FROM (${followed(bulk.orgId, campaignId)}) n
      WHERE r.org_id = ${bulk.orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = n.item_no RETURNING n.state`,
  )
  const proved = await run<{ state: RemedyState }>(
    bulk,
    Prisma.sql`UPDATE review_remedy r SET state = 'verified', says = n.says, verified_at = now(), updated_at = now()
      FROM (${provedTasks(bulk.orgId, campaignId)}) n
      WHERE r.org_id = ${bulk.orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = n.item_no RETURNING r.state`,
  )
  const counts: Partial<Record<RemedyState, number>> = {}
  for (const { state } of [...rows, ...proved]) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** What is taken up to be carried out. */
export interface DueRemedy {
  item: number
  decision: 'revoke' | 'reduce'
  level: ItemLevel
  identityId: string
  credentialId: string | null
  entitlementId: string | null
  name: string
  subject: string | null
  reduction: Reduction | null
  /** Not used since then counts as not used. */
  staleBefore: Date
  frozenAt: Date
  askerId: string | null
  askerName: string
  agreedBy: string | null
  tries: number
  /** The source has it no more. */
  isGone: boolean
  /** Rights of it are being taken away already. */
  isBegun: boolean
}

/** Takes remedies whose time has come, for as long as the lease. What another worker holds is left to it. */
export function claimRemedies(bulk: BulkTx, campaignId: string, limit: number): Promise<DueRemedy[]> {
  const org = bulk.orgId
  return run<DueRemedy>(
    bulk,
    Prisma.sql`WITH taken AS (
        SELECT item_no FROM review_remedy
        WHERE org_id = ${org}::uuid AND campaign_id = ${campaignId}::uuid AND state IN ${open} AND run_id IS NULL AND wake_at <= now()
        ORDER BY wake_at, item_no LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
      ), leased AS (
        UPDATE review_remedy r SET wake_at = now() + make_interval(secs => ${leaseSeconds}::int) FROM taken
        WHERE r.org_id = ${org}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = taken.item_no RETURNING r.*
      )
      SELECT r.item_no AS item, r.decision, c.level, r.identity_id AS "identityId", r.credential_id AS "credentialId",
        r.entitlement_id AS "entitlementId", r.name, r.subject, r.reduction, r.agreed_by AS "agreedBy", r.tries, c.frozen_at AS "frozenAt",
        c.frozen_at - make_interval(days => (c.rules ->> 'staleAfterDays')::int) AS "staleBefore",
        coalesce(a.by_id, c.created_by_id::text) AS "askerId", coalesce(a.by_name, c.launched_by, c.created_by) AS "askerName",
        (i.deleted_at IS NOT NULL OR (r.credential_id IS NOT NULL AND coalesce(k.deleted_at, CASE WHEN k.id IS NULL THEN now() END) IS NOT NULL)
          OR (r.entitlement_id IS NOT NULL AND coalesce(e.deleted_at, CASE WHEN e.id IS NULL THEN now() END) IS NOT NULL)) AS "isGone",
        EXISTS (SELECT FROM review_withdrawal w WHERE w.org_id = r.org_id AND w.campaign_id = r.campaign_id AND w.item_no = r.item_no) AS "isBegun"
      FROM leased r
      JOIN review_campaign c ON c.org_id = r.org_id AND c.id = r.campaign_id
      JOIN identity i ON i.org_id = r.org_id AND i.id = r.identity_id
      LEFT JOIN credential k ON k.org_id = r.org_id AND k.id = r.credential_id
      LEFT JOIN entitlement e ON e.org_id = r.org_id AND e.id = r.entitlement_id
      LEFT JOIN LATERAL (
        SELECT replace(s.by_id, 'user:', '') AS by_id, s.by_name FROM review_assignment s
        WHERE s.org_id = r.org_id AND s.campaign_id = r.campaign_id AND s.item_no = r.item_no AND s.state = 'signed'
          AND s.decision IN ('revoke', 'reduce')
        ORDER BY s.stage DESC, s.at DESC LIMIT 1
      ) a ON true
      ORDER BY r.item_no`,
  )
}

/** How many revocations of a campaign were asked for; while this transaction lasts nobody else asks for further ones. */
export async function countAsked(tx: Tx, orgId: string, campaignId: string): Promise<number> {
  await run(
    tx,
    Prisma.sql`SELECT id FROM review_campaign WHERE org_id = ${orgId}::uuid AND id = ${campaignId}::uuid FOR UPDATE`,
  )
  const [row] = await run<{ n: number }>(tx, askedText(orgId, campaignId))
  return row?.n ?? 0
}

const askedText = (orgId: string, campaignId: string) => Prisma.sql`
  SELECT count(*)::int AS n FROM review_remedy
  WHERE org_id = ${orgId}::uuid AND campaign_id = ${campaignId}::uuid AND order_id IS NOT NULL`

export async function findAsked(ctx: Context, campaignId: string): Promise<number> {
  const [row] = await ctx.sql<{ n: number }>(askedText(ctx.tenant.orgId, campaignId))
  return row?.n ?? 0
}

/** Binds remedies to their runs, each once. Answers how many there were to bind. */
export async function bindRuns(
  tx: Tx,
  { orgId, campaignId, orderId }: { orgId: string; campaignId: string; orderId: string },
  bound: readonly { item: number; runId: string }[],
  { isWaiting }: { isWaiting: boolean },
): Promise<number> {
  const rows = await run(
    tx,
    Prisma.sql`UPDATE review_remedy r SET order_id = ${orderId}::uuid, run_id = b.run_id, way = 'run', tries = r.tries + 1, updated_at = now(),
        state = ${isWaiting ? 'waiting' : 'running'}, says = ${isWaiting ? 'It waits for a second person.' : 'Its run is under way.'}
      FROM unnest(${bound.map(({ item }) => item)}::int[], ${bound.map(({ runId }) => runId)}::uuid[]) b(item_no, run_id)
      WHERE r.org_id = ${orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = b.item_no
        AND r.state IN ${open} AND r.run_id IS NULL RETURNING 1`,
  )
  return rows.length
}

/** What became of single remedies. `open`: somebody has to do it, with owner and date. */
export interface Settled {
  item: number
  state: Extract<RemedyState, 'verified' | 'open' | 'running' | 'failed' | 'planned'>
  says: string
  /** Looked at again after so long, where it is not at its end. */
  againSeconds?: number
  /** The same is under way by this run of somebody else's. */
  runId?: string
}

export async function settleRemedies(bulk: BulkTx, campaignId: string, settled: readonly Settled[]): Promise<void> {
  if (settled.length === 0) return
  await run(
    bulk,
    Prisma.sql`UPDATE review_remedy r SET state = n.state, says = n.says, updated_at = now(), run_id = coalesce(n.run_id, r.run_id),
        tries = r.tries + CASE WHEN n.again IS NULL THEN 0 ELSE 1 END,
        way = CASE WHEN n.state = 'open' THEN 'task' ELSE 'run' END,
        verified_at = CASE WHEN n.state = 'verified' THEN now() END,
        wake_at = CASE WHEN n.again IS NULL THEN r.wake_at ELSE now() + make_interval(secs => n.again) END,
        owner_key = CASE WHEN n.state = 'open' THEN n.task_key ELSE r.owner_key END,
        owner_name = CASE WHEN n.state = 'open' THEN n.task_name ELSE r.owner_name END,
        due_at = CASE WHEN n.state = 'open' THEN now() + make_interval(days => ${taskDays}::int) ELSE r.due_at END
      FROM (
        SELECT s.*, task.task_key, task.task_name
        FROM unnest(${settled.map(({ item }) => item)}::int[], ${settled.map(({ state }) => state)}::text[], ${settled.map(({ says }) => says)}::text[],
          ${settled.map(({ againSeconds }) => againSeconds ?? null)}::int[], ${settled.map(({ runId }) => runId ?? null)}::uuid[])
          s(item_no, state, says, again, run_id)
        JOIN review_remedy r ON r.org_id = ${bulk.orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = s.item_no
        JOIN review_campaign c ON c.org_id = r.org_id AND c.id = r.campaign_id
        ${taskOwner}
      ) n
      WHERE r.org_id = ${bulk.orgId}::uuid AND r.campaign_id = ${campaignId}::uuid AND r.item_no = n.item_no AND r.state IN ${open}`,
  )
}

/** Whether every remedy of a campaign that waits for them is at its end. */
export async function isThrough(ctx: Context, campaignId: string): Promise<boolean> {
  const [row] = await ctx.sql<{ left: number; remedies: number }>(Prisma.sql`
    SELECT count(*) FILTER (WHERE r.state NOT IN ('verified', 'done', 'excepted'))::int AS left, count(*)::int AS remedies
    FROM review_campaign c JOIN review_remedy r ON r.org_id = c.org_id AND r.campaign_id = c.id
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.id = ${campaignId}::uuid AND c.state IN ('remediating', 'verifying')`)
  return row !== undefined && row.remedies > 0 && row.left === 0
}

/** Who decided it last; null = nobody did, silence or a program. */
export async function findAsker(ctx: Context, campaignId: string, item: number): Promise<string | null> {
  const [row] = await ctx.sql<{ id: string | null }>(Prisma.sql`
    SELECT coalesce((SELECT replace(s.by_id, 'user:', '') FROM review_assignment s
        WHERE s.org_id = c.org_id AND s.campaign_id = c.id AND s.item_no = ${item}::int AND s.state = 'signed' AND s.decision IN ('revoke', 'reduce')
        ORDER BY s.stage DESC, s.at DESC LIMIT 1), c.created_by_id::text) AS id
    FROM review_campaign c WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.id = ${campaignId}::uuid`)
  return row?.id ?? null
}

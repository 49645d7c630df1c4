import { liveConnectors } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { soonUntil } from '../due-dates'
import { type DueState, mostTold, type PolicyRules } from '../policies'

/** A credential with all from which its day follows. */
export interface CoveredRow {
  credentialId: string
  credentialName: string
  type: string
  identityId: string
  identityName: string
  system: string
  environment: string | null
  owner: string | null
  since: Date
  sinceKind: 'rotated' | 'issued' | 'here' | 'seen'
  dueAt: Date
  overdueAt: Date
  liveId: string | null
  liveName: string | null
}

/** Which connectors can make a new secret of which type. */
const makers = liveConnectors.flatMap(({ id, capabilities }) =>
  Object.entries(capabilities).flatMap(([subject, can]) => (can?.includes('issue') ? [[id, subject] as const] : [])),
)

/**
 * Of each credential that a policy covers, when it is due: its age counts from the latest of what its source says and what was
 * done here. A query, for use inside another statement.
 * @param matching gives the ids (`id`) of the identities
 */
export function coveredRows(orgId: string, matching: Prisma.Sql, rules: PolicyRules, now: Date): Prisma.Sql {
  const org = Prisma.sql`${orgId}::uuid`
  const types = rules.types.length > 0 ? Prisma.sql`AND c.type = ANY (${rules.types}::text[])` : Prisma.empty
  const [connectors, subjects] = [makers.map(([id]) => id), makers.map(([, subject]) => subject)]
  return Prisma.sql`
    SELECT c.id AS credential_id, c.identity_id, s.since, s.since_kind,
      s.since + make_interval(days => ${rules.intervalDays}::int) AS due_at,
      s.since + make_interval(days => ${rules.maxAgeDays}::int) AS overdue_at,
      lc.id AS live_connection_id, e.until AS excepted_until
    FROM (${matching}) m
    JOIN credential c ON c.org_id = ${org} AND c.identity_id = m.id AND c.deleted_at IS NULL
      AND c.status NOT IN ('disabled', 'superseded', 'deleted', 'gone') AND (c.expires_at IS NULL OR c.expires_at > ${now}) ${types}
    JOIN identity i ON i.org_id = ${org} AND i.id = c.identity_id AND i.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM lifecycle_twin w WHERE w.org_id = ${org} AND w.identity_id = i.id AND NOT w.is_in_use)
    LEFT JOIN (SELECT coalesce(twin_credential_id, credential_id) AS credential_id, max(ended_at) AS at FROM lifecycle_run
      WHERE org_id = ${org} AND kind = 'rotation' AND state = 'done' AND credential_id IS NOT NULL GROUP BY 1) r
      ON r.credential_id = c.id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN r.at IS NOT NULL AND r.at >= coalesce(greatest(c.rotated_at, c.issued_at), '-infinity') THEN r.at
        ELSE coalesce(greatest(c.rotated_at, c.issued_at), c.first_seen_at) END AS since,
      CASE WHEN r.at IS NOT NULL AND r.at >= coalesce(greatest(c.rotated_at, c.issued_at), '-infinity') THEN 'here'
        WHEN c.rotated_at IS NOT NULL AND c.rotated_at >= coalesce(c.issued_at, '-infinity') THEN 'rotated'
        WHEN c.issued_at IS NOT NULL THEN 'issued' ELSE 'seen' END AS since_kind) s
    LEFT JOIN (SELECT DISTINCT ON (k.source_id, w.subject) k.source_id, w.subject, l.id FROM live_connection l
        JOIN connection k ON k.org_id = ${org} AND k.id = l.connection_id
        JOIN unnest(${connectors}::text[], ${subjects}::text[]) AS w (connector, subject) ON w.connector = l.connector
        WHERE l.org_id = ${org} AND l.deleted_at IS NULL ORDER BY k.source_id, w.subject, l.created_at, l.id) lc
      ON lc.source_id = c.source_id AND lc.subject = c.type
    LEFT JOIN LATERAL (SELECT max((x ->> 'until')::timestamptz) AS until FROM jsonb_array_elements(i.exclusions) x
      WHERE i.exclusions <> '[]' AND x ->> 'rule' = 'rotation' AND (x ->> 'until')::timestamptz > ${now}) e ON true`
}

/** Where a page of the board ended. */
export type DuePosition = readonly [at: string, id: string]

const idle = Prisma.sql`d.run_id IS NULL AND d.failed_run_id IS NULL AND d.excepted_until IS NULL`
const waits = Prisma.sql`d.run_id IS NULL AND d.failed_run_id IS NULL AND d.excepted_until IS NOT NULL`

/** Each list of the board is a range of one index. `gapDays`: the longest time for which anything is due and not yet overdue. */
function rangeOf(state: DueState | undefined, now: Date, gapDays: number): { at: Prisma.Sql; where: Prisma.Sql } {
  const dueAt = Prisma.sql`d.due_at`
  const overdueAt = Prisma.sql`d.overdue_at`
  const latest = new Date(now.getTime() + gapDays * 86_400_000)
  if (state === 'rotating') return { at: dueAt, where: Prisma.sql`d.run_id IS NOT NULL` }
  if (state === 'stopped') return { at: dueAt, where: Prisma.sql`d.run_id IS NULL AND d.failed_run_id IS NOT NULL` }
  if (state === 'excepted') return { at: dueAt, where: Prisma.sql`${waits} AND d.excepted_until > ${now}` }
  if (state === 'overdue') return { at: overdueAt, where: Prisma.sql`${idle} AND d.overdue_at <= ${now}` }
  if (state === 'due')
    return {
      at: overdueAt,
      where: Prisma.sql`${idle} AND d.overdue_at > ${now} AND d.overdue_at <= ${latest} AND d.due_at <= ${now}`,
    }
  const until = Prisma.sql`${idle} AND d.due_at <= ${soonUntil(now)}`
  return { at: dueAt, where: state === 'soon' ? Prisma.sql`${until} AND d.due_at > ${now}` : until }
}

export interface DueRow extends CoveredRow {
  policyId: string
  policyName: string
  runId: string | null
  failedRunId: string | null
  hindrance: string | null
  exceptedUntil: Date | null
  /** What the list is in the order of, as the database writes it. */
  at: string
}

const shown = (org: Prisma.Sql) => Prisma.sql`
  JOIN credential c ON c.org_id = ${org} AND c.id = d.credential_id
  JOIN identity i ON i.org_id = ${org} AND i.id = d.identity_id
  JOIN source s ON s.org_id = ${org} AND s.id = i.source_id
  LEFT JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = d.identity_id
  LEFT JOIN live_connection lc ON lc.org_id = ${org} AND lc.id = d.live_connection_id`

const shownColumns = Prisma.sql`
  d.credential_id AS "credentialId", c.name AS "credentialName", c.type, d.identity_id AS "identityId", i.name AS "identityName",
  s.system, i.environment, l.owner_label AS owner, d.since, d.since_kind AS "sinceKind", d.due_at AS "dueAt",
  d.overdue_at AS "overdueAt", d.live_connection_id AS "liveId", lc.name AS "liveName"`

/** One page of the board. The rows first, from an index alone; what they are called after that. */
export function findDueRows(
  ctx: Context,
  ask: {
    state: DueState | undefined
    policy: string | undefined
    after: DuePosition | null
    take: number
    now: Date
    gapDays: number
  },
): Promise<DueRow[]> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const { at, where } = rangeOf(ask.state, ask.now, ask.gapDays)
  const policy = ask.policy ? Prisma.sql`AND d.policy_id = ${ask.policy}::uuid` : Prisma.empty
  const after = ask.after
    ? Prisma.sql`AND (${at}, d.credential_id) > (${ask.after[0]}::timestamptz, ${ask.after[1]}::uuid)`
    : Prisma.empty
  return ctx.sql<DueRow>(Prisma.sql`
    WITH d AS MATERIALIZED (SELECT d.*, ${at} AS at FROM rotation_due d WHERE d.org_id = ${org} AND ${where} ${policy} ${after}
      ORDER BY ${at}, d.credential_id LIMIT ${ask.take})
    SELECT ${shownColumns}, d.policy_id AS "policyId", p.name AS "policyName", d.run_id AS "runId", d.failed_run_id AS "failedRunId",
      d.hindrance, d.excepted_until AS "exceptedUntil", d.at::text AS at
    FROM d ${shown(org)} JOIN rotation_policy p ON p.org_id = ${org} AND p.id = d.policy_id
    ORDER BY d.at, d.credential_id`)
}

/** How many there are of each, counted up to `mostTold`: as long as it takes to read that many entries of an index, and no longer. */
export async function countDue(
  ctx: Context,
  states: readonly DueState[],
  now: Date,
  gapDays: number,
  policy?: string,
): Promise<Partial<Record<DueState, number>>> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const only = policy ? Prisma.sql`AND d.policy_id = ${policy}::uuid` : Prisma.empty
  const counts = states.map((state) => {
    const { where } = rangeOf(state, now, gapDays)
    return Prisma.sql`SELECT ${state}::text AS state, count(*)::int AS n FROM (
      SELECT FROM rotation_due d WHERE d.org_id = ${org} AND ${where} ${only} LIMIT ${mostTold}) x`
  })
  const rows = await ctx.sql<{ state: DueState; n: number }>(Prisma.join(counts, ' UNION ALL '))
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
}

export interface CoveredCounts {
  covered: number
  overdue: number
  due: number
  soon: number
  excepted: number
  byHand: number
  ageUnknown: number
  elsewhere: number
}

/** What a policy would cover. */
export async function countCovered(
  ctx: Context,
  rows: Prisma.Sql,
  now: Date,
  own: string | null,
): Promise<{ counts: CoveredCounts; weeks: number[]; first: CoveredRow[]; nextAt: Date | null }> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const week = Prisma.sql`greatest(0, least(12, floor(extract(epoch FROM x.due_at - ${now}) / 604800)))::int`
  const [[found], weeks, first] = await Promise.all([
    ctx.sql<CoveredCounts & { nextAt: Date | null }>(Prisma.sql`
      SELECT count(*)::int AS covered,
        count(*) FILTER (WHERE excepted_until IS NULL AND overdue_at <= ${now})::int AS overdue,
        count(*) FILTER (WHERE excepted_until IS NULL AND overdue_at > ${now} AND due_at <= ${now})::int AS due,
        count(*) FILTER (WHERE excepted_until IS NULL AND due_at > ${now} AND due_at <= ${soonUntil(now)})::int AS soon,
        count(*) FILTER (WHERE excepted_until IS NOT NULL)::int AS excepted,
        count(*) FILTER (WHERE live_connection_id IS NULL)::int AS "byHand",
        count(*) FILTER (WHERE since_kind = 'seen')::int AS "ageUnknown",
        count(*) FILTER (WHERE EXISTS (SELECT FROM rotation_due o WHERE o.org_id = ${org} AND o.credential_id = x.credential_id
          AND o.policy_id IS DISTINCT FROM ${own}::uuid AND o.due_at <= x.due_at))::int AS elsewhere,
        min(due_at) FILTER (WHERE excepted_until IS NULL AND live_connection_id IS NOT NULL) AS "nextAt"
      FROM (${rows}) x`),
    ctx.sql<{ week: number; n: number }>(Prisma.sql`
      SELECT ${week} AS week, count(*)::int AS n FROM (${rows}) x
      WHERE excepted_until IS NULL AND due_at < ${new Date(now.getTime() + 13 * 7 * 86_400_000)} GROUP BY 1`),
    ctx.sql<CoveredRow>(Prisma.sql`
      WITH d AS MATERIALIZED (SELECT x.* FROM (${rows}) x WHERE excepted_until IS NULL ORDER BY due_at, credential_id LIMIT 8)
      SELECT ${shownColumns} FROM d ${shown(org)} ORDER BY d.due_at, d.credential_id`),
  ])
  if (!found) throw new Error('a count has one row')
  const byWeek = new Map(weeks.map((each) => [each.week, each.n]))
  const { nextAt, ...counts } = found
  return { counts, weeks: Array.from({ length: 13 }, (_, index) => byWeek.get(index) ?? 0), first, nextAt }
}

// What the worker keeps

/** Of which state of the inventory and of the policies the rows are: changes when they have to be worked out anew. */
export async function findDueState(ctx: Context): Promise<{ seen: string; now: string; refreshedAt: Date | null }> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const [row] = await ctx.sql<{ seen: string | null; now: string; refreshedAt: Date | null }>(Prisma.sql`
    SELECT t.seen, t.refreshed_at AS "refreshedAt", concat_ws(':',
      (SELECT coalesce(sum(n), 0) FROM graph_version WHERE org_id = ${org}),
      (SELECT max(applied_at) FROM connection WHERE org_id = ${org}),
      (SELECT md5(string_agg(concat(id, version, is_active), ',' ORDER BY id)) FROM rotation_policy
        WHERE org_id = ${org} AND deleted_at IS NULL),
      (SELECT md5(string_agg(concat(identity_id, is_in_use), ',' ORDER BY identity_id)) FROM lifecycle_twin WHERE org_id = ${org})) AS now
    FROM (SELECT) one LEFT JOIN rotation_due_state t ON t.org_id = ${org}`)
  return { seen: row?.seen ?? '', now: row?.now ?? '', refreshedAt: row?.refreshedAt ?? null }
}

const run = (bulk: BulkTx, { text, values }: Prisma.Sql) => sqlOf(bulk)(text, values)

/** Puts what each policy covers in the place of what was there, row by row and only where something differs. */
export async function writeDue(
  bulk: BulkTx,
  policies: readonly { id: string; version: number; rules: PolicyRules; matching: Prisma.Sql }[],
  now: Date,
  seen: string,
): Promise<number> {
  await sqlOf(bulk)(`SELECT pg_advisory_xact_lock(hashtextextended('rotation-due:' || $1, 0))`, [bulk.orgId])
  await sqlOf(bulk)(`CREATE TEMP TABLE due_new (LIKE rotation_due INCLUDING DEFAULTS) ON COMMIT DROP`, [])
  for (const { id, version, rules, matching } of policies)
    await run(
      bulk,
      Prisma.sql`INSERT INTO due_new (org_id, credential_id, identity_id, policy_id, policy_version, interval_days, max_age_days,
          since, since_kind, due_at, overdue_at, live_connection_id, excepted_until)
        SELECT ${bulk.orgId}::uuid, x.credential_id, x.identity_id, ${id}::uuid, ${version}::int, ${rules.intervalDays}::int,
          ${rules.maxAgeDays}::int, x.since, x.since_kind, x.due_at, x.overdue_at, x.live_connection_id, x.excepted_until
        FROM (${coveredRows(bulk.orgId, matching, rules, now)}) x`,
    )
  // Of several policies the one holds by which it is due first.
  const rows = await sqlOf(bulk)(
    `WITH merged AS (
       MERGE INTO rotation_due d USING (SELECT DISTINCT ON (credential_id) * FROM due_new ORDER BY credential_id, due_at, policy_id) n
       ON d.org_id = $1::uuid AND d.credential_id = n.credential_id
       -- A rotation ended while this was worked out: what it wrote is newer.
       WHEN MATCHED AND d.since_kind = 'here' AND d.since > n.since THEN DO NOTHING
       WHEN MATCHED AND (d.policy_id, d.policy_version, d.interval_days, d.max_age_days, d.identity_id, d.since, d.since_kind, d.live_connection_id,
           d.excepted_until) IS DISTINCT FROM (n.policy_id, n.policy_version, n.interval_days, n.max_age_days, n.identity_id, n.since,
           n.since_kind, n.live_connection_id, n.excepted_until)
         THEN UPDATE SET policy_id = n.policy_id, policy_version = n.policy_version, interval_days = n.interval_days,
           max_age_days = n.max_age_days, identity_id = n.identity_id, since = n.since, since_kind = n.since_kind, due_at = n.due_at,
           overdue_at = n.overdue_at, live_connection_id = n.live_connection_id, excepted_until = n.excepted_until,
           hindrance = NULL, hindered_at = NULL
       WHEN NOT MATCHED THEN INSERT (org_id, credential_id, identity_id, policy_id, policy_version, interval_days, max_age_days, since,
           since_kind, due_at, overdue_at, live_connection_id, excepted_until, run_id)
         VALUES ($1::uuid, n.credential_id, n.identity_id, n.policy_id, n.policy_version, n.interval_days, n.max_age_days, n.since,
           n.since_kind, n.due_at, n.overdue_at, n.live_connection_id, n.excepted_until, (SELECT r.id FROM lifecycle_run r
             WHERE r.org_id = $1::uuid AND r.ended_at IS NULL AND r.kind = 'rotation' AND r.credential_id = n.credential_id LIMIT 1))
       WHEN NOT MATCHED BY SOURCE AND d.org_id = $1::uuid THEN DELETE
       RETURNING 1)
     SELECT count(*)::int AS n FROM merged`,
    [bulk.orgId],
  )
  await sqlOf(bulk)(
    `INSERT INTO rotation_due_state (org_id, seen, refreshed_at) VALUES ($1::uuid, $2, now())
     ON CONFLICT (org_id) DO UPDATE SET seen = excluded.seen, refreshed_at = excluded.refreshed_at`,
    [bulk.orgId, seen],
  )
  return Number(rows[0]?.n ?? 0)
}

// What the scheduler takes

/** Credentials whose rotation may be begun now, the longest due first; of each account one. */
export async function findBeginnable(ctx: Context, policyId: string, now: Date, take: number) {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  return ctx.sql<{ credentialId: string; identityId: string; dueAt: Date }>(Prisma.sql`
    SELECT DISTINCT ON (x.identity_id) x.credential_id AS "credentialId", x.identity_id AS "identityId", x.due_at AS "dueAt" FROM (
      SELECT d.* FROM rotation_due d WHERE d.org_id = ${org} AND d.policy_id = ${policyId}::uuid AND ${idle} AND d.due_at <= ${now}
        AND d.live_connection_id IS NOT NULL
        AND (d.hindered_at IS NULL OR d.hindered_at < ${new Date(now.getTime() - hinderedHours * 3_600_000)})
        AND NOT EXISTS (SELECT FROM lifecycle_run r WHERE r.org_id = ${org} AND r.identity_id = d.identity_id AND r.ended_at IS NULL)
      ORDER BY d.due_at, d.credential_id LIMIT ${take}) x
    ORDER BY x.identity_id, x.due_at`)
}

/** What could not be begun is looked at again after so long. */
const hinderedHours = 6

/** How many runs of a policy are under way, and the last that did not end well. */
export async function findPolicyRuns(ctx: Context, policyId: string) {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const [row] = await ctx.sql<{ open: number; runId: string | null; name: string | null; at: Date | null }>(Prisma.sql`
    SELECT (SELECT count(*)::int FROM rotation_due WHERE org_id = ${org} AND policy_id = ${policyId}::uuid AND run_id IS NOT NULL) AS open,
      f.failed_run_id AS "runId", r.identity_name AS name, f.failed_at AS at
    FROM (SELECT) one LEFT JOIN LATERAL (SELECT failed_run_id, failed_at FROM rotation_due
      WHERE org_id = ${org} AND policy_id = ${policyId}::uuid AND failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 1) f ON true
    LEFT JOIN lifecycle_run r ON r.org_id = ${org} AND r.id = f.failed_run_id`)
  return {
    open: row?.open ?? 0,
    halted: row?.runId && row.at ? { runId: row.runId, name: row.name ?? '', at: row.at } : null,
  }
}

/** What these accounts are worth to the organization, by the words of its people. */
export async function findCriticalities(
  ctx: Context,
  identityIds: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await ctx.db.identity.findMany({
    where: { orgId: ctx.tenant.orgId, id: { in: [...identityIds] } },
    select: { id: true, criticality: true },
  })
  return new Map(rows.map(({ id, criticality }) => [id, criticality]))
}

/** Why each of these could not be begun. */
export async function writeHindrances(
  bulk: BulkTx,
  hindered: readonly { credentialId: string; says: string }[],
): Promise<void> {
  await sqlOf(bulk)(
    `UPDATE rotation_due d SET hindrance = h.says, hindered_at = now() FROM unnest($2::uuid[], $3::text[]) AS h (id, says)
     WHERE d.org_id = $1::uuid AND d.credential_id = h.id`,
    [bulk.orgId, hindered.map(({ credentialId }) => credentialId), hindered.map(({ says }) => says)],
  )
}

/**
 * Holds these lines until the transaction ends, and answers how many of them are still as they were seen: due since the same
 * moment by the same policy, and in no run.
 */
export async function holdDue(
  tx: Tx,
  policyId: string,
  seen: readonly { credentialId: string; dueAt: Date }[],
): Promise<number> {
  const rows = await sqlOf(tx)(
    `SELECT d.credential_id FROM rotation_due d
     JOIN unnest($2::uuid[], $3::timestamptz[]) AS s (id, due_at) ON s.id = d.credential_id AND s.due_at = d.due_at
     WHERE d.org_id = (SELECT current_setting('app.current_org')::uuid) AND d.policy_id = $1::uuid AND d.run_id IS NULL
       AND d.failed_run_id IS NULL AND d.excepted_until IS NULL ORDER BY d.credential_id FOR UPDATE OF d`,
    [policyId, seen.map(({ credentialId }) => credentialId), seen.map(({ dueAt }) => dueAt)],
  )
  return rows.length
}

/** Exceptions whose time is over hold nothing up any more. */
export async function clearLapsedExceptions(bulk: BulkTx, now: Date): Promise<void> {
  await sqlOf(bulk)(
    `UPDATE rotation_due SET excepted_until = NULL WHERE org_id = $1::uuid AND excepted_until IS NOT NULL AND excepted_until <= $2`,
    [bulk.orgId, now],
  )
}

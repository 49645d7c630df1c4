import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { takeConnection } from '@/lib/platform/db/pool'
import type { Asked, DecisionFilter } from '../schema'

/** One line of the log, as it is written. */
export interface DecisionRow {
  orgId: string
  at: Date
  id: string
  asked: Asked
  requestId: string
  callerKey: string
  callerLabel: string
  subjectType: string
  subjectId: string | null
  identityId: string | null
  action: string | null
  resourceType: string | null
  resourceId: string | null
  isAllowed: boolean
  reason: string
  rule: string | null
  policyHash: string | null
  /** Of the organization's own policies; null where only the product's answered. */
  policyVersion: number | null
  found: number | null
  /** JSON text. */
  facts: string
  latencyUs: number
}

const insertSql = `INSERT INTO decision (org_id, at, id, asked, request_id, caller_key, caller_label, subject_type, subject_id, identity_id, action,
    resource_type, resource_id, is_allowed, reason, rule, policy_hash, found, facts, latency_us, policy_version)
  SELECT $1, r.* FROM unnest($2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[],
    $11::text[], $12::text[], $13::text[], $14::boolean[], $15::text[], $16::text[], $17::text[], $18::int[], $19::jsonb[], $20::int[], $21::int[]) r`

/** Writes rows of one organization with one statement: all of them or none. COPY knows no row-level security. */
export async function insertDecisions(orgId: string, rows: readonly DecisionRow[]): Promise<void> {
  const client = await takeConnection(orgId)
  let broken: Error | undefined
  try {
    const values: unknown[] = [
      orgId,
      ...[rows.map(({ at }) => at.toISOString()), rows.map(({ id }) => id), rows.map(({ asked }) => asked)],
      ...[rows.map(({ requestId }) => requestId), rows.map(({ callerKey }) => callerKey)],
      ...[rows.map(({ callerLabel }) => callerLabel), rows.map(({ subjectType }) => subjectType)],
      ...[
        rows.map(({ subjectId }) => subjectId),
        rows.map(({ identityId }) => identityId),
        rows.map(({ action }) => action),
      ],
      ...[rows.map(({ resourceType }) => resourceType), rows.map(({ resourceId }) => resourceId)],
      ...[rows.map(({ isAllowed }) => isAllowed), rows.map(({ reason }) => reason), rows.map(({ rule }) => rule)],
      ...[rows.map(({ policyHash }) => policyHash), rows.map(({ found }) => found), rows.map(({ facts }) => facts)],
      rows.map(({ latencyUs }) => latencyUs),
      rows.map(({ policyVersion }) => policyVersion),
    ]
    await client.query({ name: 'decision-log', text: insertSql, values })
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** Notes answers that could not be written. */
export async function writeLoss(orgId: string, lost: number): Promise<void> {
  const client = await takeConnection(orgId)
  try {
    await client.query(`INSERT INTO decision_loss (org_id, lost) VALUES ($1, $2)`, [orgId, lost])
  } finally {
    client.release()
  }
}

/** Makes the days to come, drops those that are over. Answers how many were dropped. */
export async function keepDays(ahead: number, kept: number): Promise<number> {
  const client = await takeConnection('')
  try {
    const { rows } = await client.query<{ n: number }>(`SELECT keep_decision_days($1, $2) AS n`, [ahead, kept])
    return rows[0]?.n ?? 0
  } finally {
    client.release()
  }
}

export interface StoredDecision extends Omit<DecisionRow, 'orgId' | 'facts'> {
  facts?: Record<string, unknown>
}

const selected = Prisma.sql`at, id, asked, request_id AS "requestId", caller_key AS "callerKey", caller_label AS "callerLabel",
  subject_type AS "subjectType", subject_id AS "subjectId", identity_id AS "identityId", action, resource_type AS "resourceType",
  resource_id AS "resourceId", is_allowed AS "isAllowed", reason, rule, policy_hash AS "policyHash", policy_version AS "policyVersion", found, latency_us AS "latencyUs"`

function wherePart(filter: DecisionFilter): Prisma.Sql {
  const parts: Prisma.Sql[] = []
  const { subject, resource, action, outcome, reason, caller, from, to } = filter
  if (subject) parts.push(Prisma.sql`(subject_id = ${subject} OR identity_id::text = ${subject})`)
  if (resource) parts.push(Prisma.sql`resource_id = ${resource}`)
  if (action) parts.push(Prisma.sql`action = ${action}`)
  if (outcome) parts.push(outcome === 'allowed' ? Prisma.sql`is_allowed` : Prisma.sql`NOT is_allowed`)
  if (reason) parts.push(Prisma.sql`reason = ${reason}`)
  if (caller) parts.push(Prisma.sql`caller_key = ${caller}`)
  if (from) parts.push(Prisma.sql`at >= ${new Date(from)}`)
  if (to) parts.push(Prisma.sql`at <= ${new Date(to)}`)
  return parts.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(parts, ' AND ')}`
}

/** A page of the log, latest first, from just before a line. */
export function findDecisions(
  ctx: Context,
  filter: DecisionFilter,
  page: { before: { at: Date; id: string } | null; limit: number; withFacts?: boolean },
): Promise<StoredDecision[]> {
  const { before } = page
  const behind = before ? Prisma.sql`AND (at, id) < (${before.at}, ${before.id}::uuid)` : Prisma.empty
  const facts = page.withFacts ? Prisma.sql`, facts` : Prisma.empty
  return ctx.sql<StoredDecision>(Prisma.sql`SELECT ${selected} ${facts} FROM decision
    WHERE org_id = ${ctx.tenant.orgId}::uuid ${wherePart(filter)} ${behind} ORDER BY at DESC, id DESC LIMIT ${page.limit}`)
}

/** One line with what the policy saw. */
export async function findDecision(ctx: Context, id: string): Promise<StoredDecision | undefined> {
  const rows = await ctx.sql<StoredDecision>(Prisma.sql`SELECT ${selected}, facts FROM decision
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${id}::uuid LIMIT 1`)
  return rows[0]
}

/** How many answers could not be written, of all time. */
export async function countLost(ctx: Context): Promise<number> {
  const rows = await ctx.sql<{ lost: number }>(Prisma.sql`
    SELECT coalesce(sum(lost), 0)::int AS lost FROM decision_loss WHERE org_id = ${ctx.tenant.orgId}::uuid`)
  return rows[0]?.lost ?? 0
}

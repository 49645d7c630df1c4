import { takeConnection } from '@/lib/platform/db/pool'
import { type Tenant, tenantOf } from '@/lib/platform/db/tenant'
import type { PolicyFile } from '../schema'

async function read<Row extends object>(orgId: string, text: string, values: unknown[]): Promise<Row[]> {
  const client = await takeConnection(orgId)
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    client.release()
  }
}

/** The files of a version, as long as they are still that text. */
export async function findFiles({ orgId }: Tenant, id: string, contentHash: string): Promise<PolicyFile[] | undefined> {
  const sql = `SELECT files FROM policy_version WHERE org_id = $1 AND id = $2 AND content_hash = $3`
  return (await read<{ files: PolicyFile[] }>(orgId, sql, [orgId, id, contentHash]))[0]?.files
}

/** The versions that answer or stand in shadow, of all organizations. */
export async function listInUse(): Promise<{ tenant: Tenant; id: string; hash: string }[]> {
  const rows = await read<{ org_id: string; id: string }>('', 'SELECT org_id, id FROM resolve_policies_in_use()', [])
  const found: { tenant: Tenant; id: string; hash: string }[] = []
  for (const { org_id, id } of rows) {
    const sql = `SELECT content_hash AS hash FROM policy_version WHERE org_id = $1 AND id = $2`
    for (const { hash } of await read<{ hash: string }>(org_id, sql, [org_id, id]))
      found.push({ tenant: tenantOf(org_id), id, hash })
  }
  return found
}

/** Adds what a shadow run showed. The trial's own counts and its groups move together. */
export async function addToTrial(
  { orgId }: Tenant,
  trialId: string,
  counts: { asked: number; differing: number; dropped: number },
  groups: readonly DifferenceRow[],
  most: number,
): Promise<void> {
  const client = await takeConnection(orgId)
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    await client.query(
      `UPDATE policy_trial SET asked = asked + $3, differing = differing + $4, dropped = dropped + $5
       WHERE org_id = $1 AND id = $2 AND state = 'running'`,
      [orgId, trialId, counts.asked, counts.differing, counts.dropped],
    )
    if (groups.length > 0) await client.query(differenceSql, [orgId, trialId, JSON.stringify(groups), most])
    await client.query('COMMIT')
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** One group of answers that differ. */
export interface DifferenceRow {
  subjectType: string
  subjectId: string
  action: string
  resourceType: string
  nowAllowed: boolean
  count: number
  reasonWas: string
  reasonNow: string
  ruleNow: string | null
  sampleResource: string
  sampleDecision: string | null
  lastAt: string
}

/** Groups beyond the most that are kept are counted in the trial and not named; those that are there grow on. */
export const differenceSql = `INSERT INTO policy_difference (org_id, trial_id, subject_type, subject_id, action, resource_type, now_allowed, count,
    reason_was, reason_now, rule_now, sample_resource, sample_decision, last_at)
  SELECT $1, $2::uuid, g->>'subjectType', g->>'subjectId', g->>'action', g->>'resourceType', (g->>'nowAllowed')::boolean, (g->>'count')::int,
    g->>'reasonWas', g->>'reasonNow', g->>'ruleNow', g->>'sampleResource', (g->>'sampleDecision')::uuid, (g->>'lastAt')::timestamptz
  FROM jsonb_array_elements($3::jsonb) g
  WHERE (SELECT count(*) FROM policy_difference d WHERE d.org_id = $1 AND d.trial_id = $2::uuid) < $4::int
    OR EXISTS (SELECT FROM policy_difference d WHERE d.org_id = $1 AND d.trial_id = $2::uuid AND d.subject_type = g->>'subjectType'
      AND d.subject_id = g->>'subjectId' AND d.action = g->>'action' AND d.resource_type = g->>'resourceType'
      AND d.now_allowed = (g->>'nowAllowed')::boolean)
  ON CONFLICT (org_id, trial_id, subject_type, subject_id, action, resource_type, now_allowed) DO UPDATE SET
    count = policy_difference.count + EXCLUDED.count, reason_was = EXCLUDED.reason_was, reason_now = EXCLUDED.reason_now,
    rule_now = EXCLUDED.rule_now, sample_resource = EXCLUDED.sample_resource, sample_decision = EXCLUDED.sample_decision,
    last_at = greatest(policy_difference.last_at, EXCLUDED.last_at)`

import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { requestScores } from './request-scores'

/** Who changes what resources count as, for the history. */
export interface SensitivityCause {
  by: 'hand' | 'rule'
  /** The person's name, or the rule's. */
  who: string
  reason?: string
}

const some = 'AND t.id = ANY ($2::text[]::uuid[])'

/**
 * Brings what resources count as up to date, in the caller's transaction: what a person has said of one, else the first rule
 * that matches it; else neither, and the database takes what its source says. Only rows that differ are written, and the
 * database notes each change of what a resource counts as. Every change of a rule or of what a person says ends with it, and
 * every import; with a cause it also asks for new scores.
 * @param scope the resources, or all of the organization's
 * @returns how many resources are decided otherwise than before
 */
export async function refreshSensitivity(
  tx: Tx | BulkTx,
  orgId: string,
  scope: readonly string[] | 'all',
  cause?: SensitivityCause,
): Promise<number> {
  if (scope !== 'all' && scope.length === 0) return 0
  const run = sqlOf(tx)
  if (!cause) {
    const [said] = await run(
      `SELECT EXISTS (SELECT FROM sensitivity_rule WHERE org_id = $1::uuid)
         OR EXISTS (SELECT FROM resource_sensitivity WHERE org_id = $1::uuid) AS anything`,
      [orgId],
    )
    if (said?.anything !== true) return 0
  }
  const values: unknown[] = scope === 'all' ? [orgId] : [orgId, [...scope]]
  const setCause = (text: string) => run(`SELECT set_config('app.sensitivity_cause', $1::text, true)`, [text])
  if (cause) await setCause(JSON.stringify(cause))
  const [row] = await run(
    `WITH wanted AS MATERIALIZED (
       SELECT t.id, coalesce(said.sensitivity, rule.sensitivity) AS sensitivity,
         CASE WHEN said.sensitivity IS NOT NULL THEN 'hand' WHEN rule.id IS NOT NULL THEN 'rule' END AS decided_by,
         CASE WHEN said.sensitivity IS NULL THEN rule.id END AS rule_id
       FROM resource t
       JOIN source s ON s.org_id = $1::uuid AND s.id = t.source_id
       LEFT JOIN resource_sensitivity said ON said.org_id = $1::uuid AND said.resource_id = t.id
       LEFT JOIN LATERAL (
         SELECT r.id, r.sensitivity FROM sensitivity_rule r
         WHERE r.org_id = $1::uuid AND ${ruleMatches} ORDER BY r.position, r.id LIMIT 1
       ) rule ON true
       WHERE t.org_id = $1::uuid AND t.deleted_at IS NULL ${scope === 'all' ? '' : some}
     ), changed AS (
       UPDATE resource t SET set_sensitivity = w.sensitivity, sensitivity_by = w.decided_by, sensitivity_rule_id = w.rule_id
       FROM wanted w WHERE t.org_id = $1::uuid AND t.id = w.id
         AND (t.set_sensitivity, t.sensitivity_by, t.sensitivity_rule_id) IS DISTINCT FROM (w.sensitivity, w.decided_by, w.rule_id)
       RETURNING 1
     ) SELECT count(*)::int AS n FROM changed`,
    values,
  )
  const changed = Number(row?.n ?? 0)
  if (cause) {
    await setCause('')
    if (changed > 0) await requestScores(tx, orgId, scope === 'all' ? undefined : scope)
  }
  return changed
}

/** Whether rule `r` is about resource `t` of source `s`. A pattern is a part of the name or id in any case, * anything. */
const pattern = String.raw`'%' || replace(regexp_replace(lower(r.pattern COLLATE pg_catalog.pg_c_utf8), '([\\%_])', '\\\1', 'g'), '*', '%') || '%'`
export const ruleMatches = `(r.system IS NULL OR r.system = s.system) AND (r.kind IS NULL OR r.kind = t.kind)
  AND (r.environment IS NULL OR r.environment = t.environment)
  AND (r.pattern IS NULL OR lower(t.name COLLATE pg_catalog.pg_c_utf8) LIKE ${pattern}
    OR lower(t.external_id COLLATE pg_catalog.pg_c_utf8) LIKE ${pattern})`

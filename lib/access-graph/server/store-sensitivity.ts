import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { PreviewSensitivityRuleQuery } from '../edits'
import type { SensitivityRule, SensitivityRuleInput } from '../worth'
import { ruleMatches } from './refresh-sensitivity'
import { org } from './store-graph'

export interface SensitivityChangeRow {
  at: Date
  before: string | null
  after: string | null
  by: string
  who: string
  reason: string | null
}

/** How a resource came to be as sensitive as it is, latest first; at most `limit`. */
export function listSensitivityChanges(
  ctx: Context,
  resourceId: string,
  limit: number,
): Promise<SensitivityChangeRow[]> {
  return ctx.sql<SensitivityChangeRow>(Prisma.sql`
    SELECT at, before, after, by, who, reason FROM sensitivity_change
    WHERE org_id = ${org(ctx)} AND resource_id = ${resourceId}::uuid ORDER BY id DESC LIMIT ${limit}`)
}

/** What a person has said of a resource, if anybody has. */
export async function findSaidSensitivity(ctx: Context, resourceId: string): Promise<string | null> {
  const key = { orgId_resourceId: { orgId: ctx.tenant.orgId, resourceId } }
  return (await ctx.db.resourceSensitivity.findUnique({ where: key }))?.sensitivity ?? null
}

/** What the resource counts as, held until the transaction ends; undefined when it is gone. */
export async function lockSensitivity(tx: Tx, orgId: string, resourceId: string): Promise<string | null | undefined> {
  const [row] = await sqlOf(tx)(
    `SELECT effective_sensitivity AS now FROM resource WHERE org_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL FOR UPDATE`,
    [orgId, resourceId],
  )
  return row === undefined ? undefined : (row.now as string | null)
}

/** Keeps what a person says of a resource, or takes it back with `null`. */
export async function writeSaidSensitivity(
  tx: Tx,
  key: { orgId: string; resourceId: string },
  said: { sensitivity: string | null; reason: string; setBy: string; setByLabel: string },
): Promise<void> {
  const { sensitivity, ...rest } = said
  if (sensitivity === null) {
    await tx.resourceSensitivity.deleteMany({ where: key })
    return
  }
  const data = { ...rest, sensitivity, setAt: new Date() }
  await tx.resourceSensitivity.upsert({
    where: { orgId_resourceId: key },
    create: { ...key, ...data },
    update: data,
  })
}

const ruleColumns = Prisma.sql`r.id, r.name, r.system, r.kind, r.environment, r.pattern, r.sensitivity, r.position, r.version`

/** The rules in their order, each with how many resources it decides. */
export function listRuleRows(ctx: Context): Promise<SensitivityRule[]> {
  return ctx.sql<SensitivityRule>(Prisma.sql`
    SELECT ${ruleColumns}, coalesce(n.resources, 0)::int AS resources FROM sensitivity_rule r
    LEFT JOIN (
      SELECT t.sensitivity_rule_id AS id, count(*) AS resources FROM resource t
      WHERE t.org_id = ${org(ctx)} AND t.sensitivity_rule_id IS NOT NULL AND t.deleted_at IS NULL GROUP BY 1
    ) n ON n.id = r.id
    WHERE r.org_id = ${org(ctx)} ORDER BY r.position, r.id`)
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findRule(ctx: Context, id: string): Promise<SensitivityRule> {
  const row = (await listRuleRows(ctx)).find((rule) => rule.id === id)
  if (!row) throw new AppError('not_found', 'There is no such rule in this organization.')
  return row
}

const columns = ['name', 'system', 'kind', 'environment', 'pattern', 'sensitivity', 'position'] as const
const valuesOf = (rule: SensitivityRuleInput) => columns.map((column) => rule[column])

/** Makes room at a place of the order: what stands there and behind it moves on by one. */
async function makeRoom(bulk: BulkTx, id: string, position: number): Promise<void> {
  await bulk.client.query(
    `UPDATE sensitivity_rule SET position = position + 1 WHERE org_id = $1 AND id <> $2 AND position >= $3
       AND EXISTS (SELECT FROM sensitivity_rule o WHERE o.org_id = $1 AND o.id <> $2 AND o.position = $3)`,
    [bulk.orgId, id, position],
  )
}

export async function insertRule(
  bulk: BulkTx,
  { id, createdBy }: { id: string; createdBy: string },
  rule: SensitivityRuleInput,
): Promise<void> {
  await makeRoom(bulk, id, rule.position)
  await bulk.client.query(
    `INSERT INTO sensitivity_rule (org_id, id, created_by, ${columns.join(', ')}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [bulk.orgId, id, createdBy, ...valuesOf(rule)],
  )
}

/** False when somebody has changed or deleted it since that version. */
export async function updateRule(
  bulk: BulkTx,
  { id, version }: { id: string; version: number },
  rule: SensitivityRuleInput,
): Promise<boolean> {
  await makeRoom(bulk, id, rule.position)
  const set = columns.map((column, no) => `${column} = $${no + 4}`).join(', ')
  const { rowCount } = await bulk.client.query(
    `UPDATE sensitivity_rule SET ${set}, version = version + 1, updated_at = now() WHERE org_id = $1 AND id = $2 AND version = $3`,
    [bulk.orgId, id, version, ...valuesOf(rule)],
  )
  return rowCount === 1
}

export async function removeRule(bulk: BulkTx, id: string): Promise<boolean> {
  const { rowCount } = await bulk.client.query(`DELETE FROM sensitivity_rule WHERE org_id = $1 AND id = $2`, [
    bulk.orgId,
    id,
  ])
  return rowCount === 1
}

export interface RulePreviewRow {
  matches: number
  decides: number
  changes: number
  samples: string[]
}

/** What a rule that is only thought of would match and decide at its place; `samples` are ids by name, at most `limit`. */
export async function previewRule(
  ctx: Context,
  rule: PreviewSensitivityRuleQuery,
  limit: number,
): Promise<RulePreviewRow> {
  const matches = Prisma.raw(ruleMatches)
  const text = (value: string | undefined) => value || null
  const [row] = await ctx.sql<RulePreviewRow>(Prisma.sql`
    WITH r AS (SELECT ${text(rule.system)}::text AS system, ${text(rule.kind)}::text AS kind,
      ${text(rule.environment)}::text AS environment, ${text(rule.pattern)}::text AS pattern),
    matched AS MATERIALIZED (
      SELECT t.id, t.name, t.effective_sensitivity IS DISTINCT FROM ${rule.sensitivity}::text AS is_change, NOT EXISTS (
          SELECT FROM resource_sensitivity h WHERE h.org_id = ${org(ctx)} AND h.resource_id = t.id
        ) AND NOT EXISTS (
          SELECT FROM sensitivity_rule r WHERE r.org_id = ${org(ctx)} AND r.position < ${rule.position}::int
            AND r.id IS DISTINCT FROM ${rule.id ?? null}::uuid AND ${matches}
        ) AS is_decided
      FROM r, resource t JOIN source s ON s.org_id = ${org(ctx)} AND s.id = t.source_id
      WHERE t.org_id = ${org(ctx)} AND t.deleted_at IS NULL AND ${matches}
    )
    SELECT count(*)::int AS matches, (count(*) FILTER (WHERE is_decided))::int AS decides,
      (count(*) FILTER (WHERE is_decided AND is_change))::int AS changes,
      ARRAY(SELECT m.id::text FROM matched m WHERE m.is_decided ORDER BY m.name, m.id LIMIT ${limit}) AS samples
    FROM matched`)
  return row ?? { matches: 0, decides: 0, changes: 0, samples: [] }
}

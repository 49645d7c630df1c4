import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { changeKinds, Teller } from '../schema'

interface RecordKey {
  sourceId: string
  externalId: string
}

interface Row extends Omit<Teller, 'at'> {
  sourceId: string
  externalId: string
  at: Date
}

/**
 * Which imports last told of these records, the latest first, by `externalId` within `sourceId` (`tellersOf`). The caller
 * must have been allowed to see the records.
 */
export async function listTellers(
  ctx: Context,
  recordType: (typeof changeKinds)[number],
  records: readonly RecordKey[],
): Promise<Map<string, Teller[]>> {
  if (records.length === 0) return new Map()
  const { orgId } = ctx.tenant
  const rows = await ctx.sql<Row>(Prisma.sql`
    WITH told AS MATERIALIZED (
      SELECT p.source_id, p.external_id, p.connection_id
      FROM unnest(${records.map(({ sourceId }) => sourceId)}::uuid[], ${records.map(({ externalId }) => externalId)}::text[])
        AS k (source_id, external_id)
      JOIN presence p ON p.org_id = ${orgId}::uuid AND p.source_id = k.source_id AND p.record_type = ${recordType}
        AND p.external_id = k.external_id
    ), tellers AS MATERIALIZED (
      SELECT c.id, c.connector, c.part, c.applied_at, s.system, s.name, f.run_id, f.file
      FROM (SELECT DISTINCT connection_id FROM told) t
      JOIN connection c ON c.org_id = ${orgId}::uuid AND c.id = t.connection_id AND c.applied_at IS NOT NULL
      JOIN source s ON s.org_id = ${orgId}::uuid AND s.id = c.source_id
      LEFT JOIN LATERAL (
        SELECT r.id AS run_id, f.name AS file FROM sync_file f
        JOIN sync_run r ON r.org_id = f.org_id AND r.id = f.run_id AND r.status = 'applied'
        WHERE f.org_id = ${orgId}::uuid AND f.connection_id = c.id ORDER BY r.finished_at DESC, f.no DESC LIMIT 1
      ) f ON true
    )
    SELECT told.source_id AS "sourceId", told.external_id AS "externalId", t.connector, t.part, t.system, t.name AS "sourceName",
      t.applied_at AS at, t.run_id AS "runId", t.file
    FROM told JOIN tellers t ON t.id = told.connection_id ORDER BY t.applied_at DESC, t.id`)
  const found = new Map<string, Teller[]>()
  for (const { sourceId, externalId, at, ...teller } of rows) {
    const key = keyOf({ sourceId, externalId })
    found.set(key, [...(found.get(key) ?? []), { ...teller, at: at.toISOString() }])
  }
  return found
}

/** The tellers of one of the records; none for what no connection holds any more. */
export function tellersOf(tellers: ReadonlyMap<string, Teller[]>, record: RecordKey): Teller[] {
  return tellers.get(keyOf(record)) ?? []
}

function keyOf({ sourceId, externalId }: RecordKey): string {
  return `${sourceId} ${externalId}`
}

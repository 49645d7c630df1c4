import { stageRows } from '@/lib/platform/db/bulk-stage'
import { type BulkTx, sqlOf } from '@/lib/platform/db/commit'
import { uuidAt } from '../engine/ids'
import type { ScoreColumns } from '../engine/requests'
import { cellCount, hoursOfYear, scoreBands } from '../score'

/** A lifetime that only went by so far is no news: the score tells when it matters. */
const staleHours = 24

const columns = [
  { name: 'score', type: 'text' },
  { name: 'cells', type: 'text' },
  { name: 'identities', type: 'integer' },
  { name: 'systems', type: 'integer' },
  { name: 'hours', type: 'text' },
  { name: 'is_unbounded', type: 'boolean' },
] as const

/** Figures as rows, one at a time, while they are sent. */
function* scoreRows(ids: Uint8Array, figures: ScoreColumns) {
  for (let no = 0; no < figures.score.length; no += 1) {
    const hours = figures.hours[no] ?? Number.NaN
    yield {
      externalId: uuidAt(ids, no),
      rowHash: '0',
      values: [
        (figures.score[no] ?? 0).toFixed(1),
        `{${figures.cells.subarray(no * cellCount, (no + 1) * cellCount).join(',')}}`,
        figures.identities[no] ?? 0,
        figures.systems[no] ?? 0,
        Number.isNaN(hours) ? null : String(Math.fround(Math.min(hours, hoursOfYear))),
        hours === Number.POSITIVE_INFINITY,
      ],
    }
  }
}

/**
 * Writes figures of identities, set-wise: those that are new or differ, and nothing else.
 * @returns how many rows were written
 */
export async function scoreIdentities(
  bulk: BulkTx,
  { ids, figures }: { ids: Uint8Array; figures: ScoreColumns },
  version: string,
): Promise<number> {
  await stageRows(bulk, [...columns], scoreRows(ids, figures))
  const [row] = await sqlOf(bulk)(
    `WITH merged AS (
       MERGE INTO identity_score t USING (
         SELECT $1::uuid AS org_id, s.external_id::uuid AS identity_id, s.score::real AS score, s.cells::int[] AS cells,
           s.identities, s.systems, s.hours::real AS hours, s.is_unbounded
         FROM pg_temp.stage s JOIN identity i ON i.org_id = $1::uuid AND i.id = s.external_id::uuid
       ) s ON t.org_id = $1::uuid AND t.identity_id = s.identity_id
       WHEN MATCHED AND ((t.score, t.cells, t.identities, t.systems, t.is_unbounded, t.hours IS NULL)
           IS DISTINCT FROM (s.score, s.cells, s.identities, s.systems, s.is_unbounded, s.hours IS NULL)
           OR abs(t.hours - s.hours) > ${staleHours})
         THEN UPDATE SET score = s.score, cells = s.cells, identities = s.identities, systems = s.systems, hours = s.hours,
           is_unbounded = s.is_unbounded, version = $2::bigint, scored_at = now()
       WHEN NOT MATCHED THEN INSERT (org_id, identity_id, score, cells, identities, systems, hours, is_unbounded, version)
         VALUES (s.org_id, s.identity_id, s.score, s.cells, s.identities, s.systems, s.hours, s.is_unbounded, $2::bigint)
       RETURNING 1
     ) SELECT count(*)::int AS n FROM merged`,
    [bulk.orgId, version],
  )
  return Number(row?.n ?? 0)
}

const criticalFrom = scoreBands.find(({ band }) => band === 'critical')?.from ?? 100
/** Of every ten points how many identities have such a score. */
const distribution = Array.from({ length: 10 }, (_, decade) => {
  const until = decade === 9 ? '' : ` AND score < ${(decade + 1) * 10}`
  return `count(*) FILTER (WHERE score >= ${decade * 10}${until})::int`
})

/** Writes the day's point of the trend, over the identities that can act: the last one of a day stays. Added up as
 * doubles, as the engine does, so that both tell the same sum. */
export async function scoreDay(bulk: BulkTx, version: string): Promise<void> {
  await sqlOf(bulk)(
    `INSERT INTO score_day (org_id, day, total, mean, critical, scored, distribution, version)
     SELECT $1::uuid, current_date, coalesce(sum(score::float8), 0), coalesce(avg(score::float8), 0),
       count(*) FILTER (WHERE score >= ${criticalFrom}), count(*), ARRAY[${distribution.join(', ')}], $2::bigint
     FROM identity_score s JOIN identity i ON i.org_id = $1::uuid AND i.id = s.identity_id
     WHERE s.org_id = $1::uuid AND i.deleted_at IS NULL AND i.status <> 'disabled'
     ON CONFLICT (org_id, day) DO UPDATE SET total = excluded.total, mean = excluded.mean, critical = excluded.critical,
       scored = excluded.scored, distribution = excluded.distribution, version = excluded.version, scored_at = now()`,
    [bulk.orgId, version],
  )
}

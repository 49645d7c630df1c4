import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'
import type { GraphAnswer, GraphAnswers } from '../engine/requests'
import { cellCount, factorsOf, hoursOfYear, levels, scoreOf, sensitivityClasses } from '../score'
import { carries, coveredPairs, credentialLives, edgeLevel, holderHours } from './read-carrying'

const org = '$1::uuid'
/** The node that is asked about. */
const asked = '$2::uuid'

/** The level that must be held on a resource for an edge that leaves it to carry; `grants` never leave one. */
const needed = `CASE e.kind WHEN 'delegates_to' THEN 1 WHEN 'runs_as' THEN 3 WHEN 'owns_code' THEN 3 WHEN 'stores' THEN 4
  WHEN 'grants' THEN 6 ELSE 5 END`

/** Whether a node stands: a row that is there, and an identity that can act. */
const stands = (node: string) =>
  `NOT EXISTS (SELECT FROM identity x WHERE x.org_id = ${org} AND x.id = ${node} AND (x.deleted_at IS NOT NULL OR x.status = 'disabled'))
   AND NOT EXISTS (SELECT FROM human x WHERE x.org_id = ${org} AND x.id = ${node} AND x.deleted_at IS NOT NULL)
   AND NOT EXISTS (SELECT FROM role x WHERE x.org_id = ${org} AND x.id = ${node} AND x.deleted_at IS NOT NULL)
   AND NOT EXISTS (SELECT FROM resource x WHERE x.org_id = ${org} AND x.id = ${node} AND x.deleted_at IS NOT NULL)`

const holder = `LEFT JOIN credential c ON e.kind = 'stores' AND e.to_type = 'credential' AND c.org_id = ${org} AND c.id = e.to_id
  AND ${credentialLives}`
const end = `CASE WHEN e.kind = 'stores' THEN coalesce(c.identity_id, c.human_id) WHEN e.to_type <> 'credential' THEN e.to_id END`

/**
 * A principal at level 0, or whoever holds a level on a resource. From a principal every edge carries but those of resources
 * alone; a grant gives its level, another edge to a resource the lowest. From a held resource what the level opens, and the same
 * level on what it covers.
 */
const forward = `reached (node, level) AS (
    SELECT id, 0 FROM (SELECT ${asked} AS id) start WHERE ${stands('start.id')}
    UNION
    SELECT s.node, s.level FROM reached r CROSS JOIN LATERAL (
      SELECT ${end} AS node,
        CASE WHEN e.to_type <> 'resource' THEN 0 WHEN r.level = 0 AND e.kind = 'grants' THEN ${edgeLevel} ELSE 1 END AS level
      FROM entitlement e ${holder}
      WHERE e.from_id = r.node AND ${carries(org)} AND CASE WHEN r.level = 0
        THEN e.kind NOT IN ('stores', 'owns_code') AND (e.kind <> 'grants' OR e.to_type = 'resource')
        ELSE r.level >= ${needed} END
      UNION ALL SELECT v.child, r.level FROM covered v WHERE r.level > 0 AND v.parent = r.node
    ) s WHERE s.node IS NOT NULL AND ${stands('s.node')}
  )`

/**
 * Who comes to a principal: principals at level 0, and resources with the least level that must be held on them. The credentials of
 * a principal are found first, and where each is stored by `OFFSET 0` one by one: all that is stored anywhere is many times as much.
 */
const backward = `behind (node, level) AS (
    SELECT id, 0 FROM (SELECT ${asked} AS id) start WHERE ${stands('start.id')}
    UNION
    SELECT s.node, s.level FROM behind r CROSS JOIN LATERAL (
      SELECT e.from_id AS node, CASE WHEN e.from_type = 'resource' THEN ${needed} ELSE 0 END AS level
      FROM entitlement e WHERE e.to_id = r.node AND ${carries(org)} AND e.from_type <> 'credential' AND e.kind <> 'stores'
        AND CASE WHEN e.from_type = 'resource' THEN e.kind <> 'grants' AND r.level <= 1
          WHEN r.level = 0 THEN e.kind NOT IN ('grants', 'owns_code')
          ELSE e.kind <> 'owns_code' AND r.level <= greatest(1, ${edgeLevel}) END
      UNION ALL SELECT e.from_id, 4 FROM (
          SELECT c.id FROM credential c WHERE c.org_id = ${org} AND ${credentialLives} AND c.identity_id = r.node
          UNION ALL SELECT c.id FROM credential c WHERE c.org_id = ${org} AND ${credentialLives} AND c.identity_id IS NULL AND c.human_id = r.node
        ) c CROSS JOIN LATERAL (SELECT e.from_id FROM entitlement e WHERE e.to_id = c.id AND e.kind = 'stores' AND e.from_type = 'resource'
          AND ${carries(org)} OFFSET 0) e WHERE r.level = 0
      UNION ALL SELECT v.parent, r.level FROM covered v WHERE r.level > 0 AND v.child = r.node
    ) s WHERE s.node IS NOT NULL AND ${stands('s.node')}
  )`

/** How many identities can act, and how many resources there are. */
const counts = `
  (SELECT count(*) FROM identity WHERE org_id = ${org} AND deleted_at IS NULL AND status <> 'disabled')::int AS "identityCount",
  (SELECT count(*) FROM resource WHERE org_id = ${org} AND deleted_at IS NULL)::int AS "resourceCount"`

const queryWith = (covered: string, counted: string) => `WITH RECURSIVE covered AS ${covered}, ${forward}, ${backward},
  best AS (
    SELECT t.id, max(r.level) AS level, coalesce(array_position($3::text[], t.effective_sensitivity), 1) AS class, s.system
    FROM reached r JOIN resource t ON t.org_id = ${org} AND t.id = r.node JOIN source s ON s.org_id = ${org} AND s.id = t.source_id
    WHERE r.level > 0 GROUP BY t.id, t.effective_sensitivity, s.system
  ), stored AS MATERIALIZED (
    SELECT DISTINCT coalesce(c.identity_id, c.human_id) AS id FROM reached r JOIN entitlement e ON e.from_id = r.node
      JOIN credential c ON c.org_id = ${org} AND c.id = e.to_id AND ${credentialLives}
    WHERE r.level >= 4 AND e.kind = 'stores' AND ${carries(org)}
  ), gained AS (
    SELECT ${asked} AS id WHERE EXISTS (SELECT FROM reached) UNION SELECT id FROM stored WHERE ${stands('stored.id')}
  ), lives AS (
    SELECT g.id, CASE WHEN EXISTS (SELECT FROM role x WHERE x.org_id = ${org} AND x.id = g.id) THEN 0::float4
      ELSE (SELECT CASE WHEN count(*) = 0 THEN 'NaN'::float4 ELSE ${holderHours} END FROM credential c
        WHERE c.org_id = ${org} AND (c.identity_id = g.id OR (c.identity_id IS NULL AND c.human_id = g.id))) END AS hours
    FROM gained g WHERE g.id IS NOT NULL
  )
  SELECT (SELECT coalesce(sum(n), 0) FROM graph_version WHERE org_id = ${org})::text AS version, now() AS at,
    EXISTS (SELECT FROM (SELECT id, deleted_at FROM identity WHERE org_id = ${org} UNION ALL SELECT id, deleted_at FROM human WHERE org_id = ${org}
      UNION ALL SELECT id, deleted_at FROM role WHERE org_id = ${org}) n WHERE n.id = ${asked}
        AND (n.deleted_at IS NULL OR EXISTS (SELECT FROM identity i WHERE i.org_id = ${org} AND i.id = n.id))) AS "isKnown",
    EXISTS (SELECT FROM reached) AS "isLive",
    ${counted},
    (SELECT count(*) FROM reached r WHERE r.level = 0 AND r.node <> ${asked} AND (
      EXISTS (SELECT FROM identity i WHERE i.org_id = ${org} AND i.id = r.node)
      OR EXISTS (SELECT FROM human h WHERE h.org_id = ${org} AND h.id = r.node)))::int AS identities,
    (SELECT count(*) FROM behind b WHERE b.level = 0 AND b.node <> ${asked}
      AND EXISTS (SELECT FROM identity i WHERE i.org_id = ${org} AND i.id = b.node))::int AS "exposedTo",
    (SELECT coalesce(json_agg(json_build_array(class, level, system, n)), '[]')
      FROM (SELECT class, level, system, count(*) AS n FROM best GROUP BY 1, 2, 3) b) AS counts,
    (SELECT coalesce(json_agg(hours::text), '[]') FROM lives) AS lives`

const query = queryWith(`MATERIALIZED (${coveredPairs(org)})`, counts)

interface Found {
  version: string
  at: Date
  isKnown: boolean
  isLive: boolean
  identityCount: number
  resourceCount: number
  identities: number
  exposedTo: number
  counts: [classNo: number, level: number, system: string, n: number][]
  lives: string[]
}

/** Of what lives longest; an end that nobody knows counts as a year. */
function longest(hours: readonly number[]): number {
  const known = hours.filter((each) => !Number.isNaN(each))
  const most = Math.max(0, ...known)
  return known.length < hours.length && most < hoursOfYear ? Number.NaN : most
}

/**
 * What a node reaches, worked out by a recursive query in the database instead of the engine: slower by two orders of magnitude
 * and the same to the last figure. The engine is checked against it; it answers while the engine is loading.
 * @returns null when the organization has no such identity, person or role
 */
export async function findReach(tenant: Tenant, startId: string): Promise<GraphAnswer<'reach'> | null> {
  const client = await takeConnection(tenant.orgId)
  try {
    return await ask(client, query, tenant, startId)
  } finally {
    client.release()
  }
}

/** Asks for many nodes as they were at one moment; what covers what, and how many there are, is worked out once. */
export interface ReachSeries {
  find: (startId: string) => ReturnType<typeof findReach>
  /** The same query for each of them in one statement, in their order. */
  findAll: (startIds: readonly string[]) => Promise<Awaited<ReturnType<typeof findReach>>[]>
  close: () => Promise<void>
}

/** The query of `findReach` for many nodes. Holds one connection until it is closed. */
export async function openReachSeries(tenant: Tenant): Promise<ReachSeries> {
  const client = await takeConnection(tenant.orgId)
  const close = async () => {
    await client.query('ROLLBACK')
    client.release()
  }
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await client.query(
      `CREATE TEMP TABLE covered_pairs ON COMMIT DROP AS ${coveredPairs(`'${tenant.orgId}'::uuid`)};
       CREATE INDEX ON covered_pairs (parent); CREATE INDEX ON covered_pairs (child); ANALYZE covered_pairs;
       CREATE TEMP TABLE graph_counts ON COMMIT DROP AS SELECT ${counts.replaceAll(org, `'${tenant.orgId}'::uuid`)}`,
    )
  } catch (error) {
    await close()
    throw error
  }
  const counted = `(SELECT c."identityCount" FROM graph_counts c) AS "identityCount",
    (SELECT c."resourceCount" FROM graph_counts c) AS "resourceCount"`
  const text = queryWith('NOT MATERIALIZED (SELECT parent, child FROM covered_pairs)', counted)
  const each = text.replaceAll(asked, 'asked.id')
  const all = `SELECT x.* FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (id, place) CROSS JOIN LATERAL (${each}) x ORDER BY asked.place`
  return {
    find: (startId) => ask(client, text, tenant, startId),
    findAll: async (startIds) => {
      const { rows } = await client.query<Found>(all, [tenant.orgId, startIds, sensitivityClasses])
      return rows.map(told)
    },
    close,
  }
}

/** Without a name, so that it is planned for this organization: a plan for any of them takes ten times as long for a large reach. */
async function ask(
  client: Awaited<ReturnType<typeof takeConnection>>,
  text: string,
  tenant: Tenant,
  startId: string,
): ReturnType<typeof findReach> {
  const values = [tenant.orgId, startId, sensitivityClasses]
  const { rows } = await client.query<Found>(text, values)
  return rows[0] ? told(rows[0]) : null
}

function told(found: Found): GraphAnswer<'reach'> | null {
  if (!found.isKnown) return null
  return { answer: answerOf(found), version: found.version, builtAt: found.at.getTime(), by: 'database' }
}

function answerOf(found: Found): GraphAnswers['reach'] {
  const { isLive, identityCount, resourceCount, identities, exposedTo, counts } = found
  const cells = new Array<number>(cellCount).fill(0)
  const bySystem = new Map<string, number[]>()
  for (const [classNo, level, system, n] of counts) {
    const cell = (classNo - 1) * levels.length + level - 1
    cells[cell] = (cells[cell] ?? 0) + n
    const known = bySystem.get(system) ?? new Array<number>(levels.length).fill(0)
    known[level - 1] = (known[level - 1] ?? 0) + n
    bySystem.set(system, known)
  }
  const most = isLive ? Math.fround(longest(found.lives.map(Number))) : 0
  const hours = Number.isNaN(most) ? null : Math.min(most, hoursOfYear)
  const inputs = { cells, identities, hours }
  return {
    figures: {
      ...inputs,
      resources: cells.reduce((sum, n) => sum + n, 0),
      systems: bySystem.size,
      isUnbounded: most === Number.POSITIVE_INFINITY,
      score: scoreOf(inputs),
      factors: factorsOf(inputs),
    },
    isLive,
    bySystem: [...bySystem].map(([system, each]) => ({ system, counts: each })),
    exposedTo,
    identityCount,
    resourceCount,
  }
}

import { isRefused, isRefusedOfAll } from '@/lib/access-graph/server/read-carrying'
import type { RunSql } from '@/lib/platform/audit/append'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { compactTally } from '@/lib/platform/db/list/compact-tally'

/** Each change leaves a line or two in the tallies; now and then one adds them up. */
const compactEvery = 100
let refreshes = 0

/** Those of whom lists are brought up to date: the ones that a change touched, or the whole organization after an import. */
export type ListingScope = readonly string[] | 'all'

/**
 * Brings the listing of identities up to date, in the caller's transaction: every change of owners, of what people say of
 * an identity, of credentials or of edges ends with it. Rows that stay the same are not written. Identities whose row
 * changes stay locked until the transaction ends, so that of two changes at once the later sees the earlier.
 */
export async function refreshListing(tx: Tx | BulkTx, scope: ListingScope): Promise<void> {
  await refreshListingBy(sqlOf(tx), scope)
}

/** The same for a connection that is no transaction of `commit` (row-level security must be set, or a superuser's setting). */
export async function refreshListingBy(run: RunSql, scope: ListingScope): Promise<void> {
  const [org] = await run(`SELECT current_setting('app.current_org', true) AS id`, [])
  if (!org?.id) throw new Error('the listing is refreshed for one organization')
  const orgId = String(org.id)
  if (scope === 'all') await refreshAll(run, [orgId])
  else await refreshSome(run, [orgId, [...scope]])
  refreshes += 1
  if (scope !== 'all' && refreshes % compactEvery !== 0) return
  await compactTally(run, orgId, 'identity_tally')
  await compactTally(run, orgId, 'credential_tally')
}

/**
 * The offset of none keeps each grant a look-up: of a recursion the planner expects hundreds of thousands of rows and would read every
 * edge of the organization.
 */
async function refreshSome(run: RunSql, values: [unknown, string[]]): Promise<void> {
  if (values[1].length === 0) return
  await run(
    `SELECT 1 AS locked FROM identity WHERE org_id = $1::uuid AND id = ANY ($2::text[]::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values,
  )
  const some = 'ANY ($2::text[]::uuid[])'
  await run(
    `WITH RECURSIVE reach (identity_id, node) AS (
       SELECT id, id FROM unnest($2::text[]::uuid[]) AS id
       UNION SELECT r.identity_id, e.to_id FROM reach r JOIN entitlement e ON e.from_id = r.node AND ${ladder} ${unrefused}
     ), access AS (
       SELECT r.identity_id, ${grantFacts} FROM reach r
       CROSS JOIN LATERAL (SELECT e.to_id, e.privilege FROM entitlement e WHERE e.from_id = r.node AND ${grants} ${unrefused} OFFSET 0) e
       LEFT JOIN LATERAL (SELECT t.* FROM resource t WHERE t.org_id = $1::uuid AND t.id = e.to_id AND t.deleted_at IS NULL OFFSET 0) t ON true
       GROUP BY r.identity_id
     ), ${places(`AND c.identity_id = ${some}`)}, ${credentialFacts(`AND identity_id = ${some}`)}, ${facts},
     ${owners(`AND o.identity_id = ${some}`)}, standing AS MATERIALIZED (${standing('facts', `AND i.id = ${some}`)}), changed AS (
       UPDATE identity_listing l SET ${assignments} FROM standing s
       WHERE l.org_id = $1::uuid AND l.identity_id = s.identity_id AND ${differs}
     ) ${insertMissing}`,
    values,
  )
  await run(placeCredentials(`AND c.identity_id = ${some}`), values)
}

/**
 * Privileges climb from roles to their holders. Only what somebody holds or runs as takes part in the recursion, so it is
 * over the few roles and not over the many identities.
 */
async function refreshAll(run: RunSql, values: [unknown]): Promise<void> {
  await run(`DROP TABLE IF EXISTS pg_temp.listing_rung, pg_temp.listing_facts, pg_temp.listing_stale`, [])
  await run(
    `CREATE TEMP TABLE listing_rung ON COMMIT DROP AS
     SELECT e.from_id, e.to_id FROM entitlement e WHERE e.from_id IS NOT NULL AND ${ladder} ${unrefusedOfAll}`,
    values,
  )
  await run(`ANALYZE pg_temp.listing_rung`, [])
  await run(
    `CREATE TEMP TABLE listing_facts ON COMMIT DROP AS
     WITH RECURSIVE own AS MATERIALIZED (
       SELECT e.from_id AS node, ${grantFacts} FROM entitlement e ${reached} WHERE e.from_id IS NOT NULL AND ${grants} ${unrefusedOfAll} GROUP BY e.from_id
     ), held AS MATERIALIZED (SELECT DISTINCT to_id AS node FROM listing_rung),
     between AS MATERIALIZED (SELECT g.from_id, g.to_id FROM listing_rung g JOIN held h ON h.node = g.from_id),
     closed (node, rank, lowest, highest, tool) AS (
       SELECT o.* FROM own o JOIN held h ON h.node = o.node
       UNION SELECT b.from_id, c.rank, c.lowest, c.highest, c.tool FROM closed c JOIN between b ON b.to_id = c.node
     ), roles AS MATERIALIZED (
       SELECT node, max(rank) AS rank, min(lowest) AS lowest, max(highest) AS highest, bool_or(tool) AS tool FROM closed GROUP BY node
     ), access AS (
       SELECT node AS identity_id, max(rank) AS rank, min(lowest) AS lowest, max(highest) AS highest, bool_or(tool) AS tool
       FROM (SELECT * FROM own UNION ALL
         SELECT g.from_id, r.rank, r.lowest, r.highest, r.tool FROM listing_rung g JOIN roles r ON r.node = g.to_id) every
       GROUP BY node
     ), ${places('')}, ${credentialFacts('')}, ${facts} SELECT * FROM facts`,
    values,
  )
  await run(`CREATE UNIQUE INDEX ON pg_temp.listing_facts (identity_id)`, [])
  await run(`ANALYZE pg_temp.listing_facts`, [])
  await run(`CREATE TEMP TABLE listing_stale (identity_id uuid) ON COMMIT DROP`, [])
  await run(
    `WITH ${owners('')}, standing AS MATERIALIZED (${standing('listing_facts', '')}), fresh AS (${insertMissing})
     INSERT INTO listing_stale SELECT s.identity_id FROM standing s
     JOIN identity_listing l ON l.org_id = $1::uuid AND l.identity_id = s.identity_id WHERE ${differs}`,
    values,
  )
  await run(`ANALYZE pg_temp.listing_stale`, [])
  await run(
    `SELECT count(*) AS locked FROM (SELECT FROM identity i WHERE i.org_id = $1::uuid
       AND i.id IN (SELECT identity_id FROM listing_stale) ORDER BY i.id FOR NO KEY UPDATE) held`,
    values,
  )
  const stale = 'IN (SELECT identity_id FROM listing_stale)'
  await run(
    `WITH ${owners(`AND o.identity_id ${stale}`)}, standing AS MATERIALIZED (${standing('listing_facts', `AND i.id ${stale}`)})
     UPDATE identity_listing l SET ${assignments} FROM standing s
     WHERE l.org_id = $1::uuid AND l.identity_id = s.identity_id AND ${differs}`,
    values,
  )
  await run(placeCredentials(''), values)
  await run(`DROP TABLE pg_temp.listing_rung, pg_temp.listing_facts, pg_temp.listing_stale`, [])
}

const columns = [
  'source_id',
  'kind',
  'environment',
  'status',
  'owner_state',
  'owner_key',
  'owner_label',
  'privilege_rank',
  'traits',
  'never_expires',
  'credential_count',
  'oldest_credential_at',
  'next_expiry_at',
  'used_order',
  'name_key',
  'search_text',
] as const

const assignments = columns.map((column) => `${column} = s.${column}`).join(', ')
const differs = `(${columns.map((column) => `l.${column}`).join(', ')}) IS DISTINCT FROM (${columns.map((column) => `s.${column}`).join(', ')})`
const insertMissing = `
  INSERT INTO identity_listing (org_id, identity_id, ${columns.join(', ')})
  SELECT $1::uuid, s.identity_id, ${columns.map((column) => `s.${column}`).join(', ')} FROM standing s
  WHERE NOT EXISTS (SELECT FROM identity_listing l WHERE l.org_id = $1::uuid AND l.identity_id = s.identity_id)`

const live = `e.org_id = $1::uuid AND e.effect = 'allow' AND e.deleted_at IS NULL AND e.to_id IS NOT NULL`
/** Whoever has such an edge may do all that its other end may. What is refused as a whole gives nothing, as in the graph. */
const ladder = `${live} AND e.kind IN ('member_of', 'runs_as')`
const grants = `e.org_id = $1::uuid AND e.effect = 'allow' AND e.deleted_at IS NULL AND e.kind = 'grants'
  AND (e.expires_at IS NULL OR e.expires_at > now())`
/** Not by NOT EXISTS, which the planner may take for a join with every refusal of the organization. */
const unrefused = `AND (${isRefused('$1::uuid', 'e')}) IS FALSE`
const unrefusedOfAll = `AND NOT ${isRefusedOfAll('$1::uuid', 'e')}`
const reached = `LEFT JOIN resource t ON t.org_id = $1::uuid AND t.id = e.to_id AND t.deleted_at IS NULL`

/** What a node's own grants amount to; each part is a maximum or a minimum, so that parts of several nodes combine. */
const grantFacts = `
  max(array_position('{read,write,secret_read,admin}'::text[], e.privilege)) AS rank,
  min(t.environment) AS lowest, max(t.environment) AS highest,
  coalesce(bool_or(t.kind IN ('tool', 'tool_server') AND (e.privilege IN ('write', 'admin')
    OR t.attributes->>'destructive' = 'true' OR t.attributes->>'destructiveHint' = 'true')), false) AS tool`

/** Between which environments its credentials are kept for use. */
function places(where: string): string {
  return `places AS (
    SELECT c.identity_id, min(t.environment) AS lowest, max(t.environment) AS highest
    FROM entitlement e JOIN credential c ON c.org_id = $1::uuid AND c.id = e.to_id AND c.deleted_at IS NULL
    JOIN resource t ON t.org_id = $1::uuid AND t.id = e.from_id AND t.deleted_at IS NULL
    WHERE ${live} AND e.kind = 'stores' AND c.identity_id IS NOT NULL ${where} GROUP BY c.identity_id)`
}

/** All that are there are counted; ages and ends are those of the ones that could still open something. */
function credentialFacts(where: string): string {
  const inUse = `FILTER (WHERE status <> 'disabled')`
  return `held_credentials AS (
    SELECT identity_id, count(*)::int AS n, min(age_from) ${inUse} AS oldest, min(expires_at) ${inUse} AS expiry,
      bool_or(never_expires AND expires_at IS NULL) ${inUse} AS never
    FROM credential WHERE org_id = $1::uuid AND deleted_at IS NULL AND status <> 'deleted' AND identity_id IS NOT NULL ${where}
    GROUP BY identity_id)`
}

const facts = `facts AS (
  SELECT identity_id, coalesce(a.rank, 0)::smallint AS rank,
    coalesce(least(a.lowest, p.lowest) <> greatest(a.highest, p.highest), false) AS crosses, coalesce(a.tool, false) AS tool,
    coalesce(h.n, 0) AS n, h.oldest, h.expiry, coalesce(h.never, false) AS never
  FROM access a FULL JOIN places p USING (identity_id) FULL JOIN held_credentials h USING (identity_id))`

/**
 * Who answers, the first of them first: confirmed before assigned before suggested, technical before others. A backup owner
 * answers for nothing yet. A person who can no longer sign in answers for nothing either; an identity whose last owner left
 * stays so until a person or a team is named, whatever text its source still holds.
 */
export function owners(where: string): string {
  return `active AS MATERIALIZED (
    SELECT 'user:' || m.user_id AS owner_key FROM membership m JOIN user_account u ON u.id = m.user_id
    WHERE m.org_id = $1::uuid AND m.status = 'active' AND u.status = 'active'
  ), named AS (
    SELECT o.*, o.duty <> 'backup' AND (left(o.owner_key, 5) <> 'user:' OR a.owner_key IS NOT NULL) AS answers
    FROM ownership o LEFT JOIN active a USING (owner_key)
    WHERE o.org_id = $1::uuid AND o.ended_at IS NULL AND (o.valid_until IS NULL OR o.valid_until > now()) ${where}
  ), firsts AS (
    SELECT DISTINCT ON (identity_id) identity_id, owner_key, label, state FROM named WHERE answers
    ORDER BY identity_id, array_position('{confirmed,assigned,suggested}'::text[], state), duty <> 'technical', label, id
  ), former AS (
    SELECT DISTINCT ON (o.identity_id) o.identity_id, o.ended_reason IN ('left', 'disabled', 'team_deleted') AS has_left
    FROM ownership o WHERE o.org_id = $1::uuid AND o.ended_at IS NOT NULL AND o.ended_reason <> 'undone'
      AND o.duty <> 'backup' AND o.state IN ('assigned', 'confirmed') ${where}
    ORDER BY o.identity_id, o.ended_at DESC, o.id DESC
  ), owned AS (
    SELECT identity_id, CASE WHEN is_left THEN NULL ELSE w.owner_key END AS owner_key,
      CASE WHEN is_left THEN NULL ELSE w.label END AS label,
      CASE WHEN is_left THEN 'left' WHEN w.state IS NULL THEN 'none' WHEN w.state = 'confirmed' THEN 'confirmed' ELSE 'suggested' END AS state,
      w.labels, w.conflict
    FROM (
      SELECT identity_id, f.owner_key, f.label, f.state, n.labels, n.conflict,
        CASE WHEN f.state IS NULL THEN coalesce(n.gone, false) OR coalesce(p.has_left, false)
          ELSE coalesce(p.has_left, false) AND f.owner_key LIKE 'hint:%' END AS is_left
      FROM (
        SELECT identity_id, string_agg(label, ' ') FILTER (WHERE answers OR duty = 'backup') AS labels,
          bool_or(NOT answers AND duty <> 'backup') AS gone,
          count(DISTINCT owner_key) FILTER (WHERE answers AND duty = 'technical') > 1
            AND bool_or(answers AND duty = 'technical' AND state = 'suggested') AS conflict
        FROM named GROUP BY identity_id
      ) n LEFT JOIN firsts f USING (identity_id) FULL JOIN former p USING (identity_id)
    ) w)`
}

/** Of the traits: sources disagree about who answers. */
export const conflictBit = 16

/** What people say before what the source says. */
const effectiveEnvironment = `(CASE WHEN i.edited ? 'environment' THEN i.edited->>'environment' ELSE i.environment END)`
const effectiveTags = `jsonb_strip_nulls(i.tags || coalesce(i.edited->'tags', '{}'))`
const breakGlass = `'break[-_ ]?glass|emergency[-_ ]?access'`

/** What a search looks in, of identity `i` and its owners `o`. */
export const searchText = `lower((i.name || ' ' || coalesce(o.labels, '') || ' ' || i.external_id) COLLATE pg_catalog.pg_c_utf8) COLLATE "C"`

/** What the listing should say of each identity. */
function standing(factsTable: string, where: string): string {
  return `
    SELECT i.id AS identity_id, i.source_id, i.kind COLLATE "C" AS kind, ${effectiveEnvironment} COLLATE "C" AS environment,
      (CASE WHEN i.deleted_at IS NOT NULL THEN 'gone' ELSE i.status END) COLLATE "C" AS status,
      coalesce(o.state, 'none') COLLATE "C" AS owner_state, o.owner_key, o.label AS owner_label,
      coalesce(f.rank, 0::smallint) AS privilege_rank,
      (CASE WHEN f.crosses THEN 1 ELSE 0 END
        + CASE WHEN f.tool AND i.kind = 'ai_agent' THEN 2 ELSE 0 END
        + CASE WHEN i.kind IN ('oauth_app', 'bot') AND (i.attributes ?| '{vendor,publisher}'
            OR i.attributes->>'thirdParty' = 'true') THEN 4 ELSE 0 END
        + CASE WHEN i.name ~* ${breakGlass} OR ((i.tags <> '{}' OR i.edited ? 'tags') AND ${effectiveTags}::text ~* ${breakGlass}) THEN 8 ELSE 0 END
        + CASE WHEN o.conflict THEN ${conflictBit} ELSE 0 END)::smallint AS traits,
      coalesce(f.never, false) AS never_expires, coalesce(f.n, 0) AS credential_count,
      f.oldest AS oldest_credential_at, f.expiry AS next_expiry_at,
      CASE WHEN i.last_used_at IS NOT NULL THEN i.last_used_at WHEN i.never_used THEN '-infinity'::timestamptz END AS used_order,
      lower(i.name COLLATE pg_catalog.pg_c_utf8) COLLATE "C" AS name_key,
      ${searchText} AS search_text
    FROM identity i LEFT JOIN ${factsTable} f ON f.identity_id = i.id LEFT JOIN owned o ON o.identity_id = i.id
    WHERE i.org_id = $1::uuid ${where}`
}

/** Credentials are listed by the environment of the identity that holds them. */
function placeCredentials(where: string): string {
  return `UPDATE credential c SET environment = l.environment
    FROM credential d LEFT JOIN identity_listing l ON l.org_id = $1::uuid AND l.identity_id = d.identity_id
    WHERE c.org_id = $1::uuid AND d.org_id = $1::uuid AND d.id = c.id AND c.environment IS DISTINCT FROM l.environment ${where}`
}
